// review.md: a release review for people, in Markdown.
#pragma once

#include <string>

#include "review/review_model.h"

namespace leaksift {

// The gate, what was looked at, a card for each secret, a checklist. Nothing
// that comes from the history can forge a line or markup.
std::string review_text(const ReviewModel& model);

}  // namespace leaksift
