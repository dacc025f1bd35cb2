#include "git/tree_path.h"

#include <algorithm>
#include <vector>

#include "git/commit.h"
#include "git/tree.h"

namespace leaksift {

ObjectId CommitTrees::of(const ObjectId& commit) {
  const auto [at, is_new] = trees_.emplace(commit, ObjectId());
  if (!is_new) return at->second;
  const Result<Object> object = reader_.read(commit);
  if (!object || object->type != ObjectType::kCommit) return {};
  const auto header = parse_commit_header(object->bytes(), hash_);
  return at->second = header ? header->tree : ObjectId();
}

std::optional<ObjectId> find_file(ObjectReader& reader, HashKind hash,
                                  const ObjectId& tree, std::string_view path) {
  ObjectId folder = tree;
  for (;;) {
    const Result<Object> object = reader.read(folder);
    if (!object || object->type != ObjectType::kTree) return std::nullopt;
    const size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    const bool is_last = slash == std::string_view::npos;
    TreeReader entries(object->bytes(), id_size(hash));
    TreeEntry entry;
    bool found = false;
    while (!found && entries.next(entry)) {
      found = entry.name == name && entry.is_tree() != is_last;
    }
    if (!found || entry.is_submodule()) return std::nullopt;
    if (is_last) return ObjectId(entry.raw_id);
    folder = ObjectId(entry.raw_id);
    path.remove_prefix(slash + 1);
  }
}

void for_each_file(ObjectReader& reader, HashKind hash, const ObjectId& tree,
                   size_t most,
                   const std::function<bool(const ObjectId& blob)>& each) {
  std::vector<ObjectId> waiting = {tree};
  size_t files = 0;
  for (size_t trees = 0; trees < most && !waiting.empty(); ++trees) {
    const Result<Object> object = reader.read(waiting.back());
    waiting.pop_back();
    if (!object || object->type != ObjectType::kTree) continue;
    TreeReader entries(object->bytes(), id_size(hash));
    TreeEntry entry;
    while (entries.next(entry)) {
      if (entry.is_submodule()) continue;
      if (entry.is_tree()) {
        waiting.emplace_back(entry.raw_id);
      } else if (++files > most || !each(ObjectId(entry.raw_id))) {
        return;
      }
    }
  }
}

}  // namespace leaksift
