#include "git/commit_graph.h"

#include <algorithm>
#include <numeric>
#include <queue>
#include <tuple>

#include "core/sort_unique.h"
#include "git/commit.h"

namespace leaksift {
namespace {

// Index of `id` in `sorted` (by id, through `id_of`); kNone if not there.
template <typename List, typename IdOf>
uint32_t find_id(const List& sorted, const ObjectId& id, IdOf id_of) {
  const auto found =
      std::lower_bound(sorted.begin(), sorted.end(), id,
                       [&](const auto& entry, const ObjectId& wanted) {
                         return id_of(entry) < wanted;
                       });
  if (found == sorted.end() || id_of(*found) != id) return CommitGraph::kNone;
  return static_cast<uint32_t>(found - sorted.begin());
}

}  // namespace

bool CommitGraph::Builder::add(std::string_view raw_id,
                               std::string_view commit) {
  std::optional<CommitHeader> header = parse_commit_header(commit, hash_);
  if (!header) return false;
  Draft draft;
  draft.commit.id = ObjectId(raw_id);
  draft.commit.tree = header->tree;
  draft.commit.seconds = header->committer_seconds;
  draft.parents = std::move(header->parents);
  drafts_.push_back(std::move(draft));
  return true;
}

CommitGraph::CommitGraph(std::vector<Builder> builders,
                         const std::vector<ObjectId>& shallow) {
  std::vector<Builder::Draft> drafts;
  for (Builder& builder : builders) {
    std::move(builder.drafts_.begin(), builder.drafts_.end(),
              std::back_inserter(drafts));
  }
  std::sort(drafts.begin(), drafts.end(), [](const auto& a, const auto& b) {
    return a.commit.id < b.commit.id;
  });
  auto is_shallow = [&](const ObjectId& id) {
    return std::binary_search(shallow.begin(), shallow.end(), id);
  };
  for (Builder::Draft& draft : drafts) {
    if (is_shallow(draft.commit.id)) draft.parents.clear();
  }
  sort_topologically(std::move(drafts));
  for (uint32_t i = 0; i < size(); ++i) {
    if (is_shallow(commits_[i].id)) shallow_.push_back(i);
  }
}

// Kahn's algorithm over a heap.
void CommitGraph::sort_topologically(std::vector<Builder::Draft> drafts) {
  const auto count = static_cast<uint32_t>(drafts.size());
  auto id_of = [](const Builder::Draft& draft) { return draft.commit.id; };
  std::vector<std::vector<uint32_t>> parents(count);
  std::vector<uint32_t> child_start(count + 1);
  std::vector<uint32_t> waiting(count);
  for (uint32_t i = 0; i < count; ++i) {
    for (const ObjectId& parent : drafts[i].parents) {
      const uint32_t at = find_id(drafts, parent, id_of);
      if (at == kNone) {
        missing_.push_back(parent);
        continue;
      }
      parents[i].push_back(at);
      ++child_start[at + 1];
    }
    waiting[i] = static_cast<uint32_t>(parents[i].size());
  }
  std::partial_sum(child_start.begin(), child_start.end(), child_start.begin());
  std::vector<uint32_t> children(child_start[count]);
  std::vector<uint32_t> next = child_start;
  for (uint32_t i = 0; i < count; ++i) {
    for (const uint32_t parent : parents[i]) children[next[parent]++] = i;
  }

  // Drafts are in the order of ids, so an index stands for its id.
  using Entry = std::tuple<int64_t, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
  for (uint32_t i = 0; i < count; ++i) {
    if (waiting[i] == 0) ready.emplace(drafts[i].commit.seconds, i);
  }
  std::vector<uint32_t> number(count, kNone);
  commits_.reserve(count);
  while (!ready.empty()) {
    const uint32_t i = std::get<1>(ready.top());
    ready.pop();
    number[i] = size();
    Commit& commit = commits_.emplace_back(drafts[i].commit);
    commit.first_parent = static_cast<uint32_t>(parents_.size());
    commit.parent_count = static_cast<uint32_t>(parents[i].size());
    for (const uint32_t parent : parents[i]) parents_.push_back(number[parent]);
    for (uint32_t c = child_start[i]; c < child_start[i + 1]; ++c) {
      const uint32_t child = children[c];
      if (--waiting[child] == 0) {
        ready.emplace(drafts[child].commit.seconds, child);
      }
    }
  }
  // A circle of parents would need a broken hash function; its commits stay
  // out, as unreachable ones would be without parents.
  by_id_.reserve(size());
  for (const uint32_t n : number) {
    if (n != kNone) by_id_.push_back(n);
  }
  sort_unique(missing_);
}

uint32_t CommitGraph::find(const ObjectId& id) const {
  const uint32_t at =
      find_id(by_id_, id, [&](uint32_t number) { return commits_[number].id; });
  return at == kNone ? kNone : by_id_[at];
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
