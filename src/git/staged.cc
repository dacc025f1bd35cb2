#include "git/staged.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "git/commit.h"
#include "git/tree.h"

namespace leaksift {
namespace {

constexpr uint32_t kTreeMode = 0040000;
constexpr uint32_t kFileMode = 0100644;
constexpr uint64_t kMaxTree = uint64_t{1} << 30;

// The files and folders in a folder, in a tree's order. Submodules are left
// out.
struct Entries {
  // The same name and kind; null if there is none.
  const TreeEntry* find(const TreeEntry& wanted) const {
    const auto found =
        std::lower_bound(list.begin(), list.end(), wanted, comes_before);
    return found == list.end() || comes_before(wanted, *found) ? nullptr
                                                               : &*found;
  }

  Object tree;  // what the list points into, where it is that of a tree
  // Of a folder of the index the id is empty where it is not known.
  std::vector<TreeEntry> list;
};

// A folder to be compared.
struct Folder {
  std::string path;               // with a slash at the end; empty: the top
  std::optional<ObjectId> tree;   // of one that the index has as a whole
  std::vector<ObjectId> parents;  // its trees, where it exists
};

class Comparison {
 public:
  Comparison(const TrackedPaths& index, const ObjectStore& store)
      : index_(index), store_(store), reader_(store, kMaxTree) {}

  Incoming run(std::vector<ObjectId> parents) {
    Folder top;
    for (const ObjectId& parent : parents) {
      if (const auto tree = tree_of(parent)) top.parents.push_back(*tree);
    }
    result_.commits.push_back({{}, {}, std::move(parents)});
    folders_.push_back(std::move(top));
    while (!folders_.empty()) {
      const Folder folder = std::move(folders_.back());
      folders_.pop_back();
      compare(folder);
    }
    return std::move(result_);
  }

 private:
  std::optional<Object> read(const ObjectId& id, ObjectType type) {
    Result<Object> object = reader_.read(id);
    if (object && object->type == type) return *std::move(object);
    const std::string detail = object ? "no " + std::string(to_string(type))
                                      : object.error().message();
    damaged(object ? SkipReason::kCorrupt : reader_.failure(), id, detail);
    return std::nullopt;
  }

  void damaged(SkipReason reason, const ObjectId& id,
               const std::string& detail) {
    result_.problems.push_back({reason, id.hex(store_.hash()), detail});
  }

  std::optional<ObjectId> tree_of(const ObjectId& commit) {
    const auto object = read(commit, ObjectType::kCommit);
    if (!object) return std::nullopt;
    const auto header = parse_commit_header(object->bytes(), store_.hash());
    if (header) return header->tree;
    damaged(SkipReason::kCorrupt, commit, "no tree line");
    return std::nullopt;
  }

  Entries entries_of(const ObjectId& tree) {
    Entries entries;
    std::optional<Object> object = read(tree, ObjectType::kTree);
    if (!object) return entries;
    entries.tree = *std::move(object);
    TreeReader reader(entries.tree.bytes(), id_size(store_.hash()));
    for (TreeEntry entry; reader.next(entry);) {
      if (!entry.is_submodule()) entries.list.push_back(entry);
    }
    if (reader.damaged()) {
      damaged(SkipReason::kCorrupt, tree, "damaged: its entries");
    }
    // So are all that git makes.
    if (!std::is_sorted(entries.list.begin(), entries.list.end(),
                        comes_before)) {
      std::sort(entries.list.begin(), entries.list.end(), comes_before);
    }
    return entries;
  }

  Entries entries_in_index(std::string_view folder) const {
    Entries entries;
    auto [i, end] = index_.range_of(folder);
    while (i < end) {
      const std::string_view path = index_.path(i);
      const TrackedPaths::Entry& entry = index_.entry(i);
      const size_t slash = path.find('/', folder.size());
      const std::string_view name =
          path.substr(folder.size(), slash - folder.size());
      if (slash == path.npos) {
        const bool is_file = entry.kind() == TrackedPaths::Kind::kFile;
        if (is_file && !entry.in_conflict && !entry.intended) {
          entries.list.push_back(
              {entry.mode, name, entry.id.raw(store_.hash())});
        }
        ++i;
      } else {
        const std::string_view inner = path.substr(0, slash + 1);
        entries.list.push_back({kTreeMode, name, tree_in_index(inner)});
        i = index_.range_of(inner).second;
      }
    }
    return entries;
  }

  // Does the index have the folder as one entry?
  bool is_folded(std::string_view folder) const {
    const auto [first, end] = index_.range_of(folder);
    return first < end && index_.path(first) == folder;
  }

  std::string_view tree_in_index(std::string_view folder) const {
    if (is_folded(folder)) {
      const auto [first, end] = index_.range_of(folder);
      return index_.entry(first).id.raw(store_.hash());
    }
    const CachedTree* const cached = index_.cached_tree(folder);
    return cached ? cached->id.raw(store_.hash()) : std::string_view();
  }

  void compare(const Folder& folder) {
    const Entries now =
        folder.tree ? entries_of(*folder.tree) : entries_in_index(folder.path);
    std::vector<Entries> before;
    for (const ObjectId& parent : folder.parents) {
      before.push_back(entries_of(parent));
    }
    for (const TreeEntry& entry : now.list) {
      compare_entry(folder, entry, before);
    }
    for (const Entries& parent : before) {
      for (const TreeEntry& entry : parent.list) {
        if (now.find(entry) != nullptr) continue;
        result_.removed.push_back({0, entry.is_tree(), ObjectId(entry.raw_id)});
      }
    }
  }

  void compare_entry(const Folder& folder, const TreeEntry& entry,
                     const std::vector<Entries>& before) {
    TreeEntry other_kind = entry;
    other_kind.mode = entry.is_tree() ? kFileMode : kTreeMode;
    std::vector<ObjectId> versions;
    bool is_named = false;
    for (const Entries& parent : before) {
      const TreeEntry* const same = parent.find(entry);
      if (same != nullptr && same->raw_id == entry.raw_id) return;
      if (same != nullptr) versions.emplace_back(same->raw_id);
      is_named =
          is_named || same != nullptr || parent.find(other_kind) != nullptr;
    }
    const std::string path = folder.path + std::string(entry.name);
    const auto number = static_cast<uint32_t>(result_.paths.size());
    const ObjectId id(entry.raw_id);
    if (!is_named) result_.names.push_back({0, number, !entry.is_tree(), id});
    if (!entry.is_tree()) result_.files.push_back({id, 0, number});
    if (!is_named || !entry.is_tree()) result_.paths.push_back(path);
    if (!entry.is_tree()) return;
    const bool is_whole = folder.tree || is_folded(path + '/');
    folders_.push_back({path + '/', is_whole ? std::optional(id) : std::nullopt,
                        std::move(versions)});
  }

  const TrackedPaths& index_;
  const ObjectStore& store_;
  ObjectReader reader_;
  std::vector<Folder> folders_;  // still to be compared
  Incoming result_;
};

}  // namespace

Incoming find_staged(const TrackedPaths& index, const ObjectStore& store,
                     std::vector<ObjectId> parents) {
  return Comparison(index, store).run(std::move(parents));
}

}  // namespace leaksift
