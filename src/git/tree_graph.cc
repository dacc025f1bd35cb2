#include "git/tree_graph.h"

#include <algorithm>
#include <bit>
#include <bitset>
#include <memory>
#include <unordered_map>

#include "core/hash.h"
#include "core/sort_unique.h"
#include "git/edge_log.h"
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

constexpr uint32_t kNone = TreeGraph::kNone;
static_assert(kNone == IdTable::kNone);
constexpr uint32_t kNoEdge = ~uint32_t{0};

// What became of entries that came before. Of those that a tree does not have
// from its base four in five stand in other trees, too, and hashing one takes
// a tenth of the time that looking its id up does. At most 2 MB: a tenth less
// of the time that trees take than with 256 KB. A small history does not pay
// for that much: filling it took a sixth of one of three commits.
class SeenEntries {
 public:
  explicit SeenEntries(uint32_t trees)
      : seen_(std::bit_ceil(std::clamp(trees, kFewest, kMost))) {}

  struct Seen {
    uint64_t hash = 0;
    uint32_t edge = kNoEdge;
  };

  // Where the entry belongs; it is the same one if the hashes agree.
  Seen& slot_of(uint64_t hash) { return seen_[hash & (seen_.size() - 1)]; }

 private:
  static constexpr uint32_t kFewest = 1 << 10;
  static constexpr uint32_t kMost = 1 << 17;
  std::vector<Seen> seen_;
};

// What is remembered of a tree for those made out of it.
struct TreeNote : ObjectNote {
  unsigned worker = 0;  // whose edges they are
  EntryOffsets offsets;
  // Entries that lead on, and their edges, in the worker's log. One entry may
  // have two of them.
  std::vector<uint32_t> entries;
  EdgeLog::Kept edges;

  void add(uint32_t entry, uint32_t edge) {
    entries.push_back(entry);
    edges.list.push_back(edge);
  }

  uint64_t held_bytes() const override {
    return (offsets.capacity() + entries.capacity() + edges.list.capacity()) *
           sizeof(uint32_t);
  }
};

// What one thread reads out of trees.
struct Collected {
  explicit Collected(uint32_t trees) : seen(trees) {}

  EdgeLog log;
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
  Collector(const ObjectNumbers& objects, const RankedSet& trees,
            const RankedSet& blobs, const IdTable& targets,
            const TreeGraph::NameTest& by_name, TreeGraph::Named named,
            const TreeGraph::NameSink& names, unsigned jobs)
      : objects_(objects),
        trees_(trees),
        blobs_(blobs),
        targets_(targets),
        first_named_(targets.size()),
        by_name_(by_name),
        named_(named),
        names_(names),
        hash_(objects.hash()) {
    collected_.reserve(jobs);
    for (unsigned i = 0; i < jobs; ++i) collected_.emplace_back(trees.size());
  }

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    Collected& out = collected_[worker];
    objects_.prefetch(object.raw_id.data());
    // Half of all trees have nothing made out of them.
    auto note = object.is_base ? std::make_shared<TreeNote>() : out.note;
    note->worker = worker;
    note->offsets.clear();
    note->entries.clear();
    note->edges.list.clear();
    const TreeNote* const base = base_of(object);
    TreeReader reader(object.bytes, id_size(hash_));
    read(reader, object, base, out, *note);
    if (!note->edges.list.empty()) {
      const bool same_log = base != nullptr && base->worker == worker;
      out.log.add(trees_.rank(objects_.find(object.raw_id.data())), note->edges,
                  same_log ? &base->edges : nullptr);
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

  static const TreeNote* base_of(const DecodedObject& object) {
    if (object.delta == nullptr) return nullptr;
    return static_cast<const TreeNote*>(object.delta->base_note);
  }

  void read(TreeReader& reader, const DecodedObject& object,
            const TreeNote* base, Collected& out, TreeNote& note) const {
    static const EntryOffsets kNoOffsets;
    TreeDelta delta(
        base == nullptr ? std::span<const CopyRun>() : object.delta->runs,
        base == nullptr ? kNoOffsets : base->offsets);
    if (base != nullptr) {
      note.offsets.reserve(base->offsets.size() + kMoreEntries);
      note.entries.reserve(base->entries.size() + kMoreEntries);
      note.edges.list.reserve(base->edges.list.size() + kMoreEntries);
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
      const auto number = static_cast<uint32_t>(note.offsets.size());
      note.offsets.push_back(static_cast<uint32_t>(offset));
      if (!reader.next(entry)) return;  // the last offset is the tree's end
      const std::string_view bytes =
          object.bytes.substr(offset, reader.offset() - offset);
      if (named_ == TreeGraph::Named::kAll) {
        keep(entry, number, out, note);
      } else {
        keep_as_before(entry, number, local_hash(bytes), out, note);
      }
    }
  }

  // The same as keep(), from memory if there is one. Not for Named::kAll, where
  // one entry can be kept twice.
  void keep_as_before(const TreeEntry& entry, uint32_t number, uint64_t hash,
                      Collected& out, TreeNote& note) const {
    SeenEntries::Seen& seen = out.seen.slot_of(hash);
    if (seen.hash != hash) {
      const size_t had = note.entries.size();
      keep(entry, number, out, note);
      seen = {hash, kNoEdge};
      if (note.entries.size() > had) seen.edge = note.edges.list.back();
    } else if (seen.edge != kNoEdge) {
      note.add(number, seen.edge);
    }
  }

  void keep(const TreeEntry& entry, uint32_t number, Collected& out,
            TreeNote& note) const {
    if (names_) names_(note.worker, entry.name);
    if (named_ == TreeGraph::Named::kAll)
      keep_if_named(entry, number, out, note);
    if (entry.is_submodule()) return;
    const bool target = !entry.is_tree();
    const uint32_t object = objects_.find(entry.raw_id.data());
    const bool stored = (target ? blobs_ : trees_).contains(object);
    if (!stored) out.missing.emplace_back(entry.raw_id);
    const uint32_t to = target   ? targets_.find(entry.raw_id.data())
                        : stored ? trees_.rank(object)
                                 : kNone;
    if (to != kNone) {
      note.add(number, out.log.make(to, out.names.number(entry.name), target));
    } else if (target && named_ == TreeGraph::Named::kBlobs) {
      keep_if_named(entry, number, out, note);
    }
  }

  void keep_if_named(const TreeEntry& entry, uint32_t number, Collected& out,
                     TreeNote& note) const {
    if (!by_name_ || !out.tested.passes(entry.name, by_name_)) return;
    note.add(number, out.log.make(first_named_ + out.named.number(entry.raw_id),
                                  out.names.number(entry.name), true));
  }

  void take_over(const TreeNote& base, EntryRange copied, size_t offset,
                 std::string_view tree, Collected& out, TreeNote& note) const {
    const auto first = static_cast<uint32_t>(copied.first);
    const auto shift = static_cast<uint32_t>(offset) - base.offsets[first];
    const size_t had = note.offsets.size();
    const auto number = static_cast<uint32_t>(had) - first;
    note.offsets.resize(had + copied.last - copied.first);
    for (size_t i = copied.first; i < copied.last; ++i) {
      note.offsets[had + i - copied.first] = base.offsets[i] + shift;
    }
    const auto begin = base.entries.begin();
    auto at = static_cast<size_t>(
        std::lower_bound(begin, base.entries.end(), first) - begin);
    uint32_t before = ~uint32_t{0};
    for (; at < base.entries.size() && base.entries[at] < copied.last; ++at) {
      const uint32_t entry = base.entries[at] + number;
      if (base.worker == note.worker) {
        note.add(entry, base.edges.list[at]);
      } else if (entry != before) {
        keep_anew(tree.substr(note.offsets[entry]), entry, out, note);
      }
      before = entry;
    }
  }

  // What another thread has read: its edges are its own.
  void keep_anew(std::string_view bytes, uint32_t number, Collected& out,
                 TreeNote& note) const {
    TreeReader reader(bytes, id_size(hash_));
    TreeEntry entry;
    reader.next(entry);
    keep(entry, number, out, note);
  }

  const ObjectNumbers& objects_;
  const RankedSet& trees_;
  const RankedSet& blobs_;
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
    for (EdgeLog::Edge& edge : collected[i].log.edges()) {
      if (edge.target && edge.to >= first) {
        edge.to = first + maps[i][edge.to - first];
      }
    }
  }
  return {raw_ids.begin(), raw_ids.end()};
}

// Finds the trees that hold a target, and all above them: depth first, each
// tree once and no further than to the first that leads on.
class LeadingTrees {
 public:
  LeadingTrees(const std::vector<Collected>& collected, uint32_t tree_count)
      : collected_(collected), listed_(tree_count), leads_(tree_count) {
    for (const Collected& c : collected) {
      readers_.emplace_back(c.log);
      c.log.for_each_tree(
          [&](uint32_t tree, EdgeLog::Place) { listed_.add(tree); });
    }
    listed_.count();
    places_.resize(listed_.size());
    for (uint32_t worker = 0; worker < collected.size(); ++worker) {
      const EdgeLog& log = collected[worker].log;
      log.for_each_tree([&](uint32_t tree, EdgeLog::Place place) {
        places_[listed_.rank(tree)] = {worker, place};
      });
    }
    for (const Collected& c : collected) {
      c.log.for_each_tree(
          [&](uint32_t tree, EdgeLog::Place) { look_below(tree); });
    }
    leads_.count();
  }

  RankedSet take() { return std::move(leads_); }

 private:
  static constexpr uint32_t kNowhere = ~uint32_t{0};
  struct Where {
    uint32_t worker = kNowhere;  // it was looked at
    EdgeLog::Place place;
  };
  struct Step {
    uint32_t tree = 0;
    std::vector<uint32_t> below;  // trees that are still to be looked at
  };

  // False if there is nothing to see.
  bool enter(uint32_t tree) {
    if (leads_.contains(tree) || !listed_.contains(tree)) return false;
    const Where where = std::exchange(places_[listed_.rank(tree)], {});
    if (where.worker == kNowhere) return false;
    const EdgeLog& log = collected_[where.worker].log;
    Step step{tree, {}};
    for (const uint32_t number : readers_[where.worker].read(where.place)) {
      const EdgeLog::Edge& edge = log.edge(number);
      if (edge.target || leads_.contains(edge.to)) {
        leads_.add(tree);
        return false;
      }
      step.below.push_back(edge.to);
    }
    steps_.push_back(std::move(step));
    return true;
  }

  void look_below(uint32_t root) {
    enter(root);
    while (!steps_.empty()) {
      Step& step = steps_.back();
      if (step.below.empty()) {
        steps_.pop_back();
        continue;
      }
      const uint32_t below = step.below.back();
      if (enter(below)) continue;
      if (leads_.contains(below)) {
        leads_.add(step.tree);
        step.below.clear();
      } else {
        step.below.pop_back();
      }
    }
  }

  const std::vector<Collected>& collected_;
  RankedSet listed_;  // trees that have edges
  RankedSet leads_;
  std::vector<Where> places_;  // by rank in listed_
  std::vector<EdgeLog::Reader> readers_;
  std::vector<Step> steps_;
};

// Edges by the tree that they come from, which is one of `leads`, sorted by
// name; those alone that are `kept`. Of one name, if a tree is so broken, they
// keep the tree's order, in which one thread has read them.
template <typename IsKept>
Lists<Edge> by_tree(const std::vector<Collected>& collected,
                    const std::vector<std::vector<uint32_t>>& maps,
                    const RankedSet& leads, const IsKept& is_kept) {
  auto lists = listed<Edge>(leads.size(), [&](const auto& add) {
    for (size_t i = 0; i < collected.size(); ++i) {
      const EdgeLog& log = collected[i].log;
      log.for_each([&](uint32_t tree, const EdgeLog::List& list) {
        if (!leads.contains(tree)) return;
        for (const uint32_t number : list) {
          const EdgeLog::Edge& edge = log.edge(number);
          if (!is_kept(edge)) continue;
          add(leads.rank(tree), {edge.to, maps[i][edge.name]});
        }
      });
    }
  });
  auto by_name = [](const Edge& a, const Edge& b) { return a.name < b.name; };
  for (uint32_t i = 0; i < leads.size(); ++i) {
    const std::span<Edge> edges = lists.of(i);
    if (!std::is_sorted(edges.begin(), edges.end(), by_name)) {
      std::stable_sort(edges.begin(), edges.end(), by_name);
    }
  }
  return lists;
}

}  // namespace

TreeGraph TreeGraph::build(const ObjectWalk& walk, const IdTable& targets,
                           const NameTest& by_name, unsigned jobs,
                           uint64_t memory, Named named,
                           const NameSink& names) {
  TreeGraph graph(walk);
  const RankedSet blobs = walk.numbers_of(ObjectType::kBlob);
  Collector collector(*graph.objects_, graph.set_, blobs, targets, by_name,
                      named, names, jobs);
  ObjectWalkOptions options;
  options.jobs = jobs;
  options.types = type_bit(ObjectType::kTree);
  options.memory = memory;
  walk.run(options, collector);

  std::vector<Collected>& collected = collector.collected();
  std::vector<std::vector<uint32_t>> maps;
  graph.names_ = unite(collected, &Collected::names, maps);
  graph.named_ = unite_named(collected, targets.size());
  graph.leads_ = LeadingTrees(collected, graph.set_.size()).take();
  graph.targets_ =
      by_tree(collected, maps, graph.leads_,
              [](const EdgeLog::Edge& edge) { return edge.target; });
  graph.trees_ =
      by_tree(collected, maps, graph.leads_, [&](const EdgeLog::Edge& edge) {
        return !edge.target && graph.leads_.contains(edge.to);
      });
  for (Edge& edge : graph.trees_.items) edge.to = graph.leads_.rank(edge.to);
  for (Collected& c : collected) {
    std::move(c.problems.begin(), c.problems.end(),
              std::back_inserter(graph.problems_));
    graph.missing_.insert(graph.missing_.end(), c.missing.begin(),
                          c.missing.end());
  }
  return graph;
}

uint32_t TreeGraph::find(const ObjectId& tree) const {
  return of_object(objects_->find(tree));
}

uint32_t TreeGraph::of_object(uint32_t object) const {
  if (!is_tree(object)) return kNone;
  const uint32_t tree = set_.rank(object);
  return leads_.contains(tree) ? leads_.rank(tree) : kNone;
}

std::span<const TreeGraph::Edge> TreeGraph::trees(uint32_t tree) const {
  return trees_.of(tree);
}

std::span<const TreeGraph::Edge> TreeGraph::targets(uint32_t tree) const {
  return targets_.of(tree);
}

}  // namespace leaksift
