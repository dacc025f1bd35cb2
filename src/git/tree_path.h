// What stands at a path, and what is in a folder.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

#include "git/object_store.h"

namespace leaksift {

// Trees of commits, each looked up once. Not thread-safe.
class CommitTrees {
 public:
  CommitTrees(ObjectReader& reader, HashKind hash)
      : reader_(reader), hash_(hash) {}

  // Null if there is no such commit, or it cannot be read.
  ObjectId of(const ObjectId& commit);
  // What is known already.
  void add(const ObjectId& commit, const ObjectId& tree) {
    trees_.emplace(commit, tree);
  }

 private:
  ObjectReader& reader_;
  HashKind hash_;
  std::map<ObjectId, ObjectId> trees_;
};

// The blob or link at `path` of a tree; nothing if there is none, or if what
// leads there cannot be read.
std::optional<ObjectId> find_file(ObjectReader& reader, HashKind hash,
                                  const ObjectId& tree, std::string_view path);

// Calls `each` for the files in a tree and below, as long as it returns true,
// for at most `most` of them, and goes through no more than as many trees.
void for_each_file(ObjectReader& reader, HashKind hash, const ObjectId& tree,
                   size_t most,
                   const std::function<bool(const ObjectId& blob)>& each);

}  // namespace leaksift
