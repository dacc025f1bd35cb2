// The folder that a release review is: what it found, and the files that
// rewrite the history.
#pragma once

#include <string>

#include "findings/finding.h"
#include "leaksift/result.h"
#include "review/rewrite_plan.h"

namespace leaksift {

// What the folder holds.
namespace review_file {
inline constexpr char kReadme[] = "README.md";
inline constexpr char kCards[] = "review.md";
inline constexpr char kHtml[] = "review.html";  // the same
inline constexpr char kJson[] = "review.json";
inline constexpr char kFindings[] = "findings.json";  // a baseline
inline constexpr char kScript[] = "rewrite.sh";
inline constexpr char kSensitive[] = "SENSITIVE";
inline constexpr char kReplacements[] = "SENSITIVE/replacements.txt";
inline constexpr char kNames[] = "SENSITIVE/names.txt";
inline constexpr char kStripBlobs[] = "SENSITIVE/strip-blobs.txt";
inline constexpr char kRecodeBlobs[] = "SENSITIVE/recode-blobs.txt";
inline constexpr char kCallbacks[] = "SENSITIVE/leaksift_rewrite.py";
}  // namespace review_file

// Is `folder` a place for a review? It is not there, or empty, or holds an
// earlier review, which is replaced; and it lies in no repository, where its
// secrets might be committed.
Status check_review_folder(const std::string& folder);

// Writes all of it: the folder for its owner alone (0700), what holds secrets
// in clear 0600. REQUIRES: report.coverage.finish() has been called.
Status write_review(const Report& report, const RewritePlan& plan,
                    const std::string& folder);

}  // namespace leaksift
