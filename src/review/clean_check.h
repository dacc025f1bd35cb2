// Is a rewritten history clean of the secrets of a review?
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "findings/finding.h"
#include "git/repository.h"
#include "leaksift/result.h"
#include "leaksift/secret.h"
#include "review/repository_search.h"

namespace leaksift {

// What a review says is to be gone.
struct ReviewedSecrets {
  std::vector<Secret> secrets;        // replacements.txt as it is now
  std::vector<std::string> tags;      // of those
  std::set<std::string> strip_blobs;  // ids: strip-blobs.txt as it is now
};

// Reads the folder that write_review() made. What a person took out of its
// files is to stay. Fails on a folder that is no review, and on lines that
// cannot be understood.
Result<ReviewedSecrets> read_review(const std::string& folder);

// One way in which a secret still stands somewhere.
struct Left {
  uint32_t secret = 0;  // index into ReviewedSecrets
  SecretForm form = SecretForm::kPlain;
  bool rewrapped = false;
  StorePlace place = StorePlace::kTextBlob;
  StandingPlaces where;
};

struct CleanCheck {
  std::vector<Left> left;
  std::vector<std::string> unstripped;  // blobs that should be gone
  // Why the repository is not whole or not by itself: shallow, grafts, replace
  // refs, alternates, promised objects.
  std::vector<std::string> structure;
  Coverage coverage;
  // With the rules; what the review knew is suppressed (kBaseline), and so is
  // what is nothing but the placeholder of a secret.
  Report scan;

  bool found_something() const;
  bool complete() const;  // could everything be looked at?
};

// `scan`: of the same repository, with the review's findings as its baseline.
CleanCheck check_clean(const Repository& repository, Report scan,
                       const ReviewedSecrets& reviewed, unsigned jobs,
                       uint64_t memory);

}  // namespace leaksift
