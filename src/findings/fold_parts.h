// Credentials of several parts are one finding: an id that is reported with
// its secret is not reported beside it as well.
#pragma once

#include <functional>
#include <vector>

#include "findings/finding.h"

namespace leaksift {

// Marks (Suppression::kPart) every occurrence that stands as a part of another
// finding's occurrence, at the same place: where it stands alone it counts on.
//
// A part is folded only into what a reader gets to see at least as loud: into
// an occurrence that is not itself folded nor kept back for its confidence,
// and whose finding's `weight` is at least the part's. What was suppressed on
// purpose (a comment, an ignore file, a baseline) takes its parts along.
// REQUIRES: all other suppressions are made. The result depends neither on the
// order of `findings` nor on how they were found.
void fold_parts(std::vector<Finding>& findings,
                const std::function<int(const Finding&)>& weight);

// With the rules' severities as weights.
void fold_parts(std::vector<Finding>& findings);

}  // namespace leaksift
