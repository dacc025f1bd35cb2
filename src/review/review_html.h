// review.html: a release review for people, in one file.
#pragma once

#include <string>

#include "review/review_model.h"

namespace leaksift {

// What review_text() says, for a browser: without scripts, links to elsewhere
// or anything that is loaded, which its Content-Security-Policy forbids
// besides. Nothing that comes from the history can be markup.
std::string review_html(const ReviewModel& model);

}  // namespace leaksift
