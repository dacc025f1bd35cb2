#include "git/attribution.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

namespace leaksift {
namespace {

using Edge = TreeGraph::Edge;

constexpr uint32_t kNone = CommitGraph::kNone;

// Paths through all commits; the history of git itself takes 3 million steps
// for 500 targets.
constexpr uint64_t kMaxSteps = 200'000'000;
constexpr size_t kMaxPaths = 1'000'000;  // 100 bytes each
constexpr uint32_t kMaxDepth = 2000;     // folders in one path

// Paths as a tree of names: one number for a path, whoever comes by it.
class PathTable {
 public:
  static constexpr uint32_t kRoot = 0;

  uint32_t child(uint32_t parent, uint32_t name) {
    const auto [at, fresh] = children_.emplace(
        std::pair(parent, name), static_cast<uint32_t>(nodes_.size()));
    if (fresh) nodes_.emplace_back(parent, name);
    return at->second;
  }

  size_t size() const { return nodes_.size(); }

  std::string text(uint32_t path, const TreeGraph& trees) const {
    std::string text;
    for (; path != kRoot; path = nodes_[path].first) {
      const std::string& name = trees.name(nodes_[path].second);
      text = text.empty() ? name : name + "/" + text;
    }
    return text;
  }

 private:
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> children_;
  std::vector<std::pair<uint32_t, uint32_t>> nodes_{{0, 0}};
};

class Attributor {
 public:
  Attributor(const CommitGraph& commits, const TreeGraph& trees,
             uint32_t target_count)
      : commits_(commits), trees_(trees), places_(target_count) {}

  void find_introductions() {
    std::vector<uint32_t> parents;
    for (uint32_t i = 0; i < commits_.size(); ++i) {
      const uint32_t tree = trees_.find(commits_.commit(i).tree);
      if (tree == TreeGraph::kNone) continue;
      parents.clear();
      for (const uint32_t parent : commits_.parents(i)) {
        parents.push_back(trees_.find(commits_.commit(parent).tree));
      }
      compare(i, tree, parents, PathTable::kRoot, 0);
    }
  }

  void mark_head(uint32_t tree, uint32_t path = PathTable::kRoot,
                 uint32_t depth = 0) {
    if (is_too_much(depth)) return;
    for (const Edge& edge : trees_.targets(tree)) {
      const auto place = places_[edge.to].find(paths_.child(path, edge.name));
      if (place != places_[edge.to].end()) place->second.in_head = true;
    }
    for (const Edge& edge : trees_.trees(tree)) {
      mark_head(edge.to, paths_.child(path, edge.name), depth + 1);
    }
  }

  Attribution take(const std::vector<uint32_t>& first_ref, const RefSet& refs) {
    Attribution result;
    result.cut = cut_;
    result.places.resize(places_.size());
    for (size_t target = 0; target < places_.size(); ++target) {
      for (auto& [path, place] : places_[target]) {
        place.path = paths_.text(path, trees_);
        const uint32_t ref = first_ref[place.commit];
        if (ref != kNone) place.ref = refs.refs[ref].name;
        result.places[target].push_back(std::move(place));
      }
      std::sort(result.places[target].begin(), result.places[target].end());
    }
    return result;
  }

 private:
  bool is_too_much(uint32_t depth) {
    cut_ = cut_ || ++steps_ > kMaxSteps || depth > kMaxDepth ||
           paths_.size() > kMaxPaths;
    return cut_;
  }

  static uint32_t find_name(std::span<const Edge> edges, uint32_t name) {
    const auto found =
        std::find_if(edges.begin(), edges.end(),
                     [&](const Edge& edge) { return edge.name == name; });
    return found == edges.end() ? TreeGraph::kNone : found->to;
  }

  // Does one of the trees hold `edge` just so?
  template <typename List>
  static bool held_by_any(const std::vector<uint32_t>& trees, const Edge& edge,
                          List list) {
    return std::any_of(trees.begin(), trees.end(), [&](uint32_t tree) {
      return tree != TreeGraph::kNone &&
             find_name(list(tree), edge.name) == edge.to;
    });
  }

  // What `commit` has at `path` that is in none of its parents' trees there.
  // Trees that lead to no target are kNone: they have nothing to compare.
  void compare(uint32_t commit, uint32_t tree,
               const std::vector<uint32_t>& parents, uint32_t path,
               uint32_t depth) {
    if (is_too_much(depth)) return;
    for (const Edge& edge : trees_.targets(tree)) {
      auto targets = [&](uint32_t t) { return trees_.targets(t); };
      if (held_by_any(parents, edge, targets)) continue;
      BlobPlace place;
      place.commit = commit;
      // Commits come in the graph's order: the first one stays.
      places_[edge.to].emplace(paths_.child(path, edge.name), std::move(place));
    }
    for (const Edge& edge : trees_.trees(tree)) {
      auto subtrees = [&](uint32_t t) { return trees_.trees(t); };
      if (held_by_any(parents, edge, subtrees)) continue;
      std::vector<uint32_t> below;
      for (const uint32_t parent : parents) {
        if (parent == TreeGraph::kNone) continue;
        below.push_back(find_name(trees_.trees(parent), edge.name));
      }
      compare(commit, edge.to, below, paths_.child(path, edge.name), depth + 1);
    }
  }

  const CommitGraph& commits_;
  const TreeGraph& trees_;
  PathTable paths_;
  uint64_t steps_ = 0;
  bool cut_ = false;
  std::vector<std::map<uint32_t, BlobPlace>> places_;  // by target, by path
};

int rank_of(const Ref& ref, const RefSet& refs) {
  if (ref.name == refs.head || (refs.head.empty() && ref.name == "HEAD")) {
    return 0;
  }
  constexpr std::string_view kOrder[] = {"refs/heads/", "refs/tags/",
                                         "refs/remotes/"};
  for (int i = 0; i < 3; ++i) {
    if (ref.name.starts_with(kOrder[i])) return i + 1;
  }
  return 4;
}

}  // namespace

std::vector<uint32_t> first_refs(const CommitGraph& commits,
                                 const RefSet& refs) {
  std::vector<uint32_t> order(refs.refs.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return rank_of(refs.refs[a], refs) < rank_of(refs.refs[b], refs);
  });
  std::vector<uint32_t> first(commits.size(), kNone);
  std::vector<uint32_t> pending;
  for (const uint32_t ref : order) {
    const uint32_t tip = commits.find(refs.tip_of(refs.refs[ref]));
    if (tip == kNone || first[tip] != kNone) continue;
    first[tip] = ref;
    pending.push_back(tip);
    while (!pending.empty()) {
      const uint32_t commit = pending.back();
      pending.pop_back();
      for (const uint32_t parent : commits.parents(commit)) {
        if (first[parent] != kNone) continue;
        first[parent] = ref;
        pending.push_back(parent);
      }
    }
  }
  return first;
}

Attribution attribute(const CommitGraph& commits, const TreeGraph& trees,
                      const RefSet& refs, uint32_t target_count) {
  Attributor attributor(commits, trees, target_count);
  attributor.find_introductions();
  if (const Ref* head = refs.find("HEAD")) {
    const uint32_t commit = commits.find(head->id);
    const uint32_t tree = commit == kNone
                              ? TreeGraph::kNone
                              : trees.find(commits.commit(commit).tree);
    if (tree != TreeGraph::kNone) attributor.mark_head(tree);
  }
  return attributor.take(first_refs(commits, refs), refs);
}

}  // namespace leaksift
