// All commits of a store and how they hang together.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "core/lists.h"
#include "git/id_list.h"
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
    int64_t seconds = 0;  // of the committer
  };

  // Collects commits, in any order, from one thread. 45 bytes each and 20 for
  // each parent, or 57 and 32 with SHA-256.
  class Builder {
   public:
    explicit Builder(HashKind hash)
        : hash_(hash), trees_(hash), parents_(hash) {}

    // A commit that is too damaged to have a tree is left out: false. The id's
    // bytes must stay where they are (in a mapped index).
    bool add(std::string_view raw_id, std::string_view commit);

   private:
    friend class CommitGraph;
    struct Draft {
      const char* id = nullptr;
      int64_t seconds = 0;
      uint32_t first_parent = 0;  // in parents_; up to the next one's
    };
    HashKind hash_;
    std::deque<Draft> drafts_;
    IdList trees_;
    IdList parents_;
  };

  // Puts together what the builders collected. Parents named in `shallow`
  // commits are cut off by design; others that are not there are missing().
  CommitGraph(std::vector<Builder> builders,
              const std::vector<ObjectId>& shallow);

  uint32_t size() const { return static_cast<uint32_t>(ids_.size()); }
  Commit commit(uint32_t number) const {
    return {ObjectId(raw_id(number)), ObjectId(trees_[number]),
            seconds_[number]};
  }
  // Of all commits, by number.
  const IdList& trees() const { return trees_; }
  std::span<const uint32_t> parents(uint32_t number) const {
    return parents_.of(number);
  }
  uint32_t find(const ObjectId& id) const;

  // Parents that the store does not hold, sorted.
  const std::vector<ObjectId>& missing() const { return missing_; }
  // Commits that `shallow` names, as numbers.
  const std::vector<uint32_t>& shallow() const { return shallow_; }

  // `from` and all its ancestors.
  std::vector<bool> reachable_from(const std::vector<uint32_t>& from) const;

 private:
  class Drafts;

  // The first four bytes of an id, and whose it is.
  struct Front {
    uint32_t front = 0;
    uint32_t number = 0;
  };

  std::string_view raw_id(uint32_t number) const {
    return {ids_[number], id_size(hash_)};
  }
  static void sort_by_front(std::vector<Front>& fronts);
  static uint32_t find_draft(const Drafts& drafts, std::span<const Front> order,
                             std::string_view raw_id);
  static std::vector<uint32_t> numbers_of_parents(const Drafts& drafts,
                                                  std::span<const Front> order);
  Lists<uint32_t> find_parents(const Drafts& drafts,
                               const std::vector<Front>& order,
                               const std::vector<ObjectId>& shallow);
  static std::vector<uint32_t> in_topological_order(
      const Drafts& drafts, const Lists<uint32_t>& parents,
      const std::vector<Front>& order);
  void take(Drafts& drafts, const Lists<uint32_t>& parents,
            const std::vector<Front>& order);
  void fill_buckets();

  // 46 bytes for each commit and 4 for each parent; with SHA-256 12 more.
  HashKind hash_;
  std::vector<const char*> ids_;
  IdList trees_;
  std::vector<int64_t> seconds_;
  Lists<uint32_t> parents_;
  std::vector<uint32_t> by_id_;  // numbers in the order of ids
  // First of those in by_id_ whose ids have the same leading bits, and one
  // more: a search stays within a line of the cache.
  std::vector<uint32_t> buckets_;
  unsigned bucket_shift_ = 0;
  std::vector<ObjectId> missing_;
  std::vector<uint32_t> shallow_;
};

}  // namespace leaksift
