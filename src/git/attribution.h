// Who brought a blob in, when, and where it is now.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "git/commit_graph.h"
#include "git/id_table.h"
#include "git/refs.h"
#include "git/tree_graph.h"

namespace leaksift {

// One path at which a blob stands or stood.
struct BlobPlace {
  std::string path;
  // The commit that brought the blob to this path: it has it there and none of
  // its parents does; of several such commits (it came back, or came on two
  // branches) the first in the graph's order, so none that descends from
  // another one.
  uint32_t commit = CommitGraph::kNone;
  bool in_head = false;  // HEAD's tree has it there
  std::string ref;       // the first of kRefOrder that reaches `commit`; or ""

  friend auto operator<=>(const BlobPlace&, const BlobPlace&) = default;
};

struct Attribution {
  // By target, in the order of paths; none for a blob that no commit's tree
  // leads to.
  std::vector<std::vector<BlobPlace>> places;
  // Looking stopped before all paths were seen. A few trees that hold each
  // other many times over spell more paths than can be counted.
  bool cut = false;
};

Attribution attribute(const CommitGraph& commits, const TreeGraph& trees,
                      const RefSet& refs, uint32_t target_count);

// For each commit the index (into refs.refs) of the first ref that reaches it,
// kNone if none does. First are HEAD's branch, then branches, tags, remote
// branches, then all others by name.
std::vector<uint32_t> first_refs(const CommitGraph& commits,
                                 const RefSet& refs);

}  // namespace leaksift
