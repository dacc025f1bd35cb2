#include "git/commit_graph.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <queue>
#include <utility>

#include "core/big_endian.h"
#include "core/memory.h"
#include "core/sort_unique.h"
#include "git/commit.h"

namespace leaksift {

// Nearly always the front alone tells the order.
void CommitGraph::sort_by_front(std::vector<Front>& fronts) {
  std::sort(fronts.begin(), fronts.end(), [](const Front& a, const Front& b) {
    return (uint64_t{a.front} << 32 | a.number) <
           (uint64_t{b.front} << 32 | b.number);
  });
}

bool CommitGraph::Builder::add(std::string_view raw_id,
                               std::string_view commit) {
  const std::optional<CommitHeader> header = parse_commit_header(commit, hash_);
  if (!header) return false;
  drafts_.push_back({raw_id.data(), header->committer_seconds});
  first_parents_.push_back(static_cast<uint32_t>(parents_.size()));
  trees_.add(header->tree.raw(hash_));
  for (const ObjectId& parent : header->parents) {
    parents_.add(parent.raw(hash_));
  }
  return true;
}

// What several builders collected, counted through.
class CommitGraph::Drafts {
 public:
  explicit Drafts(std::vector<Builder> builders)
      : builders_(std::move(builders)) {
    for (const Builder& builder : builders_) {
      first_.push_back(size_);
      first_parent_.push_back(parent_count_);
      size_ += static_cast<uint32_t>(builder.drafts_.size());
      parent_count_ += static_cast<uint32_t>(builder.parents_.size());
    }
  }

  HashKind hash() const {
    return builders_.empty() ? HashKind::kSha1 : builders_[0].hash_;
  }
  uint32_t size() const { return size_; }
  std::string_view raw_id(uint32_t i) const {
    return {draft(i).id, id_size(hash())};
  }
  int64_t seconds(uint32_t i) const { return draft(i).seconds; }
  std::string_view tree(uint32_t i) const {
    const auto [builder, index] = place(first_, i);
    return builder->trees_[index];
  }

  // Parents of all drafts are counted through, too.
  uint32_t parent_count() const { return parent_count_; }
  std::string_view parent(uint32_t number) const {
    const auto [builder, index] = place(first_parent_, number);
    return builder->parents_[index];
  }
  // A draft's parents end where the next one's begin.
  uint32_t first_parent(uint32_t i) const {
    if (i == size_) return parent_count_;
    const auto [builder, index] = place(first_, i);
    return first_parent_[static_cast<size_t>(builder - builders_.data())] +
           builder->first_parents_[index];
  }

  // All of them, by their ids.
  std::vector<Front> in_order() const {
    std::vector<Front> order;
    order.reserve(size_);
    for (uint32_t i = 0; i < size_; ++i) {
      order.push_back({read_be32(raw_id(i).data()), i});
    }
    sort_by_front(order);
    auto same = [](Front a, Front b) { return a.front == b.front; };
    for (auto at = order.begin();
         (at = std::adjacent_find(at, order.end(), same)) != order.end();) {
      const auto end = std::find_if(
          at, order.end(), [&](Front f) { return f.front != at->front; });
      std::sort(at, end, [this](Front a, Front b) {
        return raw_id(a.number) < raw_id(b.number);
      });
      at = end;
    }
    return order;
  }

  // By draft.
  std::vector<uint32_t> find_trees(const IdTable& table) const {
    std::vector<uint32_t> numbers;
    numbers.reserve(size_);
    for (const Builder& builder : builders_) {
      const std::vector<uint32_t> some = table.find_all(builder.trees_);
      numbers.insert(numbers.end(), some.begin(), some.end());
    }
    return numbers;
  }

  // They are not asked for any more.
  void drop_parents() {
    for (Builder& builder : builders_) {
      builder.parents_ = IdList(builder.hash_);
      builder.first_parents_ = {};
    }
  }

 private:
  std::pair<const Builder*, uint32_t> place(const std::vector<uint32_t>& first,
                                            uint32_t number) const {
    size_t at = builders_.size() - 1;
    while (first[at] > number) --at;
    return {&builders_[at], number - first[at]};
  }
  const Builder::Draft& draft(uint32_t i) const {
    const auto [builder, index] = place(first_, i);
    return builder->drafts_[index];
  }

  std::vector<Builder> builders_;
  std::vector<uint32_t> first_;         // draft of each builder
  std::vector<uint32_t> first_parent_;  // of each builder
  uint32_t size_ = 0;
  uint32_t parent_count_ = 0;
};

CommitGraph::CommitGraph(std::vector<Builder> builders,
                         const std::vector<ObjectId>& shallow)
    : drafts_(std::make_unique<Drafts>(std::move(builders))),
      order_(drafts_->in_order()) {
  find_parents(shallow);
  drafts_->drop_parents();
  give_back_freed();
  number_drafts();
  fill_buckets();
  for (const ObjectId& id : shallow) {
    if (const uint32_t commit = find(id); commit != kNone) {
      shallow_.push_back(commit);
    }
  }
  std::sort(shallow_.begin(), shallow_.end());
}

CommitGraph::CommitGraph(CommitGraph&&) noexcept = default;
CommitGraph& CommitGraph::operator=(CommitGraph&&) noexcept = default;
CommitGraph::~CommitGraph() = default;

CommitGraph::Commit CommitGraph::commit(uint32_t number) const {
  const uint32_t draft = draft_of_[number];
  return {ObjectId(drafts_->raw_id(draft)), ObjectId(drafts_->tree(draft)),
          drafts_->seconds(draft)};
}

std::vector<uint32_t> CommitGraph::find_trees(const IdTable& table) const {
  const std::vector<uint32_t> by_draft = drafts_->find_trees(table);
  std::vector<uint32_t> numbers;
  numbers.reserve(size());
  for (const uint32_t draft : draft_of_) numbers.push_back(by_draft[draft]);
  return numbers;
}

// The draft with this id; kNone for none.
uint32_t CommitGraph::find_draft(const Drafts& drafts,
                                 std::span<const Front> order,
                                 std::string_view raw_id) {
  const uint32_t front = read_be32(raw_id.data());
  const auto at = std::lower_bound(
      order.begin(), order.end(), raw_id,
      [&](const Front& draft, std::string_view wanted) {
        return draft.front < front ||
               (draft.front == front && drafts.raw_id(draft.number) < wanted);
      });
  return at == order.end() || drafts.raw_id(at->number) != raw_id ? kNone
                                                                  : at->number;
}

// Which draft each parent is; kNone for one that is not there. Both are read in
// the order of ids: looking up one after the other, in memory that no cache
// holds, took five times as long. A slice at a time, so that little is held.
std::vector<uint32_t> CommitGraph::numbers_of_parents(
    const Drafts& drafts, std::span<const Front> order) {
  constexpr uint64_t kSlices = 16;
  constexpr uint64_t kSlice = (uint64_t{1} << 32) / kSlices;
  std::vector<uint32_t> numbers(drafts.parent_count(), kNone);
  std::vector<Front> wanted;
  size_t begin = 0;
  size_t end = 0;  // of drafts with the same front
  for (uint64_t slice = 0; slice < kSlices; ++slice) {
    wanted.clear();
    for (uint32_t i = 0; i < drafts.parent_count(); ++i) {
      const uint32_t front = read_be32(drafts.parent(i).data());
      if (front / kSlice == slice) wanted.push_back({front, i});
    }
    sort_by_front(wanted);
    for (const Front& parent : wanted) {
      while (begin < order.size() && order[begin].front < parent.front) ++begin;
      end = std::max(begin, end);
      while (end < order.size() && order[end].front == parent.front) ++end;
      numbers[parent.number] =
          find_draft(drafts, order.subspan(begin, end - begin),
                     drafts.parent(parent.number));
    }
  }
  return numbers;
}

void CommitGraph::find_parents(const std::vector<ObjectId>& shallow) {
  const Drafts& drafts = *drafts_;
  std::vector<bool> is_cut(drafts.size());
  for (const ObjectId& id : shallow) {
    const uint32_t i = find_draft(drafts, order_, id.raw(drafts.hash()));
    if (i != kNone) is_cut[i] = true;
  }
  std::vector<uint32_t> found = numbers_of_parents(drafts, order_);
  parents_.first.reserve(drafts.size() + 1);
  parents_.first.push_back(0);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < drafts.size(); ++i) {
    const uint32_t end = drafts.first_parent(i + 1);
    for (uint32_t p = drafts.first_parent(i); p < end && !is_cut[i]; ++p) {
      if (found[p] != kNone) {
        found[kept++] = found[p];
      } else {
        missing_.emplace_back(drafts.parent(p));
      }
    }
    parents_.first.push_back(kept);
  }
  found.resize(kept);
  parents_.items = std::move(found);
  sort_unique(missing_);
}

// Drafts, by Kahn's algorithm over a heap.
std::vector<uint32_t> CommitGraph::in_topological_order() const {
  const uint32_t count = drafts_->size();
  const auto children = listed<uint32_t>(count, [&](const auto& add) {
    for (uint32_t i = 0; i < count; ++i) {
      for (const uint32_t parent : parents_.of(i)) add(parent, i);
    }
  });
  std::vector<uint32_t> rank(count);  // stands for the id
  for (uint32_t i = 0; i < count; ++i) rank[order_[i].number] = i;
  std::vector<uint32_t> waiting(count);
  using Entry = std::pair<int64_t, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
  for (uint32_t i = 0; i < count; ++i) {
    waiting[i] = static_cast<uint32_t>(parents_.of(i).size());
    if (waiting[i] == 0) ready.emplace(drafts_->seconds(i), rank[i]);
  }
  std::vector<uint32_t> sequence;
  sequence.reserve(count);
  while (!ready.empty()) {
    const uint32_t i = order_[ready.top().second].number;
    ready.pop();
    sequence.push_back(i);
    for (const uint32_t child : children.of(i)) {
      if (--waiting[child] == 0) {
        ready.emplace(drafts_->seconds(child), rank[child]);
      }
    }
  }
  return sequence;
}

// A circle of parents would need a broken hash function; its commits stay out,
// as unreachable ones would be without parents.
void CommitGraph::number_drafts() {
  draft_of_ = in_topological_order();
  std::vector<uint32_t> numbers(drafts_->size(), kNone);
  for (uint32_t i = 0; i < size(); ++i) numbers[draft_of_[i]] = i;
  for (uint32_t& parent : parents_.items) parent = numbers[parent];
  for (Front& commit : order_) commit.number = numbers[commit.number];
  std::erase_if(order_, [](Front commit) { return commit.number == kNone; });
}

void CommitGraph::fill_buckets() {
  constexpr unsigned kPerBucket = 4;
  const auto bits =
      static_cast<unsigned>(std::bit_width(order_.size() / kPerBucket));
  bucket_shift_ = 32 - std::clamp(bits, 1U, 24U);
  buckets_.assign((size_t{1} << (32 - bucket_shift_)) + 1, 0);
  for (const Front commit : order_) {
    ++buckets_[(commit.front >> bucket_shift_) + 1];
  }
  std::partial_sum(buckets_.begin(), buckets_.end(), buckets_.begin());
}

uint32_t CommitGraph::find(const ObjectId& id) const {
  const std::string_view wanted = id.raw(drafts_->hash());
  const uint32_t front = read_be32(wanted.data());
  const uint32_t* bucket = &buckets_[front >> bucket_shift_];
  const auto end = order_.begin() + bucket[1];
  const auto found = std::lower_bound(
      order_.begin() + bucket[0], end, wanted,
      [&](Front commit, std::string_view raw_id) {
        return commit.front < front ||
               (commit.front == front && this->raw_id(commit.number) < raw_id);
      });
  return found == end || raw_id(found->number) != wanted ? kNone
                                                         : found->number;
}

std::string_view CommitGraph::raw_id(uint32_t number) const {
  return drafts_->raw_id(draft_of_[number]);
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
