#include "git/selection.h"

#include <algorithm>
#include <atomic>
#include <charconv>

#include "core/digest.h"
#include "core/sort_unique.h"
#include "git/tree.h"

namespace leaksift {
namespace {

constexpr uint32_t kNone = ObjectNumbers::kNone;

// Flags that several threads set at once.
class SharedFlags {
 public:
  explicit SharedFlags(size_t size) : flags_(size) {}
  void set(size_t i) { flags_[i].store(1, std::memory_order_relaxed); }
  bool get(size_t i) const {
    return flags_[i].load(std::memory_order_relaxed) != 0;
  }

 private:
  std::vector<std::atomic<uint8_t>> flags_;
};

// Reads which trees each tree holds.
class SubtreeCollector : public ObjectVisitor {
 public:
  struct Edge {
    uint32_t from;
    uint32_t to;
  };

  SubtreeCollector(const ObjectNumbers& objects, unsigned jobs)
      : objects_(objects), id_size_(id_size(objects.hash())), edges_(jobs) {}

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    const uint32_t from = objects_.find(object.raw_id.data());
    TreeReader reader(object.bytes, id_size_);
    TreeEntry entry;
    while (reader.next(entry)) {
      if (!entry.is_tree()) continue;
      const uint32_t to = objects_.find(entry.raw_id.data());
      if (to != kNone) edges_[worker].push_back({from, to});
    }
    return nullptr;
  }
  // The scan itself names what cannot be decoded.
  void skip(unsigned, Skipped) override {}

  std::vector<Edge> take() {
    std::vector<Edge> all;
    for (std::vector<Edge>& edges : edges_) {
      all.insert(all.end(), edges.begin(), edges.end());
      edges.clear();
    }
    std::sort(all.begin(), all.end(),
              [](const Edge& a, const Edge& b) { return a.from < b.from; });
    return all;
  }

 private:
  const ObjectNumbers& objects_;
  size_t id_size_;
  std::vector<std::vector<Edge>> edges_;
};

// Marks what reached trees hold: for the tips' side and the excluded side.
class BlobMarker : public ObjectVisitor {
 public:
  BlobMarker(const ObjectNumbers& objects, unsigned jobs, SharedFlags& reached,
             SharedFlags& excluded)
      : objects_(objects),
        id_size_(id_size(objects.hash())),
        reached_(reached),
        excluded_(excluded),
        missing_(jobs) {}

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    const uint32_t tree = objects_.find(object.raw_id.data());
    const bool reached = reached_.get(tree);
    const bool excluded = excluded_.get(tree);
    TreeReader reader(object.bytes, id_size_);
    TreeEntry entry;
    while (reader.next(entry)) {
      if (entry.is_submodule()) continue;
      const uint32_t to = objects_.find(entry.raw_id.data());
      if (to == kNone) {
        if (reached) missing_[worker].emplace_back(entry.raw_id);
        continue;
      }
      if (reached) reached_.set(to);
      if (excluded) excluded_.set(to);
    }
    return nullptr;
  }
  void skip(unsigned, Skipped) override {}

  void take_missing(std::vector<ObjectId>& out) {
    for (auto& missing : missing_) {
      out.insert(out.end(), missing.begin(), missing.end());
    }
    sort_unique(out);
  }

 private:
  const ObjectNumbers& objects_;
  size_t id_size_;
  SharedFlags& reached_;
  SharedFlags& excluded_;
  std::vector<std::vector<ObjectId>> missing_;
};

// Sets the flags of everything above and including the tips but for blobs in
// trees: tags, commits and their ancestors, trees and the trees in them.
class Spreader {
 public:
  Spreader(const CommitGraph& commits, const RefSet& refs,
           const std::vector<SubtreeCollector::Edge>& edges)
      : objects_(commits.objects()),
        commits_(commits),
        refs_(refs),
        edges_(edges) {}

  // Commits' trees that the store does not hold go to `missing`.
  void spread(const std::vector<ObjectId>& tips, SharedFlags& flags,
              std::vector<ObjectId>& missing) const {
    std::vector<uint32_t> commits;
    std::vector<uint32_t> trees;
    for (ObjectId id : tips) {
      // Tags of tags, up to one that came before: they may go in a circle.
      for (auto tag = refs_.peeled.find(id);
           tag != refs_.peeled.end() && !is_marked(id, flags);
           tag = refs_.peeled.find(id)) {
        mark(id, flags);
        id = tag->second;
      }
      const uint32_t commit = commits_.find(id);
      if (commit != CommitGraph::kNone) commits.push_back(commit);
      // A tree or a blob that a ref or tag names by itself; a tree has edges.
      if (const uint32_t number = mark(id, flags); number != kNone) {
        trees.push_back(number);
      }
    }
    const std::vector<bool> reached = commits_.reachable_from(commits);
    for (uint32_t i = 0; i < commits_.size(); ++i) {
      if (!reached[i]) continue;
      flags.set(commits_.object(i));
      if (commits_.tree(i) != kNone) {
        trees.push_back(commits_.tree(i));
      } else {
        missing.push_back(commits_.commit(i).tree);
      }
    }
    spread_trees(std::move(trees), flags);
  }

 private:
  bool is_marked(const ObjectId& id, const SharedFlags& flags) const {
    const uint32_t number = objects_.find(id);
    return number != kNone && flags.get(number);
  }

  uint32_t mark(const ObjectId& id, SharedFlags& flags) const {
    const uint32_t number = objects_.find(id);
    if (number != kNone) flags.set(number);
    return number;
  }

  void spread_trees(std::vector<uint32_t> pending, SharedFlags& flags) const {
    std::vector<bool> seen(objects_.size());
    while (!pending.empty()) {
      const uint32_t tree = pending.back();
      pending.pop_back();
      if (seen[tree]) continue;
      seen[tree] = true;
      flags.set(tree);
      auto edge = std::lower_bound(
          edges_.begin(), edges_.end(), tree,
          [](const auto& e, uint32_t from) { return e.from < from; });
      for (; edge != edges_.end() && edge->from == tree; ++edge) {
        pending.push_back(edge->to);
      }
    }
  }

  const ObjectNumbers& objects_;
  const CommitGraph& commits_;
  const RefSet& refs_;
  const std::vector<SubtreeCollector::Edge>& edges_;
};

// Turns the names of commits into ids.
class RevisionParser {
 public:
  RevisionParser(const RefSet& refs, const CommitGraph& commits,
                 const ObjectStore& store)
      : refs_(refs), commits_(commits), store_(store) {}

  Result<ObjectId> parse(std::string_view text) const {
    const size_t suffix = text.find_first_of("~^");
    const std::string_view name = text.substr(0, suffix);
    std::optional<ObjectId> id = by_name(name.empty() ? "HEAD" : name);
    if (!id) return Error("'" + std::string(name) + "' names no commit here");
    if (suffix == std::string_view::npos) return *id;
    uint32_t commit = commits_.find(*id);
    if (commit == CommitGraph::kNone || !step(text.substr(suffix), commit)) {
      return Error("'" + std::string(text) + "' has no such ancestor");
    }
    return commits_.commit(commit).id;
  }

 private:
  std::optional<ObjectId> by_name(std::string_view name) const {
    const std::string text(name);
    for (const std::string& full :
         {text, "refs/" + text, "refs/tags/" + text, "refs/heads/" + text,
          "refs/remotes/" + text, "refs/remotes/" + text + "/HEAD"}) {
      if (const Ref* ref = refs_.find(full)) return refs_.tip_of(*ref);
    }
    return by_digits(name);
  }

  // An id of which at least four digits are given, if they fit one commit.
  std::optional<ObjectId> by_digits(std::string_view digits) const {
    constexpr size_t kMinDigits = 4;
    const std::string even(digits.substr(0, digits.size() / 2 * 2));
    if (digits.size() < kMinDigits || from_hex(even).empty()) {
      return std::nullopt;
    }
    std::optional<ObjectId> found;
    for (uint32_t i = 0; i < commits_.size(); ++i) {
      const ObjectId& id = commits_.commit(i).id;
      if (!id.hex(store_.hash()).starts_with(digits)) continue;
      if (found) return std::nullopt;
      found = id;
    }
    return found;
  }

  // "~2^": steps to ancestors.
  bool step(std::string_view steps, uint32_t& commit) const {
    while (!steps.empty()) {
      const char kind = steps[0];
      if (kind != '~' && kind != '^') return false;
      steps.remove_prefix(1);
      uint32_t count = 1;
      const auto [end, error] =
          std::from_chars(steps.data(), steps.data() + steps.size(), count);
      if (error == std::errc()) {
        steps.remove_prefix(static_cast<size_t>(end - steps.data()));
      }
      const uint32_t generations = kind == '~' ? count : 1;
      const uint32_t parent = kind == '^' ? count : 1;
      for (uint32_t i = 0; i < generations && parent > 0; ++i) {
        const auto parents = commits_.parents(commit);
        if (parent > parents.size()) return false;
        commit = parents[parent - 1];
      }
    }
    return true;
  }

  const RefSet& refs_;
  const CommitGraph& commits_;
  const ObjectStore& store_;
};

}  // namespace

SelectionTips tips_of_refs(const RefSet& refs) {
  SelectionTips tips;
  for (const Ref& ref : refs.refs) tips.tips.push_back(ref.id);
  return tips;
}

Result<SelectionTips> tips_of_range(std::string_view range, const RefSet& refs,
                                    const CommitGraph& commits,
                                    const ObjectStore& store) {
  const RevisionParser parser(refs, commits, store);
  const size_t dots = range.find("..");
  SelectionTips tips;
  const bool symmetric = range.find("...") != std::string_view::npos;
  if (symmetric) {
    return Error("a range is written A..B; '" + std::string(range) +
                 "' has three dots");
  }
  const Result<ObjectId> tip = parser.parse(
      dots == std::string_view::npos ? range : range.substr(dots + 2));
  if (!tip) return tip.error();
  tips.tips.push_back(*tip);
  if (dots == std::string_view::npos) return tips;
  const Result<ObjectId> excluded = parser.parse(range.substr(0, dots));
  if (!excluded) return excluded.error();
  tips.excluded.push_back(*excluded);
  return tips;
}

Selection Selection::build(const SelectionTips& tips,
                           const CommitGraph& commits, const RefSet& refs,
                           const ObjectWalk& walk, unsigned jobs,
                           uint64_t memory, std::vector<ObjectId>& missing) {
  Selection selection(walk.numbers());
  const ObjectNumbers& objects = *walk.numbers();
  ObjectWalkOptions options;
  options.jobs = jobs;
  options.types = type_bit(ObjectType::kTree);
  options.memory = memory;
  SubtreeCollector collector(objects, jobs);
  walk.run(options, collector);

  SharedFlags reached(objects.size());
  SharedFlags excluded(objects.size());
  const std::vector<SubtreeCollector::Edge> edges = collector.take();
  const Spreader spreader(commits, refs, edges);
  spreader.spread(tips.tips, reached, missing);
  std::vector<ObjectId> not_wanted;
  spreader.spread(tips.excluded, excluded, not_wanted);

  options.wanted = [&](std::string_view raw_id) {
    const uint32_t number = objects.find(raw_id.data());
    return reached.get(number) || excluded.get(number);
  };
  BlobMarker marker(objects, jobs, reached, excluded);
  walk.run(options, marker);
  marker.take_missing(missing);

  selection.selected_.resize(objects.size());
  for (uint32_t i = 0; i < objects.size(); ++i) {
    selection.selected_[i] = reached.get(i) && !excluded.get(i);
  }
  return selection;
}

bool Selection::holds(std::string_view raw_id) const {
  const uint32_t number = objects_->find(raw_id.data());
  return number != kNone && selected_[number];
}

}  // namespace leaksift
