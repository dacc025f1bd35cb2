// review.md: a release review for people.
#pragma once

#include <string>

#include "findings/finding.h"
#include "review/rewrite_plan.h"

namespace leaksift {

// Was everything looked at, and nothing found?
bool is_ready(const Report& report, const RewritePlan& plan);

// The gate, what was looked at, a card for each secret, a checklist. Secrets
// are masked; nothing that comes from the history can forge a line or markup.
std::string review_text(const Report& report, const RewritePlan& plan);

}  // namespace leaksift
