#include "git/commit_graph.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <queue>
#include <tuple>

#include "core/big_endian.h"
#include "core/sort_unique.h"
#include "git/commit.h"

namespace leaksift {
namespace {

bool is_in(const std::vector<ObjectId>& sorted, std::string_view raw_id) {
  return std::binary_search(sorted.begin(), sorted.end(), ObjectId(raw_id));
}

}  // namespace

bool CommitGraph::Builder::add(std::string_view raw_id,
                               std::string_view commit) {
  const std::optional<CommitHeader> header = parse_commit_header(commit, hash_);
  if (!header) return false;
  drafts_.push_back({raw_id.data(), header->committer_seconds,
                     static_cast<uint32_t>(parents_.size())});
  trees_.add(header->tree.raw(hash_));
  for (const ObjectId& parent : header->parents) {
    parents_.add(parent.raw(hash_));
  }
  return true;
}

// What several builders collected, in the order of ids.
class CommitGraph::Drafts {
 public:
  explicit Drafts(std::vector<Builder> builders)
      : builders_(std::move(builders)) {
    uint32_t count = 0;
    for (const Builder& builder : builders_) {
      first_.push_back(count);
      count += static_cast<uint32_t>(builder.drafts_.size());
    }
    order_.reserve(count);
    for (uint32_t at = 0; at < count; ++at) {
      order_.push_back({read_be32(draft_at(at).id), at});
    }
    std::sort(order_.begin(), order_.end(), [this](Place a, Place b) {
      if (a.front != b.front) return a.front < b.front;
      return raw_id_at(a.at) < raw_id_at(b.at);
    });
    fill_buckets();
  }

  HashKind hash() const {
    return builders_.empty() ? HashKind::kSha1 : builders_[0].hash_;
  }
  uint32_t size() const { return static_cast<uint32_t>(order_.size()); }
  std::string_view raw_id(uint32_t i) const { return raw_id_at(order_[i].at); }
  int64_t seconds(uint32_t i) const { return draft_at(order_[i].at).seconds; }
  std::string_view tree(uint32_t i) const {
    const auto [builder, index] = place(order_[i].at);
    return builder->trees_[index];
  }

  uint32_t find(std::string_view raw_id) const {
    const uint32_t front = read_be32(raw_id.data());
    const size_t bucket = front >> bucket_shift_;
    const auto end = order_.begin() + buckets_[bucket + 1];
    const auto found = std::lower_bound(
        order_.begin() + buckets_[bucket], end, raw_id,
        [&](Place place, std::string_view id) {
          return place.front < front ||
                 (place.front == front && raw_id_at(place.at) < id);
        });
    if (found == end || raw_id_at(found->at) != raw_id) return kNone;
    return static_cast<uint32_t>(found - order_.begin());
  }

  template <typename Each>
  void for_each_parent(uint32_t i, const Each& each) const {
    const auto [builder, index] = place(order_[i].at);
    const size_t end = index + 1 < builder->drafts_.size()
                           ? builder->drafts_[index + 1].first_parent
                           : builder->parents_.size();
    for (size_t at = builder->drafts_[index].first_parent; at < end; ++at) {
      each(builder->parents_[at]);
    }
  }

  // Each lets go of memory: what it names is not asked for any more.
  void drop_parents() {
    for (Builder& builder : builders_) builder.parents_ = IdList(builder.hash_);
  }
  void drop_all_but_trees() {
    for (Builder& builder : builders_) builder.drafts_ = {};
  }

 private:
  struct Place {
    uint32_t front;  // of the id: the rest is hardly ever asked for
    uint32_t at;
  };

  void fill_buckets() {
    constexpr unsigned kPerBucket = 4;
    const auto bits =
        static_cast<unsigned>(std::bit_width(order_.size() / kPerBucket));
    bucket_shift_ = 32 - std::clamp(bits, 1U, 24U);
    buckets_.assign((size_t{1} << (32 - bucket_shift_)) + 1, 0);
    for (const Place place : order_) {
      ++buckets_[(place.front >> bucket_shift_) + 1];
    }
    std::partial_sum(buckets_.begin(), buckets_.end(), buckets_.begin());
  }

  std::pair<const Builder*, uint32_t> place(uint32_t at) const {
    const auto behind = std::upper_bound(first_.begin(), first_.end(), at);
    const auto number = static_cast<size_t>(behind - first_.begin()) - 1;
    return {&builders_[number], at - first_[number]};
  }
  const Builder::Draft& draft_at(uint32_t at) const {
    const auto [builder, index] = place(at);
    return builder->drafts_[index];
  }
  std::string_view raw_id_at(uint32_t at) const {
    return {draft_at(at).id, id_size(hash())};
  }

  std::vector<Builder> builders_;
  std::vector<uint32_t> first_;  // draft of each builder, counted through
  std::vector<Place> order_;
  // First of those in order_ whose ids have the same leading bits, and one
  // more: a search for a parent stays within a line of the cache.
  std::vector<uint32_t> buckets_;
  unsigned bucket_shift_ = 0;
};

CommitGraph::CommitGraph(std::vector<Builder> builders,
                         const std::vector<ObjectId>& shallow)
    : hash_(HashKind::kSha1), trees_(hash_) {
  Drafts drafts(std::move(builders));
  hash_ = drafts.hash();
  trees_ = IdList(hash_);
  const Links parents = find_parents(drafts, shallow);
  drafts.drop_parents();
  const std::vector<uint32_t> sequence = in_topological_order(drafts, parents);
  take(drafts, parents, sequence);
  for (uint32_t i = 0; i < size(); ++i) {
    if (is_in(shallow, raw_id(i))) shallow_.push_back(i);
  }
}

CommitGraph::Links CommitGraph::find_parents(
    const Drafts& drafts, const std::vector<ObjectId>& shallow) {
  Links parents;
  parents.first.reserve(drafts.size() + 1);
  parents.to.reserve(drafts.size());
  for (uint32_t i = 0; i < drafts.size(); ++i) {
    parents.first.push_back(static_cast<uint32_t>(parents.to.size()));
    if (is_in(shallow, drafts.raw_id(i))) continue;
    drafts.for_each_parent(i, [&](std::string_view parent) {
      const uint32_t at = drafts.find(parent);
      if (at == kNone) {
        missing_.emplace_back(parent);
      } else {
        parents.to.push_back(at);
      }
    });
  }
  parents.first.push_back(static_cast<uint32_t>(parents.to.size()));
  sort_unique(missing_);
  return parents;
}

// Kahn's algorithm over a heap.
std::vector<uint32_t> CommitGraph::in_topological_order(const Drafts& drafts,
                                                        const Links& parents) {
  const uint32_t count = drafts.size();
  Links children;
  children.first.resize(count + 1);
  for (const uint32_t parent : parents.to) ++children.first[parent + 1];
  std::partial_sum(children.first.begin(), children.first.end(),
                   children.first.begin());
  children.to.resize(parents.to.size());
  std::vector<uint32_t> next = children.first;
  std::vector<uint32_t> waiting(count);
  // Drafts are in the order of ids, so an index stands for its id.
  using Entry = std::tuple<int64_t, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
  for (uint32_t i = 0; i < count; ++i) {
    for (const uint32_t parent : parents.of(i)) children.to[next[parent]++] = i;
    waiting[i] = static_cast<uint32_t>(parents.of(i).size());
    if (waiting[i] == 0) ready.emplace(drafts.seconds(i), i);
  }
  std::vector<uint32_t> sequence;
  sequence.reserve(count);
  while (!ready.empty()) {
    const uint32_t i = std::get<1>(ready.top());
    ready.pop();
    sequence.push_back(i);
    for (const uint32_t child : children.of(i)) {
      if (--waiting[child] == 0) ready.emplace(drafts.seconds(child), child);
    }
  }
  return sequence;
}

// Takes over all drafts in this order.
void CommitGraph::take(Drafts& drafts, const Links& parents,
                       const std::vector<uint32_t>& sequence) {
  std::vector<uint32_t> number(drafts.size(), kNone);
  ids_.reserve(sequence.size());
  seconds_.reserve(sequence.size());
  for (const uint32_t i : sequence) {
    number[i] = size();
    ids_.push_back(drafts.raw_id(i).data());
    seconds_.push_back(drafts.seconds(i));
  }
  drafts.drop_all_but_trees();
  for (const uint32_t i : sequence) trees_.add(drafts.tree(i));
  parents_.first.reserve(sequence.size() + 1);
  parents_.to.reserve(parents.to.size());
  parents_.first.push_back(0);
  for (const uint32_t i : sequence) {
    for (const uint32_t parent : parents.of(i)) {
      parents_.to.push_back(number[parent]);
    }
    parents_.first.push_back(static_cast<uint32_t>(parents_.to.size()));
  }
  // A circle of parents would need a broken hash function; its commits stay
  // out, as unreachable ones would be without parents.
  std::erase(number, kNone);
  by_id_ = std::move(number);
}

uint32_t CommitGraph::find(const ObjectId& id) const {
  const std::string_view wanted = id.raw(hash_);
  const auto found = std::lower_bound(
      by_id_.begin(), by_id_.end(), wanted,
      [this](uint32_t at, std::string_view w) { return raw_id(at) < w; });
  return found == by_id_.end() || raw_id(*found) != wanted ? kNone : *found;
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
