// All commits of a store and how they hang together.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/lists.h"
#include "core/ranked_set.h"
#include "git/object_id.h"
#include "git/object_numbers.h"

namespace leaksift {

// Commits are numbered in topological order: parents before children, and
// where that leaves a choice the earlier commit date, then the lower id, goes
// first. The numbers depend on the commits alone. Immutable and safe to share
// between threads.
class CommitGraph {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  struct Commit {
    ObjectId id;
    ObjectId tree;
  };

  // Collects commits, in any order, from one thread: 20 bytes each and 4 for
  // each parent.
  class Builder {
   public:
    // The numbers must outlive the graph.
    explicit Builder(const ObjectNumbers& numbers) : numbers_(&numbers) {}

    // A commit that is too damaged to have a tree is left out: false.
    // REQUIRES: an id that has a number
    bool add(std::string_view raw_id, std::string_view commit);

   private:
    friend class CommitGraph;

    // What has no number: of parents_, or of trees_.
    using Unknown = std::vector<std::pair<uint32_t, ObjectId>>;

    void look_up();

    const ObjectNumbers* numbers_;
    // Commits, trees and parents are objects' numbers, those of the last few
    // commits still ids.
    std::deque<uint32_t> commits_;
    std::deque<uint32_t> trees_;
    std::deque<int64_t> seconds_;
    std::deque<uint32_t> parent_counts_;
    std::deque<uint32_t> parents_;
    Unknown unknown_parents_;
    Unknown unknown_trees_;
    std::string waiting_;
  };

  // Puts together what the builders collected. Parents named in `shallow`
  // commits are cut off by design; others that are not there are missing().
  // REQUIRES: at least one builder, and the same numbers in all
  CommitGraph(std::vector<Builder> builders,
              const std::vector<ObjectId>& shallow);

  uint32_t size() const { return static_cast<uint32_t>(rank_of_.size()); }
  Commit commit(uint32_t number) const;
  // Among objects(), it itself and its tree; kNone: that is not there.
  uint32_t object(uint32_t number) const { return set_.at(rank_of_[number]); }
  uint32_t tree(uint32_t number) const { return trees_[rank_of_[number]]; }
  std::span<const uint32_t> parents(uint32_t number) const {
    return parents_.of(rank_of_[number]);
  }
  uint32_t find(const ObjectId& id) const;

  const ObjectNumbers& objects() const { return *objects_; }
  // Parents that the store does not hold, sorted.
  const std::vector<ObjectId>& missing() const { return missing_; }
  // Commits that `shallow` names, as numbers.
  const std::vector<uint32_t>& shallow() const { return shallow_; }

  // `from` and all its ancestors.
  std::vector<bool> reachable_from(const std::vector<uint32_t>& from) const;

 private:
  using Builders = std::vector<Builder>;

  template <typename Each>
  void for_each_parent(const Builder& builder, const Each& each) const;
  void rank_commits(const Builders& builders);
  void link_parents(Builders& builders, const std::vector<ObjectId>& shallow);
  void find_missing(const Builder& builder, const std::vector<bool>& is_cut);
  template <typename T>
  std::vector<T> take(Builders& builders, std::deque<T> Builder::*list) const;
  void find_unknown_trees(const Builders& builders);
  std::vector<uint32_t> in_topological_order(
      const std::vector<int64_t>& seconds) const;
  void number_commits(std::vector<int64_t> seconds);

  const ObjectNumbers* objects_;
  // What follows is by rank, which is a commit's place among them in the order
  // of objects: 16 bytes for each commit and 4 for each parent.
  RankedSet set_;
  std::vector<uint32_t> trees_;  // objects
  Lists<uint32_t> parents_;      // ranks, and once these have numbers, numbers
  std::vector<uint32_t> number_of_;
  std::vector<uint32_t> rank_of_;                             // by number
  std::vector<std::pair<uint32_t, ObjectId>> unknown_trees_;  // rank and id
  std::vector<ObjectId> missing_;
  std::vector<uint32_t> shallow_;
};

}  // namespace leaksift
