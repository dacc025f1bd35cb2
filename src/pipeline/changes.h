// Which commits added a secret, and which removed it.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "findings/finding.h"
#include "git/attribution.h"
#include "git/commit_graph.h"
#include "git/object_id.h"

namespace leaksift {

// Not thread-safe.
class ChangeLister {
 public:
  // `targets`: the ids of the attribution's targets, by number. All must
  // outlive the lister.
  ChangeLister(const CommitGraph& commits, const Attribution& attribution,
               const std::vector<ObjectId>& targets, HashKind hash);

  // Fills `changes` and `change_count`. The secret stands where one of the
  // blobs of its occurrences does, at one of their paths: which version of a
  // file holds it makes no difference.
  void list(Finding& finding);

  // Some findings had more to look at than there is time for.
  bool cut() const { return cut_; }

 private:
  std::vector<uint32_t> blobs_of(const Finding& finding) const;
  std::vector<uint32_t> changes_of(const std::vector<uint32_t>& blobs);

  const CommitGraph& commits_;
  const Attribution& attribution_;
  HashKind hash_;
  std::unordered_map<std::string, uint32_t> targets_;  // by hexadecimal id
  std::vector<std::vector<uint32_t>> changes_;         // by target, in order
  uint64_t steps_ = 0;
  bool cut_ = false;
};

}  // namespace leaksift
