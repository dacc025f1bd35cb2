#include "git/tree_graph.h"

#include <algorithm>
#include <bitset>
#include <deque>
#include <memory>
#include <unordered_map>

#include "core/hash.h"
#include "core/sort_unique.h"
#include "git/tree.h"
#include "git/tree_delta.h"

namespace leaksift {
namespace {

using Edge = TreeGraph::Edge;

// Says of most ids that they are no target, from the cache.
class TargetFilter {
 public:
  explicit TargetFilter(const IdTable& targets) : targets_(targets) {
    for (uint32_t i = 0; i < targets.size(); ++i) {
      seen_.set(bits_of(targets.raw_id(i).data()));
    }
  }

  uint32_t find(const char* raw_id) const {
    return seen_[bits_of(raw_id)] ? targets_.find(raw_id) : IdTable::kNone;
  }

 private:
  static size_t bits_of(const char* raw_id) {
    uint16_t bits;
    std::memcpy(&bits, raw_id + 6, sizeof bits);
    return bits;
  }

  const IdTable& targets_;
  std::bitset<65536> seen_;
};

// Texts that one thread comes across, numbered.
class Numbered {
 public:
  uint32_t number(std::string_view text) {
    const auto known = numbers_.find(text);
    if (known != numbers_.end()) return known->second;
    const auto number = static_cast<uint32_t>(texts_.size());
    // The map's keys look into the strings, which stay in place.
    texts_.push_back(std::make_unique<std::string>(text));
    numbers_.emplace(*texts_.back(), number);
    return number;
  }
  const std::vector<std::unique_ptr<std::string>>& texts() const {
    return texts_;
  }

 private:
  std::unordered_map<std::string_view, uint32_t> numbers_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

// Tests names; those that come again, from the cache: asking a regex for every
// entry would cost a tenth of a whole scan.
class TestedNames {
 public:
  bool passes(std::string_view name, const TreeGraph::NameTest& test) {
    Tested& tested = tested_[std::hash<std::string_view>()(name) % kSize];
    if (tested.name != name) tested = {std::string(name), test(name)};
    return tested.passes;
  }

 private:
  struct Tested {
    std::string name = std::string(1, 0);  // which no entry has
    bool passes = false;
  };
  static constexpr size_t kSize = size_t{1} << 13;
  std::vector<Tested> tested_ = std::vector<Tested>(kSize);
};

// An entry that leads on; `target` tells which of the two kinds.
struct Kept {
  uint32_t entry = 0;
  bool target = false;
  Edge edge;
};

constexpr Edge kNowhere{IdTable::kNone, 0};

// What became of entries that came before. Of those that a tree does not have
// from its base four in five stand in other trees, too, and hashing one takes
// a tenth of the time that looking its id up does. 256 KB.
class SeenEntries {
 public:
  struct Seen {
    uint64_t hash = 0;
    Edge edge = kNowhere;
  };

  // Where the entry belongs; it is the same one if the hashes agree.
  Seen& slot_of(uint64_t hash) { return seen_[hash % kSize]; }

 private:
  static constexpr size_t kSize = size_t{1} << 14;
  std::vector<Seen> seen_ = std::vector<Seen>(kSize);
};

// Edges in the order in which they were read, tree by tree. Of git's history
// there are seven million: a vector would be moved again and again.
class EdgeLog {
 public:
  void add(uint32_t tree, Edge edge) {
    if (runs_.empty() || runs_.back().tree != tree) {
      runs_.push_back({tree, edges_.size()});
    }
    edges_.push_back(edge);
  }

  // Calls `each` with every tree and edge.
  template <typename Each>
  void for_each(const Each& each) {
    auto edge = edges_.begin();
    size_t at = 0;
    for (size_t i = 0; i < runs_.size(); ++i) {
      const size_t end =
          i + 1 < runs_.size() ? runs_[i + 1].first : edges_.size();
      for (; at < end; ++at) each(runs_[i].tree, *edge++);
    }
  }

 private:
  struct Run {
    uint32_t tree;
    size_t first;  // in edges_; up to the next one's
  };
  std::deque<Run> runs_;
  std::deque<Edge> edges_;
};

// What is remembered of a tree for those made out of it.
struct TreeNote : ObjectNote {
  unsigned worker = 0;  // whose names the edges have
  EntryOffsets offsets;
  std::vector<Kept> kept;  // in the order of entries
};

// What one thread reads out of trees.
struct Collected {
  EdgeLog trees;
  EdgeLog targets;
  Numbered names;
  Numbered named;  // raw ids of targets that were chosen by name
  TestedNames tested;
  SeenEntries seen;
  // For trees that nobody asks for again.
  std::shared_ptr<TreeNote> note = std::make_shared<TreeNote>();
  std::vector<Skipped> problems;
  std::vector<ObjectId> missing;
};

class Collector : public ObjectVisitor {
 public:
  Collector(const IdTable& trees, const IdSketch& blobs, const IdTable& targets,
            const TreeGraph::NameTest& by_name, TreeGraph::Named named,
            const TreeGraph::NameSink& names, HashKind hash, unsigned jobs)
      : trees_(trees),
        blobs_(blobs),
        targets_(targets),
        first_named_(targets.size()),
        by_name_(by_name),
        named_(named),
        names_(names),
        hash_(hash),
        collected_(jobs) {}

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    Collected& out = collected_[worker];
    trees_.prefetch(object.raw_id.data());
    // Half of all trees have nothing made out of them.
    auto note = object.is_base ? std::make_shared<TreeNote>() : out.note;
    note->worker = worker;
    note->offsets.clear();
    note->kept.clear();
    TreeReader reader(object.bytes, id_size(hash_));
    read(reader, object, out, *note);
    const uint32_t tree = trees_.find(object.raw_id.data());
    for (const Kept& kept : note->kept) {
      (kept.target ? out.targets : out.trees).add(tree, kept.edge);
    }
    if (!reader.damaged()) return object.is_base ? note : nullptr;
    out.problems.push_back({SkipReason::kCorrupt,
                            ObjectId(object.raw_id).hex(hash_),
                            "a tree with a damaged entry"});
    return nullptr;
  }

  void skip(unsigned worker, Skipped entry) override {
    collected_[worker].problems.push_back(std::move(entry));
  }

  std::vector<Collected>& collected() { return collected_; }

 private:
  static constexpr size_t kMoreEntries = 4;  // than the base has

  void read(TreeReader& reader, const DecodedObject& object, Collected& out,
            TreeNote& note) const {
    const auto* base =
        object.delta == nullptr
            ? nullptr
            : static_cast<const TreeNote*>(object.delta->base_note);
    static const EntryOffsets kNoOffsets;
    TreeDelta delta(
        base == nullptr ? std::span<const CopyRun>() : object.delta->runs,
        base == nullptr ? kNoOffsets : base->offsets);
    if (base != nullptr) {
      note.offsets.reserve(base->offsets.size() + kMoreEntries);
      note.kept.reserve(base->kept.size() + kMoreEntries);
    }
    TreeEntry entry;
    for (;;) {
      const size_t offset = reader.offset();
      if (const EntryRange copied = delta.copied_at(offset);
          copied.first < copied.last) {
        reader.skip_to(offset + base->offsets[copied.last] -
                       base->offsets[copied.first]);
        take_over(*base, copied, offset, object.bytes, out, note);
        continue;
      }
      note.offsets.push_back(static_cast<uint32_t>(offset));
      if (!reader.next(entry)) return;  // the last offset is the tree's end
      const std::string_view bytes =
          object.bytes.substr(offset, reader.offset() - offset);
      if (named_ == TreeGraph::Named::kAll) {
        keep(entry, out, note);
      } else {
        keep_as_before(entry, local_hash(bytes), out, note);
      }
    }
  }

  // The same as keep(), from memory if there is one. Not for Named::kAll, where
  // one entry can be kept twice.
  void keep_as_before(const TreeEntry& entry, uint64_t hash, Collected& out,
                      TreeNote& note) const {
    SeenEntries::Seen& seen = out.seen.slot_of(hash);
    if (seen.hash != hash) {
      const size_t had = note.kept.size();
      keep(entry, out, note);
      seen = {hash, kNowhere};
      if (note.kept.size() > had) seen.edge = note.kept.back().edge;
    } else if (seen.edge.to != kNowhere.to) {
      const auto number = static_cast<uint32_t>(note.offsets.size() - 1);
      note.kept.push_back({number, !entry.is_tree(), seen.edge});
    }
  }

  void keep(const TreeEntry& entry, Collected& out, TreeNote& note) const {
    if (names_) names_(note.worker, entry.name);
    const auto number = static_cast<uint32_t>(note.offsets.size() - 1);
    if (named_ == TreeGraph::Named::kAll)
      keep_if_named(entry, number, out, note);
    if (entry.is_submodule()) return;
    const bool target = !entry.is_tree();
    const uint32_t to = target ? targets_.find(entry.raw_id.data())
                               : trees_.find(entry.raw_id.data());
    const bool stored =
        target ? blobs_.may_hold(entry.raw_id.data()) : to != IdTable::kNone;
    if (!stored) out.missing.emplace_back(entry.raw_id);
    if (to != IdTable::kNone) {
      note.kept.push_back({number, target, {to, out.names.number(entry.name)}});
    } else if (target && named_ == TreeGraph::Named::kBlobs) {
      keep_if_named(entry, number, out, note);
    }
  }

  void keep_if_named(const TreeEntry& entry, uint32_t number, Collected& out,
                     TreeNote& note) const {
    if (!by_name_ || !out.tested.passes(entry.name, by_name_)) return;
    const uint32_t to = first_named_ + out.named.number(entry.raw_id);
    note.kept.push_back({number, true, {to, out.names.number(entry.name)}});
  }

  void take_over(const TreeNote& base, EntryRange copied, size_t offset,
                 std::string_view tree, Collected& out, TreeNote& note) const {
    const auto first = static_cast<uint32_t>(copied.first);
    const auto shift = static_cast<uint32_t>(offset) - base.offsets[first];
    const auto number = static_cast<uint32_t>(note.offsets.size()) - first;
    const size_t had = note.offsets.size();
    note.offsets.resize(had + copied.last - copied.first);
    for (size_t i = copied.first; i < copied.last; ++i) {
      note.offsets[had + i - copied.first] = base.offsets[i] + shift;
    }
    auto kept = std::lower_bound(
        base.kept.begin(), base.kept.end(), first,
        [](const Kept& k, uint32_t entry) { return k.entry < entry; });
    for (; kept != base.kept.end() && kept->entry < copied.last; ++kept) {
      Kept mine = *kept;
      mine.entry += number;
      if (base.worker != note.worker) {
        TreeReader reader(tree.substr(note.offsets[mine.entry]),
                          id_size(hash_));
        TreeEntry entry;
        reader.next(entry);
        mine.edge.name = out.names.number(entry.name);
        if (mine.target && mine.edge.to >= first_named_) {
          mine.edge.to = first_named_ + out.named.number(entry.raw_id);
        }
      }
      note.kept.push_back(mine);
    }
  }

  const IdTable& trees_;
  const IdSketch& blobs_;
  TargetFilter targets_;
  uint32_t first_named_;
  const TreeGraph::NameTest& by_name_;
  TreeGraph::Named named_;
  const TreeGraph::NameSink& names_;
  HashKind hash_;
  std::vector<Collected> collected_;
};

// Numbers texts over all threads; maps[i] turns thread i's numbers into them.
std::vector<std::string> unite(const std::vector<Collected>& collected,
                               const Numbered Collected::*which,
                               std::vector<std::vector<uint32_t>>& maps) {
  std::vector<std::string> all;
  for (const Collected& c : collected) {
    for (const auto& text : (c.*which).texts()) all.push_back(*text);
  }
  sort_unique(all);
  for (const Collected& c : collected) {
    std::vector<uint32_t>& map = maps.emplace_back();
    for (const auto& text : (c.*which).texts()) {
      map.push_back(static_cast<uint32_t>(
          std::lower_bound(all.begin(), all.end(), *text) - all.begin()));
    }
  }
  return all;
}

// The same for the targets from `first` on, in the edges that lead to them.
std::vector<ObjectId> unite_named(std::vector<Collected>& collected,
                                  uint32_t first) {
  std::vector<std::vector<uint32_t>> maps;
  const auto raw_ids = unite(collected, &Collected::named, maps);
  for (size_t i = 0; i < collected.size(); ++i) {
    collected[i].targets.for_each([&](uint32_t, Edge& edge) {
      if (edge.to >= first) edge.to = first + maps[i][edge.to - first];
    });
  }
  return {raw_ids.begin(), raw_ids.end()};
}

// Edges sorted by where they come from, then by name. Of one name, if a tree is
// so broken, they keep the tree's order, in which one thread has read them.
// Nothing is left in `which`.
TreeGraph::EdgeLists by_tree(std::vector<Collected>& collected,
                             EdgeLog Collected::*which,
                             const std::vector<std::vector<uint32_t>>& maps,
                             size_t tree_count) {
  TreeGraph::EdgeLists lists;
  lists.first.assign(tree_count + 1, 0);
  for (Collected& c : collected) {
    (c.*which).for_each(
        [&](uint32_t tree, const Edge&) { ++lists.first[tree + 1]; });
  }
  for (size_t i = 0; i < tree_count; ++i) lists.first[i + 1] += lists.first[i];
  lists.edges.resize(lists.first[tree_count]);
  std::vector<uint32_t> next = lists.first;
  for (size_t i = 0; i < collected.size(); ++i) {
    (collected[i].*which).for_each([&](uint32_t tree, const Edge& edge) {
      lists.edges[next[tree]++] = {edge.to, maps[i][edge.name]};
    });
    collected[i].*which = {};
  }
  auto by_name = [](const Edge& a, const Edge& b) { return a.name < b.name; };
  for (size_t i = 0; i < tree_count; ++i) {
    Edge* begin = lists.edges.data() + lists.first[i];
    Edge* end = lists.edges.data() + lists.first[i + 1];
    if (!std::is_sorted(begin, end, by_name)) {
      std::stable_sort(begin, end, by_name);
    }
  }
  return lists;
}

// Trees that hold a target, and all above them.
std::vector<bool> find_leading(const TreeGraph::EdgeLists& trees,
                               const TreeGraph::EdgeLists& targets) {
  const auto count = static_cast<uint32_t>(trees.first.size() - 1);
  std::vector<uint32_t> first_above(count + 1);
  for (const Edge& edge : trees.edges) ++first_above[edge.to + 1];
  for (uint32_t i = 0; i < count; ++i) first_above[i + 1] += first_above[i];
  std::vector<uint32_t> above(trees.edges.size());
  std::vector<uint32_t> next = first_above;
  std::vector<bool> leads(count);
  std::vector<uint32_t> pending;
  for (uint32_t i = 0; i < count; ++i) {
    for (const Edge& edge : trees.of(i)) above[next[edge.to]++] = i;
    if (targets.of(i).empty()) continue;
    leads[i] = true;
    pending.push_back(i);
  }
  while (!pending.empty()) {
    const uint32_t tree = pending.back();
    pending.pop_back();
    for (uint32_t a = first_above[tree]; a < first_above[tree + 1]; ++a) {
      if (leads[above[a]]) continue;
      leads[above[a]] = true;
      pending.push_back(above[a]);
    }
  }
  return leads;
}

// Without the edges to trees that lead nowhere.
void prune(TreeGraph::EdgeLists& trees, const std::vector<bool>& leads) {
  size_t kept = 0;
  uint32_t begin = 0;
  for (size_t i = 0; i + 1 < trees.first.size(); ++i) {
    const uint32_t end = trees.first[i + 1];
    for (uint32_t e = begin; e < end; ++e) {
      if (leads[trees.edges[e].to]) trees.edges[kept++] = trees.edges[e];
    }
    begin = end;
    trees.first[i + 1] = static_cast<uint32_t>(kept);
  }
  trees.edges.resize(kept);
  trees.edges.shrink_to_fit();
}

}  // namespace

TreeGraph TreeGraph::build(const ObjectWalk& walk, const IdTable& targets,
                           const NameTest& by_name, unsigned jobs,
                           uint64_t memory, Named named,
                           const NameSink& names) {
  const HashKind hash = walk.store().hash();
  TreeGraph graph(hash, walk.count(ObjectType::kTree));
  graph.hash_ = hash;
  walk.for_each_id(ObjectType::kTree,
                   [&](const char* raw_id) { graph.ids_.add(raw_id); });
  IdSketch blobs(walk.count(ObjectType::kBlob));
  walk.for_each_id(ObjectType::kBlob,
                   [&](const char* raw_id) { blobs.add(raw_id); });
  Collector collector(graph.ids_, blobs, targets, by_name, named, names, hash,
                      jobs);
  ObjectWalkOptions options;
  options.jobs = jobs;
  options.types = type_bit(ObjectType::kTree);
  options.memory = memory;
  walk.run(options, collector);

  std::vector<Collected>& collected = collector.collected();
  std::vector<std::vector<uint32_t>> maps;
  graph.names_ = unite(collected, &Collected::names, maps);
  graph.named_ = unite_named(collected, targets.size());
  const size_t count = graph.ids_.size();
  graph.trees_ = by_tree(collected, &Collected::trees, maps, count);
  graph.targets_ = by_tree(collected, &Collected::targets, maps, count);
  for (Collected& c : collected) {
    std::move(c.problems.begin(), c.problems.end(),
              std::back_inserter(graph.problems_));
    graph.missing_.insert(graph.missing_.end(), c.missing.begin(),
                          c.missing.end());
  }
  graph.leads_ = find_leading(graph.trees_, graph.targets_);
  prune(graph.trees_, graph.leads_);
  return graph;
}

uint32_t TreeGraph::find(const ObjectId& tree) const {
  const uint32_t number = ids_.find(tree.raw(hash_).data());
  return number == IdTable::kNone || !leads_[number] ? kNone : number;
}

std::span<const TreeGraph::Edge> TreeGraph::trees(uint32_t tree) const {
  return trees_.of(tree);
}

std::span<const TreeGraph::Edge> TreeGraph::targets(uint32_t tree) const {
  return targets_.of(tree);
}

}  // namespace leaksift
