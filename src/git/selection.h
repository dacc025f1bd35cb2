// A part of a repository's objects: what some refs reach, or what a range of
// commits brings.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "git/commit_graph.h"
#include "git/object_numbers.h"
#include "git/object_walk.h"
#include "git/refs.h"
#include "leaksift/result.h"

namespace leaksift {

// Where a selection begins and what it leaves out: objects that a tip reaches
// (commits, trees, blobs, tags) and no excluded one does.
struct SelectionTips {
  std::vector<ObjectId> tips;
  std::vector<ObjectId> excluded;
};

// Every ref; nothing excluded.
SelectionTips tips_of_refs(const RefSet& refs);

// "A..B": what B reaches and A does not; either may be left out and is HEAD
// then. "B" alone: all that B reaches. A and B are ref names (short ones too),
// object ids (at least four digits of one) and these with ~N and ^N behind.
// Fails on what names no commit.
Result<SelectionTips> tips_of_range(std::string_view range, const RefSet& refs,
                                    const CommitGraph& commits,
                                    const ObjectStore& store);

// The set of selected objects. Immutable and safe to share; the store must
// outlive it.
class Selection {
 public:
  // Decodes all trees once and the selected ones once more. Objects that trees
  // name and the store does not hold are added to `missing` (submodules'
  // commits are not).
  static Selection build(const SelectionTips& tips, const CommitGraph& commits,
                         const RefSet& refs, const ObjectWalk& walk,
                         unsigned jobs, uint64_t memory,
                         std::vector<ObjectId>& missing);

  bool holds(std::string_view raw_id) const;

 private:
  explicit Selection(std::shared_ptr<const ObjectNumbers> objects)
      : objects_(std::move(objects)) {}

  std::shared_ptr<const ObjectNumbers> objects_;
  std::vector<bool> selected_;  // by number
};

}  // namespace leaksift
