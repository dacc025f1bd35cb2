// All commits of a store and how they hang together.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "git/object_id.h"
#include "git/refs.h"

namespace leaksift {

// Commits are numbered in topological order: parents before children, and
// where that leaves a choice the earlier commit date, then the lower id, goes
// first. The numbers depend on the commits alone.
class CommitGraph {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  struct Commit {
    ObjectId id;
    ObjectId tree;
    int64_t seconds = 0;        // of the committer
    uint32_t first_parent = 0;  // index into the parents' list
    uint32_t parent_count = 0;
  };

  // Collects commits, in any order, from one thread.
  class Builder {
   public:
    explicit Builder(HashKind hash) : hash_(hash) {}

    // A commit that is too damaged to have a tree is left out: false.
    bool add(std::string_view raw_id, std::string_view commit);

   private:
    friend class CommitGraph;
    struct Draft {
      Commit commit;
      std::vector<ObjectId> parents;
    };
    HashKind hash_;
    std::vector<Draft> drafts_;
  };

  // Puts together what the builders collected. Parents named in `shallow`
  // commits are cut off by design; others that are not there are missing().
  CommitGraph(std::vector<Builder> builders,
              const std::vector<ObjectId>& shallow);

  uint32_t size() const { return static_cast<uint32_t>(commits_.size()); }
  const Commit& commit(uint32_t number) const { return commits_[number]; }
  std::span<const uint32_t> parents(uint32_t number) const {
    const Commit& c = commits_[number];
    return {parents_.data() + c.first_parent, c.parent_count};
  }
  uint32_t find(const ObjectId& id) const;

  // Parents that the store does not hold, sorted.
  const std::vector<ObjectId>& missing() const { return missing_; }
  // Commits that `shallow` names, as numbers.
  const std::vector<uint32_t>& shallow() const { return shallow_; }

  // `from` and all its ancestors.
  std::vector<bool> reachable_from(const std::vector<uint32_t>& from) const;

 private:
  void sort_topologically(std::vector<Builder::Draft> drafts);

  std::vector<Commit> commits_;
  std::vector<uint32_t> parents_;
  std::vector<uint32_t> by_id_;  // numbers in the order of ids
  std::vector<ObjectId> missing_;
  std::vector<uint32_t> shallow_;
};

}  // namespace leaksift
