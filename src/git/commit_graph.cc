#include "git/commit_graph.h"

#include <algorithm>
#include <queue>
#include <utility>

#include "core/memory.h"
#include "core/sort_unique.h"
#include "git/commit.h"

namespace leaksift {

bool CommitGraph::Builder::add(std::string_view raw_id,
                               std::string_view commit) {
  constexpr size_t kAtOnce = 4096;  // bytes
  const HashKind hash = numbers_->hash();
  const std::optional<CommitHeader> header = parse_commit_header(commit, hash);
  if (!header) return false;
  seconds_.push_back(header->committer_seconds);
  parent_counts_.push_back(static_cast<uint32_t>(header->parents.size()));
  waiting_ += raw_id;
  waiting_ += header->tree.raw(hash);
  for (const ObjectId& parent : header->parents) waiting_ += parent.raw(hash);
  if (waiting_.size() >= kAtOnce) look_up();
  return true;
}

void CommitGraph::Builder::look_up() {
  const size_t size = id_size(numbers_->hash());
  std::vector<uint32_t> numbers;
  numbers_->find_all(waiting_, numbers);
  size_t at = 0;
  auto next = [&](std::deque<uint32_t>& list, Unknown& unknown) {
    if (numbers[at] == ObjectNumbers::kNone) {
      unknown.emplace_back(static_cast<uint32_t>(list.size()),
                           std::string_view(waiting_).substr(at * size, size));
    }
    list.push_back(numbers[at++]);
  };
  while (at < numbers.size()) {
    const uint32_t parents = parent_counts_[commits_.size()];
    commits_.push_back(numbers[at++]);
    next(trees_, unknown_trees_);
    for (uint32_t i = 0; i < parents; ++i) next(parents_, unknown_parents_);
  }
  waiting_.clear();
}

CommitGraph::CommitGraph(std::vector<Builder> builders,
                         const std::vector<ObjectId>& shallow)
    : objects_(builders.front().numbers_), set_(objects_->size()) {
  for (Builder& builder : builders) builder.look_up();
  rank_commits(builders);
  link_parents(builders, shallow);
  find_unknown_trees(builders);
  trees_ = take(builders, &Builder::trees_);
  std::vector<int64_t> seconds = take(builders, &Builder::seconds_);
  builders.clear();
  give_back_freed();
  number_commits(std::move(seconds));
  for (const ObjectId& id : shallow) {
    if (const uint32_t commit = find(id); commit != kNone) {
      shallow_.push_back(commit);
    }
  }
  std::sort(shallow_.begin(), shallow_.end());
}

void CommitGraph::rank_commits(const Builders& builders) {
  for (const Builder& builder : builders) {
    for (const uint32_t object : builder.commits_) set_.add(object);
  }
  set_.count();
}

// Calls `each` with every commit's rank and the places of its parents.
template <typename Each>
void CommitGraph::for_each_parent(const Builder& builder,
                                  const Each& each) const {
  auto count = builder.parent_counts_.begin();
  uint32_t parent = 0;
  for (const uint32_t object : builder.commits_) {
    const uint32_t rank = set_.rank(object);
    for (const uint32_t end = parent + *count++; parent < end; ++parent) {
      each(rank, parent);
    }
  }
}

void CommitGraph::link_parents(Builders& builders,
                               const std::vector<ObjectId>& shallow) {
  std::vector<bool> is_cut(set_.size());
  for (const ObjectId& id : shallow) {
    const uint32_t object = objects_->find(id);
    if (set_.contains(object)) is_cut[set_.rank(object)] = true;
  }
  parents_ = listed<uint32_t>(set_.size(), [&](const auto& add) {
    for (const Builder& builder : builders) {
      for_each_parent(builder, [&](uint32_t rank, uint32_t place) {
        const uint32_t parent = builder.parents_[place];
        if (is_cut[rank] || !set_.contains(parent)) return;
        add(rank, set_.rank(parent));
      });
    }
  });
  for (Builder& builder : builders) {
    find_missing(builder, is_cut);
    builder.parents_ = {};
    builder.parent_counts_ = {};
  }
  sort_unique(missing_);
}

void CommitGraph::find_missing(const Builder& builder,
                               const std::vector<bool>& is_cut) {
  auto unknown = builder.unknown_parents_.begin();
  for_each_parent(builder, [&](uint32_t rank, uint32_t place) {
    const uint32_t parent = builder.parents_[place];
    const ObjectId* const id =
        parent == ObjectNumbers::kNone ? &(unknown++)->second : nullptr;
    if (is_cut[rank] || set_.contains(parent)) return;
    missing_.push_back(id ? *id : ObjectId(objects_->raw_id(parent)));
  });
}

void CommitGraph::find_unknown_trees(const Builders& builders) {
  for (const Builder& builder : builders) {
    for (const auto& [place, id] : builder.unknown_trees_) {
      unknown_trees_.emplace_back(set_.rank(builder.commits_[place]), id);
    }
  }
  std::sort(unknown_trees_.begin(), unknown_trees_.end());
}

// What the builders have of each commit, by rank; they have it no more then.
template <typename T>
std::vector<T> CommitGraph::take(Builders& builders,
                                 std::deque<T> Builder::*list) const {
  std::vector<T> all(set_.size());
  for (Builder& builder : builders) {
    auto next = (builder.*list).begin();
    for (const uint32_t object : builder.commits_) {
      all[set_.rank(object)] = *next++;
    }
    builder.*list = {};
  }
  return all;
}

// Ranks, by Kahn's algorithm over a heap.
std::vector<uint32_t> CommitGraph::in_topological_order(
    const std::vector<int64_t>& seconds) const {
  const uint32_t count = set_.size();
  const auto children = listed<uint32_t>(count, [&](const auto& add) {
    for (uint32_t i = 0; i < count; ++i) {
      for (const uint32_t parent : parents_.of(i)) add(parent, i);
    }
  });
  auto later = [&](uint32_t a, uint32_t b) {
    if (seconds[a] != seconds[b]) return seconds[a] > seconds[b];
    return objects_->raw_id(set_.at(a)) > objects_->raw_id(set_.at(b));
  };
  std::vector<uint32_t> waiting(count);
  std::priority_queue<uint32_t, std::vector<uint32_t>, decltype(later)> ready(
      later);
  for (uint32_t i = 0; i < count; ++i) {
    waiting[i] = static_cast<uint32_t>(parents_.of(i).size());
    if (waiting[i] == 0) ready.push(i);
  }
  std::vector<uint32_t> sequence;
  sequence.reserve(count);
  while (!ready.empty()) {
    const uint32_t i = ready.top();
    ready.pop();
    sequence.push_back(i);
    for (const uint32_t child : children.of(i)) {
      if (--waiting[child] == 0) ready.push(child);
    }
  }
  return sequence;
}

// A circle of parents would need a broken hash function; its commits stay out,
// as unreachable ones would be without parents.
void CommitGraph::number_commits(std::vector<int64_t> seconds) {
  rank_of_ = in_topological_order(seconds);
  seconds = {};
  number_of_.assign(set_.size(), kNone);
  for (uint32_t i = 0; i < size(); ++i) number_of_[rank_of_[i]] = i;
  for (uint32_t& parent : parents_.items) parent = number_of_[parent];
}

CommitGraph::Commit CommitGraph::commit(uint32_t number) const {
  const uint32_t rank = rank_of_[number];
  const ObjectId id(objects_->raw_id(set_.at(rank)));
  if (trees_[rank] != ObjectNumbers::kNone) {
    return {id, ObjectId(objects_->raw_id(trees_[rank]))};
  }
  const auto unknown = std::lower_bound(
      unknown_trees_.begin(), unknown_trees_.end(), rank,
      [](const auto& tree, uint32_t wanted) { return tree.first < wanted; });
  return {id, unknown->second};
}

uint32_t CommitGraph::find(const ObjectId& id) const {
  const uint32_t object = objects_->find(id);
  return set_.contains(object) ? number_of_[set_.rank(object)] : kNone;
}

std::vector<bool> CommitGraph::reachable_from(
    const std::vector<uint32_t>& from) const {
  std::vector<bool> reached(size());
  for (const uint32_t number : from) reached[number] = true;
  // Children come after their parents: one pass from the end will do.
  for (uint32_t i = size(); i-- > 0;) {
    if (!reached[i]) continue;
    for (const uint32_t parent : parents(i)) reached[parent] = true;
  }
  return reached;
}

}  // namespace leaksift
