// Who brought a blob in, when, and where it is now.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "git/commit_graph.h"
#include "git/reach.h"
#include "git/refs.h"
#include "git/tree_graph.h"

namespace leaksift {

// One path at which a blob stands or stood.
struct BlobPlace {
  uint32_t path = 0;  // index into Attribution::paths
  // The commit that brought the blob to this path: it has it there and none of
  // its parents does. Of several such commits (it came back, or came on two
  // branches) those that refs reach go first, then the graph's order: no
  // descendant of another one is chosen. kNone where only trees that refs name
  // themselves have it there.
  uint32_t commit = CommitGraph::kNone;
  Reach reach = Reach::kNothing;  // of that commit
  bool in_head = false;           // HEAD's tree has it there
  bool in_tips = false;           // or the tree of anything that counts as kRef

  friend auto operator<=>(const BlobPlace&, const BlobPlace&) = default;
};

// A commit that has something at a path that no parent has there; or that has
// no target there, and every parent does.
struct PathChange {
  uint32_t commit = 0;
  uint32_t path = 0;          // index into Attribution::paths
  uint32_t now = 0;           // a target, or kNone
  uint32_t first_before = 0;  // index into Attribution::before
};

struct Attribution {
  std::vector<std::string> paths;  // sorted, each once
  // By target, in the order of paths; none for a blob that no tree leads to.
  std::vector<std::vector<BlobPlace>> places;
  // In the graph's order, then that of paths.
  std::vector<PathChange> changes;
  // What the parents of changes' commits have at their paths: targets or kNone.
  std::vector<uint32_t> before;

  // Looking stopped before all places were seen. A few trees that hold each
  // other many times over spell more paths than can be counted.
  bool cut = false;
  // Later changes were left out.
  bool changes_cut = false;

  // One for each parent of the change's commit, in their order.
  std::span<const uint32_t> before_of(const PathChange& change,
                                      const CommitGraph& commits) const {
    return {before.data() + change.first_before,
            commits.parents(change.commit).size()};
  }
};

// REQUIRES: commits and trees of one walk
Attribution attribute(const CommitGraph& commits, const TreeGraph& trees,
                      const RefSet& refs, const Reachability& reach,
                      uint32_t target_count);

}  // namespace leaksift
