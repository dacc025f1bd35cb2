// All commits of a store and how they hang together.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/lists.h"
#include "git/id_list.h"
#include "git/id_table.h"
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

  // Collects commits, in any order, from one thread. 41 bytes each and 20 for
  // each parent, or 53 and 32 with SHA-256.
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
    };
    HashKind hash_;
    std::deque<Draft> drafts_;
    std::deque<uint32_t> first_parents_;  // in parents_; up to the next one's
    IdList trees_;
    IdList parents_;
  };

  // Puts together what the builders collected. Parents named in `shallow`
  // commits are cut off by design; others that are not there are missing().
  CommitGraph(std::vector<Builder> builders,
              const std::vector<ObjectId>& shallow);

  CommitGraph(CommitGraph&&) noexcept;
  CommitGraph& operator=(CommitGraph&&) noexcept;
  ~CommitGraph();

  uint32_t size() const { return static_cast<uint32_t>(draft_of_.size()); }
  Commit commit(uint32_t number) const;
  // The numbers that `table` has for the commits' trees, by commit.
  std::vector<uint32_t> find_trees(const IdTable& table) const;
  std::span<const uint32_t> parents(uint32_t number) const {
    return parents_.of(draft_of_[number]);
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

  std::string_view raw_id(uint32_t number) const;
  static void sort_by_front(std::vector<Front>& fronts);
  static uint32_t find_draft(const Drafts& drafts, std::span<const Front> order,
                             std::string_view raw_id);
  static std::vector<uint32_t> numbers_of_parents(const Drafts& drafts,
                                                  std::span<const Front> order);
  void find_parents(const std::vector<ObjectId>& shallow);
  std::vector<uint32_t> in_topological_order() const;
  void number_drafts();
  void fill_buckets();

  // What was collected stays where it is: 53 bytes for each commit and 4 for
  // each parent; with SHA-256 12 more.
  std::unique_ptr<Drafts> drafts_;
  std::vector<uint32_t> draft_of_;  // by number
  // Those of each draft: drafts, and once these have numbers, numbers.
  Lists<uint32_t> parents_;
  std::vector<Front> order_;  // by id; what it refers to likewise
  // First of those in order_ whose ids have the same leading bits, and one
  // more: a search stays within a line of the cache.
  std::vector<uint32_t> buckets_;
  unsigned bucket_shift_ = 0;
  std::vector<ObjectId> missing_;
  std::vector<uint32_t> shallow_;
};

}  // namespace leaksift
