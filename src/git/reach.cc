#include "git/reach.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "core/sort_unique.h"

namespace leaksift {
namespace {

constexpr uint32_t kNone = CommitGraph::kNone;

int rank_of(const Ref& ref, const RefSet& refs) {
  if (ref.name == refs.head || ref.name == "HEAD") return 0;
  constexpr std::string_view kOrder[] = {"refs/heads/", "refs/tags/",
                                         "refs/remotes/"};
  for (int i = 0; i < 3; ++i) {
    if (ref.name.starts_with(kOrder[i])) return i + 1;
  }
  return 4;
}

// One bit for each of some sets of commits.
constexpr size_t kWords = 4;
constexpr size_t kBits = kWords * 64;
using Mask = std::array<uint64_t, kWords>;

// Commits that passes may look at in all: some seconds.
constexpr uint64_t kMaxVisits = 2'000'000'000;

// Of each commit one that the same refs reach: where nothing but its only
// child leads to it, that of the child.
std::vector<uint32_t> representatives(const CommitGraph& commits,
                                      const std::vector<uint32_t>& tips) {
  constexpr uint32_t kMany = kNone - 1;
  std::vector<uint32_t> child(commits.size(), kNone);
  for (const uint32_t tip : tips) child[tip] = kMany;
  for (uint32_t i = 0; i < commits.size(); ++i) {
    for (const uint32_t parent : commits.parents(i)) {
      child[parent] = child[parent] == kNone ? i : kMany;
    }
  }
  // Children come behind their parents.
  for (uint32_t i = commits.size(); i-- > 0;) {
    child[i] = child[i] < kMany ? child[child[i]] : i;
  }
  return child;
}

// Every commit gets the bits of those of `sets` that it reaches. None of them
// has a commit before the first one's first.
void paint(const CommitGraph& commits, std::span<const CommitSet> sets,
           std::vector<Mask>& masks) {
  const uint32_t first = sets.front().front();
  std::fill(masks.begin() + first, masks.end(), Mask{});
  for (size_t bit = 0; bit < sets.size(); ++bit) {
    for (const uint32_t commit : sets[bit]) {
      masks[commit][bit / 64] |= uint64_t{1} << bit % 64;
    }
  }
  for (uint32_t i = first; i < commits.size(); ++i) {
    for (const uint32_t parent : commits.parents(i)) {
      if (parent < first) continue;
      for (size_t w = 0; w < kWords; ++w) masks[i][w] |= masks[parent][w];
    }
  }
}

}  // namespace

Reach kind_of_ref(std::string_view name) {
  if (name.starts_with("refs/notes/")) return Reach::kNote;
  if (name == "refs/stash") return Reach::kStash;
  // ORIG_HEAD and FETCH_HEAD are what git remembers, in worktrees as well.
  const bool is_pseudo_ref =
      name.ends_with("_HEAD") && name.find("refs/") == std::string_view::npos;
  return is_pseudo_ref ? Reach::kReflog : Reach::kRef;
}

std::vector<uint32_t> refs_in_order(const RefSet& refs) {
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < refs.refs.size(); ++i) {
    const bool again = refs.refs[i].name == "HEAD" && !refs.head.empty();
    if (!again) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return rank_of(refs.refs[a], refs) < rank_of(refs.refs[b], refs);
  });
  return order;
}

RefsReaching refs_reaching(const CommitGraph& commits, const RefSet& refs,
                           const std::vector<CommitSet>& wanted, size_t most) {
  if (wanted.empty()) return {};
  const std::vector<uint32_t> order = refs_in_order(refs);
  std::vector<uint32_t> tips;
  std::vector<std::pair<uint32_t, uint32_t>> ref_tips;  // ref, commit
  for (const uint32_t ref : order) {
    const uint32_t tip = commits.find(refs.tip_of(refs.refs[ref]));
    if (tip == kNone) continue;
    ref_tips.emplace_back(ref, tip);
    tips.push_back(tip);
  }
  const std::vector<uint32_t> representative = representatives(commits, tips);
  auto represented = [&](CommitSet set) {
    for (uint32_t& commit : set) commit = representative[commit];
    sort_unique(set);
    return set;
  };
  std::vector<CommitSet> asked;
  for (const CommitSet& set : wanted) asked.push_back(represented(set));
  sort_unique(asked);

  std::vector<RefList> lists(asked.size());
  std::vector<Mask> masks(commits.size());
  uint64_t visits = 0;
  size_t done = 0;
  while (done < asked.size() && visits < kMaxVisits) {
    const size_t end = std::min(done + kBits, asked.size());
    const uint32_t first = asked[done].front();
    paint(commits, {&asked[done], end - done}, masks);
    visits += commits.size() - first + ref_tips.size();
    for (const auto& [ref, tip] : ref_tips) {
      if (tip < first) continue;
      for (size_t w = 0; w < kWords; ++w) {
        for (uint64_t bits = masks[tip][w]; bits != 0; bits &= bits - 1) {
          RefList& list =
              lists[done + w * 64 + static_cast<size_t>(__builtin_ctzll(bits))];
          if (++list.count <= most) list.first.push_back(ref);
        }
      }
    }
    done = end;
  }
  RefsReaching result;
  result.cut = done < asked.size();
  for (const CommitSet& set : wanted) {
    const auto at =
        std::lower_bound(asked.begin(), asked.end(), represented(set));
    const auto index = static_cast<size_t>(at - asked.begin());
    if (index < done) result.of.emplace(set, lists[index]);
  }
  return result;
}

Reachability::Reachability(const CommitGraph& commits, const RefSet& refs,
                           const ReflogIds& reflogs)
    : commits_(commits.size(), Reach::kNothing) {
  std::vector<uint32_t> pending;
  auto reach_from = [&](const ObjectId& id, Reach reach) {
    const uint32_t tip = commits.find(id);
    if (tip == kNone) {
      Reach& named = named_[id].reach;
      named = std::min(named, reach);
      return;
    }
    if (commits_[tip] <= reach) return;
    commits_[tip] = reach;
    pending.push_back(tip);
    while (!pending.empty()) {
      const uint32_t commit = pending.back();
      pending.pop_back();
      for (const uint32_t parent : commits.parents(commit)) {
        if (commits_[parent] <= reach) continue;
        commits_[parent] = reach;
        pending.push_back(parent);
      }
    }
  };
  // With what comes first in front, no commit is painted twice.
  constexpr std::array kKinds = {Reach::kRef, Reach::kNote, Reach::kStash,
                                 Reach::kReflog};
  const std::vector<uint32_t> order = refs_in_order(refs);
  for (const Reach kind : kKinds) {
    for (const uint32_t ref : order) {
      if (kind_of_ref(refs.refs[ref].name) != kind) continue;
      for (const ObjectId& id : refs.tag_chain(refs.refs[ref].id)) {
        reach_from(id, kind);
        const auto named = named_.find(id);
        if (named != named_.end()) named->second.refs.push_back(ref);
      }
    }
    if (kind != Reach::kStash && kind != Reach::kReflog) continue;
    for (const ObjectId& root :
         kind == Reach::kStash ? reflogs.stash : reflogs.others) {
      for (const ObjectId& id : refs.tag_chain(root)) reach_from(id, kind);
    }
  }
}

Reach Reachability::of(const ObjectId& object) const {
  const auto named = named_.find(object);
  return named == named_.end() ? Reach::kNothing : named->second.reach;
}

std::vector<uint32_t> Reachability::refs_naming(const ObjectId& object) const {
  const auto named = named_.find(object);
  if (named == named_.end()) return {};
  return named->second.refs;
}

}  // namespace leaksift
