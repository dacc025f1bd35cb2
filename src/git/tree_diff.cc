#include "git/tree_diff.h"

#include <algorithm>
#include <memory>
#include <optional>

namespace leaksift {
namespace {

// A few trees that hold each other many times over spell more paths than can
// be gone through. What comes this often in full has been seen in full.
constexpr uint64_t kMaxRepetitions = 100'000;
constexpr size_t kMaxPath = 1 << 16;  // bytes

}  // namespace

// A parent's tree, gone through beside the commit's. Trees that are not in
// order only make more appear to be new.
class TreeDiff::Base {
 public:
  Base(Object tree, HashKind hash)
      : tree_(std::move(tree)), reader_(tree_.bytes(), id_size(hash)) {
    next();
  }

  // Null at the end.
  const TreeEntry* entry() const { return at_end_ ? nullptr : &entry_; }
  void next() { at_end_ = !reader_.next(entry_); }

 private:
  Object tree_;
  TreeReader reader_;
  TreeEntry entry_;
  bool at_end_ = false;
};

bool TreeDiff::add(uint32_t commit, const ObjectId& tree,
                   const std::vector<ObjectId>& bases,
                   const IncomingOptions& options) {
  if (std::find(bases.begin(), bases.end(), tree) != bases.end()) return true;
  waiting_ = {{tree, bases, ""}};
  while (!waiting_.empty()) {
    if (options.deadline &&
        std::chrono::steady_clock::now() > *options.deadline) {
      return false;
    }
    const Folder folder = std::move(waiting_.back());
    waiting_.pop_back();
    if (!is_repetition(folder)) compare(commit, folder);
  }
  return true;
}

bool TreeDiff::is_repetition(const Folder& folder) {
  if (!folder.bases.empty() || whole_trees_.insert(folder.tree).second) {
    return false;
  }
  if (++repetitions_ <= kMaxRepetitions) return false;
  if (!named_cut_) {
    named_cut_ = true;
    out_.problems.push_back({SkipReason::kTooLarge, folder.tree.hex(hash_),
                             "too many paths to the same trees"});
  }
  return true;
}

void TreeDiff::compare(uint32_t commit, const Folder& folder) {
  const Result<Object> tree = reader_.read(folder.tree);
  if (!tree || tree->type != ObjectType::kTree) {
    out_.problems.push_back({tree ? SkipReason::kCorrupt : reader_.failure(),
                             folder.tree.hex(hash_),
                             tree ? "no tree" : tree.error().message()});
    return;
  }
  trees_.push_back(folder.tree);
  std::vector<Base> bases;
  bases.reserve(folder.bases.size());  // they point into themselves
  for (const ObjectId& id : folder.bases) {
    Result<Object> base = reader_.read(id);
    if (base && base->type == ObjectType::kTree) {
      bases.emplace_back(*std::move(base), hash_);
    }
  }
  TreeReader entries(tree->bytes(), id_size(hash_));
  TreeEntry entry;
  while (entries.next(entry)) compare_entry(commit, folder, entry, bases);
  if (entries.damaged()) {
    out_.problems.push_back(
        {SkipReason::kCorrupt, folder.tree.hex(hash_), "damaged: its entries"});
  }
  for (Base& base : bases) {
    for (; base.entry() != nullptr; base.next()) {
      if (base.entry()->is_submodule()) continue;
      out_.removed.push_back(
          {commit, base.entry()->is_tree(), ObjectId(base.entry()->raw_id)});
    }
  }
}

void TreeDiff::compare_entry(uint32_t commit, const Folder& folder,
                             const TreeEntry& entry, std::vector<Base>& bases) {
  bool is_there = false;
  bool is_same = false;
  std::vector<ObjectId> below;
  for (Base& base : bases) {
    const TreeEntry* other = base.entry();
    for (; other != nullptr && comes_before(*other, entry);
         other = base.entry()) {
      if (!other->is_submodule()) {
        out_.removed.push_back(
            {commit, other->is_tree(), ObjectId(other->raw_id)});
      }
      base.next();
    }
    if (other == nullptr || other->name != entry.name) continue;
    is_there = true;
    is_same = is_same || (other->raw_id == entry.raw_id &&
                          other->is_tree() == entry.is_tree());
    if (other->is_tree() && entry.is_tree()) below.emplace_back(other->raw_id);
    base.next();
  }
  if (is_same) return;
  const std::string path = folder.path + std::string(entry.name);
  if (path.size() > kMaxPath) {
    out_.problems.push_back({SkipReason::kTooLarge, folder.tree.hex(hash_),
                             "a path of more than 64 KiB"});
    return;
  }
  const ObjectId id(entry.raw_id);
  const bool is_file = !entry.is_tree() && !entry.is_submodule();
  if (!is_there) out_.names.push_back({commit, number_of(path), is_file, id});
  if (entry.is_submodule()) return;
  if (entry.is_tree()) {
    waiting_.push_back({id, std::move(below), path + "/"});
  } else {
    out_.files.push_back({id, commit, number_of(path)});
  }
}

uint32_t TreeDiff::number_of(std::string_view path) {
  const auto [at, is_new] = numbers_.emplace(
      std::string(path), static_cast<uint32_t>(out_.paths.size()));
  if (is_new) out_.paths.emplace_back(path);
  return at->second;
}

}  // namespace leaksift
