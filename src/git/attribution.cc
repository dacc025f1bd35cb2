#include "git/attribution.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "core/sort_unique.h"

namespace leaksift {
namespace {

using Edge = TreeGraph::Edge;

constexpr uint32_t kNone = CommitGraph::kNone;
static_assert(kNone == TreeGraph::kNone);

// Paths through all commits; the history of git itself takes 3 million steps
// for 500 targets.
constexpr uint64_t kMaxSteps = 200'000'000;
constexpr size_t kMaxPaths = 1'000'000;  // 100 bytes each, and their texts:
constexpr uint64_t kMaxPathBytes = uint64_t{256} << 20;
constexpr uint32_t kMaxDepth = 2000;  // folders in one path
// 20 bytes each, and four more for every parent but one.
constexpr size_t kMaxChanges = 8'000'000;
constexpr size_t kMaxMarked = 4'000'000;  // 40 bytes each

// Paths as a tree of names: one number for a path, whoever comes by it.
class PathTable {
 public:
  static constexpr uint32_t kRoot = 0;

  explicit PathTable(const TreeGraph& trees) : trees_(trees) {}

  uint32_t child(uint32_t parent, uint32_t name) {
    const auto [at, fresh] = children_.emplace(
        std::pair(parent, name), static_cast<uint32_t>(nodes_.size()));
    if (fresh) {
      const uint64_t size = nodes_[parent].size + trees_.name(name).size() + 1;
      nodes_.push_back({parent, name, size});
      bytes_ += size;
    }
    return at->second;
  }

  size_t size() const { return nodes_.size(); }
  // Of the texts of all paths.
  uint64_t bytes() const { return bytes_; }

  std::string text(uint32_t path) const {
    std::string text(nodes_[path].size, '/');  // with one in front
    for (size_t end = text.size(); path != kRoot; path = nodes_[path].parent) {
      const std::string& name = trees_.name(nodes_[path].name);
      text.replace(end - name.size(), name.size(), name);
      end -= name.size() + 1;
    }
    return text.substr(std::min<size_t>(text.size(), 1));
  }

 private:
  struct Node {
    uint32_t parent = 0;
    uint32_t name = 0;
    uint64_t size = 0;  // of the text, with a slash in front
  };

  const TreeGraph& trees_;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> children_;
  std::vector<Node> nodes_{{}};
  uint64_t bytes_ = 0;
};

struct NameOrder {
  bool operator()(const Edge& edge, uint32_t name) const {
    return edge.name < name;
  }
  bool operator()(uint32_t name, const Edge& edge) const {
    return name < edge.name;
  }
};

// What stands under a name, the first of several; kNone for nothing.
uint32_t find_name(std::span<const Edge> edges, uint32_t name) {
  const auto found =
      std::lower_bound(edges.begin(), edges.end(), name, NameOrder());
  return found == edges.end() || found->name != name ? kNone : found->to;
}

class Attributor {
 public:
  Attributor(const CommitGraph& commits, const TreeGraph& trees,
             const Reachability& reach, uint32_t target_count)
      : commits_(commits),
        trees_(trees),
        reach_(reach),
        paths_(trees),
        places_(target_count) {}

  void find_changes() {
    std::vector<uint32_t> parents;
    for (uint32_t i = 0; i < commits_.size(); ++i) {
      parents.clear();
      for (const uint32_t parent : commits_.parents(i)) {
        parents.push_back(root_of(parent));
      }
      compare_trees(i, root_of(i), parents, PathTable::kRoot, 0);
    }
  }

  // HEAD's comes first: what it shares with others is not looked at again.
  void mark_head(const ObjectId& tip) {
    mark(root_at(tip), PathTable::kRoot, 0, true);
  }
  void mark_tip(const ObjectId& tip) {
    mark(root_at(tip), PathTable::kRoot, 0, false);
  }

  Attribution take() {
    Attribution result;
    result.cut = cut_;
    result.changes_cut = changes_cut_;
    const std::vector<uint32_t> numbers = name_paths(result.paths);
    result.places.resize(places_.size());
    for (size_t target = 0; target < places_.size(); ++target) {
      std::vector<BlobPlace>& places = result.places[target];
      for (auto& [path, place] : places_[target]) {
        place.path = numbers[path];
        places.push_back(place);
      }
      std::sort(places.begin(), places.end());
    }
    for (PathChange& change : changes_) change.path = numbers[change.path];
    std::stable_sort(changes_.begin(), changes_.end(),
                     [](const PathChange& a, const PathChange& b) {
                       return std::tie(a.commit, a.path) <
                              std::tie(b.commit, b.path);
                     });
    result.changes = std::move(changes_);
    result.before = std::move(before_);
    return result;
  }

 private:
  using List = std::span<const Edge> (TreeGraph::*)(uint32_t) const;

  bool is_too_much(uint32_t depth) {
    cut_ = cut_ || ++steps_ > kMaxSteps || depth > kMaxDepth ||
           paths_.size() > kMaxPaths || paths_.bytes() > kMaxPathBytes;
    return cut_;
  }

  // kNone: it leads nowhere.
  uint32_t root_of(uint32_t commit) const {
    return trees_.of_object(commits_.tree(commit));
  }

  // The tree of a commit, or a tree itself.
  uint32_t root_at(const ObjectId& tip) const {
    const uint32_t commit = commits_.find(tip);
    return commit == kNone ? trees_.find(tip) : root_of(commit);
  }

  std::span<const Edge> edges(List list, uint32_t tree) const {
    if (tree == kNone) return {};
    return (trees_.*list)(tree);
  }

  // Calls `each` with the names that the commit's own tree holds or that all
  // parents do, unless one parent has just the same there.
  template <typename Each>
  void for_each_difference(List list, uint32_t tree,
                           const std::vector<uint32_t>& parents,
                           const Each& each) {
    const std::span<const Edge> own = edges(list, tree);
    for (const Edge& edge : own) {
      const bool held =
          std::any_of(parents.begin(), parents.end(), [&](uint32_t parent) {
            const auto theirs = edges(list, parent);
            const auto [begin, end] = std::equal_range(
                theirs.begin(), theirs.end(), edge.name, NameOrder());
            return std::any_of(begin, end, [&](const Edge& their) {
              return their.to == edge.to;
            });
          });
      if (!held) each(edge.name, edge.to);
    }
    if (parents.empty()) return;
    for (const Edge& edge : edges(list, parents[0])) {
      if (find_name(own, edge.name) != kNone) continue;
      const bool everywhere =
          std::all_of(parents.begin() + 1, parents.end(), [&](uint32_t parent) {
            return find_name(edges(list, parent), edge.name) != kNone;
          });
      if (everywhere) each(edge.name, kNone);
    }
  }

  // Trees that lead to no target are kNone: they have nothing to compare.
  void compare_trees(uint32_t commit, uint32_t tree,
                     const std::vector<uint32_t>& parents, uint32_t path,
                     uint32_t depth) {
    const bool same =
        std::find(parents.begin(), parents.end(), tree) != parents.end();
    if (same || (tree == kNone && parents.empty()) || is_too_much(depth)) {
      return;
    }
    for_each_difference(&TreeGraph::targets, tree, parents,
                        [&](uint32_t name, uint32_t target) {
                          note_change(commit, target, parents,
                                      paths_.child(path, name), name);
                        });
    for_each_difference(
        &TreeGraph::trees, tree, parents, [&](uint32_t name, uint32_t subtree) {
          std::vector<uint32_t> below;
          for (const uint32_t parent : parents) {
            below.push_back(find_name(edges(&TreeGraph::trees, parent), name));
          }
          compare_trees(commit, subtree, below, paths_.child(path, name),
                        depth + 1);
        });
  }

  void note_change(uint32_t commit, uint32_t target,
                   const std::vector<uint32_t>& parents, uint32_t path,
                   uint32_t name) {
    if (target != kNone) {
      const Reach reach = reach_.of(commit);
      BlobPlace& place = places_[target][path];
      // Commits come in the graph's order.
      if (place.commit == kNone || reach < place.reach) {
        place.commit = commit;
        place.reach = reach;
      }
    }
    changes_cut_ = changes_cut_ || changes_.size() >= kMaxChanges ||
                   before_.size() >= kMaxChanges;
    if (changes_cut_) return;
    changes_.push_back(
        {commit, path, target, static_cast<uint32_t>(before_.size())});
    for (const uint32_t parent : parents) {
      before_.push_back(find_name(edges(&TreeGraph::targets, parent), name));
    }
  }

  // Tips have most of their trees in common.
  void mark(uint32_t tree, uint32_t path, uint32_t depth, bool head) {
    if (tree == kNone || is_too_much(depth)) return;
    if (!marked_.insert(uint64_t{tree} << 32 | path).second) return;
    cut_ = cut_ || marked_.size() > kMaxMarked;
    for (const Edge& edge : trees_.targets(tree)) {
      BlobPlace& place = places_[edge.to][paths_.child(path, edge.name)];
      place.in_head |= head;
      place.in_tips = true;
      place.reach = Reach::kRef;
    }
    for (const Edge& edge : trees_.trees(tree)) {
      mark(edge.to, paths_.child(path, edge.name), depth + 1, head);
    }
  }

  // The texts of all paths that are of interest; by the table's number the
  // index into them.
  std::vector<uint32_t> name_paths(std::vector<std::string>& texts) const {
    std::vector<uint32_t> used;
    for (const auto& places : places_) {
      for (const auto& [path, place] : places) used.push_back(path);
    }
    for (const PathChange& change : changes_) used.push_back(change.path);
    sort_unique(used);
    std::vector<std::pair<std::string, uint32_t>> named;
    for (const uint32_t path : used) {
      named.emplace_back(paths_.text(path), path);
    }
    std::sort(named.begin(), named.end());
    std::vector<uint32_t> numbers(paths_.size(), kNone);
    for (auto& [text, path] : named) {
      numbers[path] = static_cast<uint32_t>(texts.size());
      texts.push_back(std::move(text));
    }
    return numbers;
  }

  const CommitGraph& commits_;
  const TreeGraph& trees_;
  const Reachability& reach_;
  PathTable paths_;
  uint64_t steps_ = 0;
  bool cut_ = false;
  bool changes_cut_ = false;
  std::vector<std::map<uint32_t, BlobPlace>> places_;  // by target, by path
  std::vector<PathChange> changes_;  // paths are the table's until take()
  std::vector<uint32_t> before_;
  std::unordered_set<uint64_t> marked_;  // tree and path
};

}  // namespace

Attribution attribute(const CommitGraph& commits, const TreeGraph& trees,
                      const RefSet& refs, const Reachability& reach,
                      uint32_t target_count) {
  Attributor attributor(commits, trees, reach, target_count);
  attributor.find_changes();
  if (const Ref* head = refs.find("HEAD"))
    attributor.mark_head(refs.tip_of(*head));
  for (const Ref& ref : refs.refs) {
    if (kind_of_ref(ref.name) == Reach::kRef) {
      attributor.mark_tip(refs.tip_of(ref));
    }
  }
  return attributor.take();
}

}  // namespace leaksift
