// Which trees lead to certain objects, and by which names.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/coverage.h"
#include "core/lists.h"
#include "core/ranked_set.h"
#include "git/id_table.h"
#include "git/object_numbers.h"
#include "git/object_walk.h"

namespace leaksift {

// The part of a repository's trees through which one comes to the targets.
// Built by decoding all trees once. Immutable and safe to share.
class TreeGraph {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  struct Edge {
    uint32_t to = 0;    // a tree's number, or a target's
    uint32_t name = 0;  // see name()
  };

  // Chooses blobs by what a tree calls them. Called from several threads.
  using NameTest = std::function<bool(std::string_view name)>;
  // Is told what trees call blobs, trees and submodules: every name, some of
  // them many times. Called from several threads,
  // those with the same `worker` one after the other.
  using NameSink = std::function<void(unsigned worker, std::string_view name)>;
  // What `by_name` chooses among.
  enum class Named { kBlobs, kAll };

  // `targets` are blobs. Whatever a tree has under a name that `by_name`
  // chooses is a target, too; empty: none is. Only what leads to targets is
  // kept.
  static TreeGraph build(const ObjectWalk& walk, const IdTable& targets,
                         const NameTest& by_name, unsigned jobs,
                         uint64_t memory, Named named = Named::kBlobs,
                         const NameSink& names = {});

  // The targets that were chosen by name alone, sorted. They are numbered from
  // targets.size() on.
  const std::vector<ObjectId>& named() const { return named_; }

  // The number of a tree that leads to a target; kNone for all others.
  uint32_t find(const ObjectId& tree) const;
  // The same for one of the walk's objects, or none.
  uint32_t of_object(uint32_t object) const;
  // Is this object a tree, wherever it leads?
  bool is_tree(uint32_t object) const { return set_.contains(object); }

  // Trees below that lead to targets, and targets that the tree itself holds,
  // in the order of names.
  std::span<const Edge> trees(uint32_t tree) const;
  std::span<const Edge> targets(uint32_t tree) const;

  // Numbers are in the order of names.
  const std::string& name(uint32_t number) const { return names_[number]; }

  // Trees that could not be decoded.
  const std::vector<Skipped>& problems() const { return problems_; }
  // Blobs and trees that a tree names and the store does not hold; some of
  // them more than once.
  const std::vector<ObjectId>& missing() const { return missing_; }

 private:
  explicit TreeGraph(const ObjectWalk& walk)
      : objects_(walk.numbers()), set_(walk.numbers_of(ObjectType::kTree)) {}

  std::shared_ptr<const ObjectNumbers> objects_;
  RankedSet set_;    // all trees, as objects
  RankedSet leads_;  // by rank in set_; the rank in here is a tree's number
  Lists<Edge> trees_;
  Lists<Edge> targets_;
  std::vector<std::string> names_;
  std::vector<ObjectId> named_;
  std::vector<Skipped> problems_;
  std::vector<ObjectId> missing_;
};

}  // namespace leaksift
