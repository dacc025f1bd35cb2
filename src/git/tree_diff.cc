#include "git/tree_diff.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

namespace leaksift {
namespace {

// A few trees that hold each other many times over spell more paths than can
// be gone through. What comes this often in full has been seen in full.
constexpr uint64_t kMaxRepetitions = 100'000;
constexpr size_t kMaxPath = 1 << 16;  // bytes

// Bytes that both begin with, at the most a few less.
size_t alike_in_front(std::string_view a, std::string_view b) {
  constexpr size_t kStep = 64;
  const size_t size = std::min(a.size(), b.size());
  size_t alike = 0;
  while (alike + kStep <= size &&
         std::memcmp(a.data() + alike, b.data() + alike, kStep) == 0) {
    alike += kStep;
  }
  return alike;
}

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
  void next() {
    begin_ = reader_.offset();
    at_end_ = !reader_.next(entry_);
  }

  // From the entry on.
  std::string_view rest() const { return tree_.bytes().substr(begin_); }

  // Goes on, with `entries` of `tree`, to the first entry in which they differ,
  // or one a little before it. REQUIRES: both are at their beginnings.
  void skip_what_is_alike(std::string_view tree, TreeReader& entries) {
    const size_t alike = alike_in_front(tree, tree_.bytes());
    size_t front = 0;
    TreeEntry entry;
    for (TreeReader ahead = entries;
         ahead.next(entry) && ahead.offset() <= alike;) {
      front = ahead.offset();
    }
    entries.skip_to(front);
    reader_.skip_to(front);
    next();
  }

 private:
  Object tree_;
  TreeReader reader_;
  TreeEntry entry_;
  size_t begin_ = 0;  // of the entry
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
  compare_entries(commit, folder, tree->bytes(), entries, bases);
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

// Most commits change one entry of hundreds. What stands before it and behind
// it need not be compared one by one: of a push of 100 commits that took a
// quarter.
void TreeDiff::compare_entries(uint32_t commit, const Folder& folder,
                               std::string_view tree, TreeReader& entries,
                               std::vector<Base>& bases) {
  if (bases.size() == 1) bases[0].skip_what_is_alike(tree, entries);
  bool differs = true;
  auto ends_alike = [&] {
    return differs && bases.size() == 1 &&
           tree.substr(entries.offset()) == bases[0].rest();
  };
  TreeEntry entry;
  while (!ends_alike()) {
    if (!entries.next(entry)) return;
    differs = compare_entry(commit, folder, entry, bases);
  }
  bases.clear();
  while (entries.next(entry)) {
  }
}

// False for an entry that a base has, too.
bool TreeDiff::compare_entry(uint32_t commit, const Folder& folder,
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
  if (is_same) return false;
  const std::string path = folder.path + std::string(entry.name);
  if (path.size() > kMaxPath) {
    out_.problems.push_back({SkipReason::kTooLarge, folder.tree.hex(hash_),
                             "a path of more than 64 KiB"});
    return true;
  }
  const ObjectId id(entry.raw_id);
  const bool is_file = !entry.is_tree() && !entry.is_submodule();
  if (!is_there) out_.names.push_back({commit, number_of(path), is_file, id});
  if (entry.is_submodule()) return true;
  if (entry.is_tree()) {
    waiting_.push_back({id, std::move(below), path + "/"});
  } else {
    out_.files.push_back({id, commit, number_of(path)});
  }
  return true;
}

uint32_t TreeDiff::number_of(std::string_view path) {
  const auto [at, is_new] = numbers_.emplace(
      std::string(path), static_cast<uint32_t>(out_.paths.size()));
  if (is_new) out_.paths.emplace_back(path);
  return at->second;
}

}  // namespace leaksift
