// In what a commit's tree differs from those of its parents.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "git/incoming.h"
#include "git/new_commits.h"
#include "git/object_store.h"
#include "git/tree.h"

namespace leaksift {

// Adds files, names, removed files and paths to an Incoming. What is the same
// as in one of the parents is not gone into. Not thread-safe.
class TreeDiff {
 public:
  // `reader` reads trees many times over: let it have a cache.
  TreeDiff(ObjectReader& reader, HashKind hash, Incoming& out)
      : reader_(reader), hash_(hash), out_(out) {}

  // `bases`: trees; none for a first commit. False: the deadline came first.
  bool add(uint32_t commit, const ObjectId& tree,
           const std::vector<ObjectId>& bases, const IncomingOptions& options);

  // Trees that were gone into: each at least once.
  const std::vector<ObjectId>& trees() const { return trees_; }

 private:
  // A folder that is in no parent as it is.
  struct Folder {
    ObjectId tree;
    std::vector<ObjectId> bases;  // at its path
    std::string path;             // "" or ending in a slash
  };
  class Base;

  void compare(uint32_t commit, const Folder& folder);
  void compare_entries(uint32_t commit, const Folder& folder,
                       std::string_view tree, TreeReader& entries,
                       std::vector<Base>& bases);
  bool compare_entry(uint32_t commit, const Folder& folder,
                     const TreeEntry& entry, std::vector<Base>& bases);
  bool is_repetition(const Folder& folder);
  uint32_t number_of(std::string_view path);

  ObjectReader& reader_;
  HashKind hash_;
  Incoming& out_;
  std::vector<Folder> waiting_;
  std::vector<ObjectId> trees_;
  std::unordered_map<std::string, uint32_t> numbers_;  // of out_.paths
  // Of what has no base, to see how often it comes.
  std::unordered_set<ObjectId, HostileIdHasher> whole_trees_;
  uint64_t repetitions_ = 0;
  bool named_cut_ = false;
};

}  // namespace leaksift
