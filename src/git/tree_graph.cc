#include "git/tree_graph.h"

#include <algorithm>
#include <bitset>
#include <unordered_map>

#include "git/tree.h"

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

// Names that one thread comes across, numbered.
class Names {
 public:
  uint32_t number(std::string_view name) {
    const auto known = numbers_.find(name);
    if (known != numbers_.end()) return known->second;
    const auto number = static_cast<uint32_t>(texts_.size());
    // The map's keys look into the deque's strings, which stay in place.
    texts_.push_back(std::make_unique<std::string>(name));
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

// What one thread reads out of trees.
struct Collected {
  struct From {
    uint32_t tree;
    Edge edge;
  };
  std::vector<From> trees;
  std::vector<From> targets;
  Names names;
  std::vector<Skipped> problems;
};

class Collector : public ObjectVisitor {
 public:
  Collector(const IdTable& trees, const IdTable& targets, HashKind hash,
            unsigned jobs)
      : trees_(trees), targets_(targets), hash_(hash), collected_(jobs) {}

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    Collected& out = collected_[worker];
    const uint32_t tree = trees_.find(object.raw_id.data());
    TreeReader reader(object.bytes, id_size(hash_));
    TreeEntry entry;
    while (reader.next(entry)) {
      if (entry.is_tree()) {
        const uint32_t to = trees_.find(entry.raw_id.data());
        if (to == IdTable::kNone) continue;  // missing: leads nowhere
        out.trees.push_back({tree, {to, out.names.number(entry.name)}});
      } else if (!entry.is_submodule()) {
        const uint32_t to = targets_.find(entry.raw_id.data());
        if (to == IdTable::kNone) continue;
        out.targets.push_back({tree, {to, out.names.number(entry.name)}});
      }
    }
    if (reader.damaged()) {
      out.problems.push_back({SkipReason::kCorrupt,
                              ObjectId(object.raw_id).hex(hash_),
                              "a tree with a damaged entry"});
    }
    return nullptr;
  }

  void skip(unsigned worker, Skipped entry) override {
    collected_[worker].problems.push_back(std::move(entry));
  }

  std::vector<Collected>& collected() { return collected_; }

 private:
  const IdTable& trees_;
  TargetFilter targets_;
  HashKind hash_;
  std::vector<Collected> collected_;
};

// Numbers names over all threads; maps[i] turns thread i's numbers into them.
std::vector<std::string> unite_names(const std::vector<Collected>& collected,
                                     std::vector<std::vector<uint32_t>>& maps) {
  std::vector<std::string> all;
  for (const Collected& c : collected) {
    for (const auto& text : c.names.texts()) all.push_back(*text);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  for (const Collected& c : collected) {
    std::vector<uint32_t>& map = maps.emplace_back();
    for (const auto& text : c.names.texts()) {
      map.push_back(static_cast<uint32_t>(
          std::lower_bound(all.begin(), all.end(), *text) - all.begin()));
    }
  }
  return all;
}

// Edges sorted by where they come from; those of one tree keep their order,
// as one thread has read them one after the other.
template <typename Pick>
TreeGraph::EdgeLists by_tree(const std::vector<Collected>& collected,
                             const std::vector<std::vector<uint32_t>>& maps,
                             size_t tree_count, Pick pick) {
  TreeGraph::EdgeLists lists;
  lists.first.assign(tree_count + 1, 0);
  for (const Collected& c : collected) {
    for (const auto& from : pick(c)) ++lists.first[from.tree + 1];
  }
  for (size_t i = 0; i < tree_count; ++i) lists.first[i + 1] += lists.first[i];
  lists.edges.resize(lists.first[tree_count]);
  std::vector<uint32_t> next = lists.first;
  for (size_t i = 0; i < collected.size(); ++i) {
    for (const auto& from : pick(collected[i])) {
      lists.edges[next[from.tree]++] = {from.edge.to, maps[i][from.edge.name]};
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
                           unsigned jobs, uint64_t max_object_bytes) {
  const HashKind hash = walk.store().hash();
  TreeGraph graph(hash, 1024);
  graph.hash_ = hash;
  walk.for_each_id(ObjectType::kTree,
                   [&](const char* raw_id) { graph.ids_.add(raw_id); });
  Collector collector(graph.ids_, targets, hash, jobs);
  ObjectWalkOptions options;
  options.jobs = jobs;
  options.types = type_bit(ObjectType::kTree);
  options.max_object_bytes = max_object_bytes;
  walk.run(options, collector);

  std::vector<Collected>& collected = collector.collected();
  std::vector<std::vector<uint32_t>> maps;
  graph.names_ = unite_names(collected, maps);
  const size_t count = graph.ids_.size();
  graph.trees_ = by_tree(
      collected, maps, count,
      [](const Collected& c) -> const auto& { return c.trees; });
  graph.targets_ = by_tree(
      collected, maps, count,
      [](const Collected& c) -> const auto& { return c.targets; });
  for (Collected& c : collected) {
    std::move(c.problems.begin(), c.problems.end(),
              std::back_inserter(graph.problems_));
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
