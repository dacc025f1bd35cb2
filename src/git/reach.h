// What leads to commits and objects: which refs, or else a note, a stash, a
// reflog, or nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "git/commit_graph.h"
#include "git/object_id.h"
#include "git/reflog.h"
#include "git/refs.h"

namespace leaksift {

// The first that leads there counts.
enum class Reach : uint8_t {
  kRef,     // HEAD, branches, tags and all refs but those below
  kNote,    // refs/notes/
  kStash,   // refs/stash and its reflog
  kReflog,  // other reflogs, ORIG_HEAD and its like
  kNothing,
};

// What a ref of this name counts as.
Reach kind_of_ref(std::string_view name);

// Indexes into refs.refs in the order in which reports name them: HEAD's
// branch, branches, tags, remote branches, all others by name. A HEAD that
// names a branch is left out: it would only say the same again.
std::vector<uint32_t> refs_in_order(const RefSet& refs);

// Some refs, as indexes into a RefSet.
struct RefList {
  std::vector<uint32_t> first;  // in the order of refs_in_order()
  uint64_t count = 0;           // of all
};

// Sorted, each once, at least one.
using CommitSet = std::vector<uint32_t>;

// Refs that reach one commit or more of a set.
struct RefsReaching {
  std::map<CommitSet, RefList> of;
  // There were more sets than could be looked at; the others have no entry.
  bool cut = false;
};

// Of each of `wanted`, all refs that reach it, at most `most` of them listed.
// Takes one pass over the graph for every 256 sets that different refs may
// reach, and 36 bytes of memory for each commit of the graph.
RefsReaching refs_reaching(const CommitGraph& commits, const RefSet& refs,
                           const std::vector<CommitSet>& wanted, size_t most);

// What leads to each commit, and what names an object itself.
class Reachability {
 public:
  Reachability(const CommitGraph& commits, const RefSet& refs,
               const ReflogIds& reflogs);

  Reach of(uint32_t commit) const { return commits_[commit]; }

  // What names the object itself, or does so through annotated tags; kNothing
  // for those that no ref or reflog names. Not for commits.
  Reach of(const ObjectId& object) const;
  // The refs among that, in order.
  std::vector<uint32_t> refs_naming(const ObjectId& object) const;

 private:
  struct Named {
    Reach reach = Reach::kNothing;
    std::vector<uint32_t> refs;
  };

  std::vector<Reach> commits_;
  std::map<ObjectId, Named> named_;
};

}  // namespace leaksift
