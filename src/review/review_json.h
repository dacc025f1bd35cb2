// review.json: a release review for programs.
//
// tool, target, ready, secrets, by_state {state: count},
// cards [{fingerprint (as in findings.json, which has the rest), remedies
//   ["A"...], also [text], left_to_you [text]}],
// replacements, names, stripped_blobs, recoded_blobs: how many lines,
// searched {inputs, bytes, skipped {reason: count}}
#pragma once

#include <string>

#include "findings/finding.h"
#include "review/rewrite_plan.h"

namespace leaksift {

std::string review_json(const Report& report, const RewritePlan& plan);

}  // namespace leaksift
