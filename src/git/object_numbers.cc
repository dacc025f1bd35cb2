#include "git/object_numbers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>

#include "core/big_endian.h"

namespace leaksift {
namespace {

std::vector<ObjectNumbers::Run> runs_of(const ObjectStore& store) {
  std::vector<ObjectNumbers::Run> runs;
  for (const Pack& pack : store.packs()) {
    const PackIndex& index = pack.index();
    const bool any = index.count() > 0;
    runs.push_back({any ? index.raw_id(0).data() : nullptr, index.id_stride(),
                    index.count()});
  }
  const std::vector<LooseObject>& loose = store.loose();
  if (!loose.empty()) {
    runs.push_back({loose[0].id.raw(store.hash()).data(), sizeof(LooseObject),
                    static_cast<uint32_t>(loose.size())});
  }
  return runs;
}

}  // namespace

ObjectNumbers::ObjectNumbers(const ObjectStore& store)
    : ObjectNumbers(store.hash(), runs_of(store)) {}

ObjectNumbers::ObjectNumbers(HashKind hash, std::vector<Run> runs)
    : hash_(hash), runs_(std::move(runs)), begins_{0} {
  for (const Run& run : runs_) begins_.push_back(begins_.back() + run.count);
  if (!count_buckets()) put_in_order();
}

size_t ObjectNumbers::bucket_of(const char* raw_id) const {
  return read_be32(raw_id) >> shift_;
}

// False if the ids are not in order.
bool ObjectNumbers::count_buckets() {
  constexpr uint32_t kPerBucket = 8;
  const auto bits = static_cast<unsigned>(std::bit_width(size() / kPerBucket));
  shift_ = 32 - std::clamp(bits, 1U, 31U);
  buckets_.assign((size_t{1} << (32 - shift_)) + 1, 0);
  const size_t id_size = leaksift::id_size(hash_);
  bool in_order = true;
  const char* before = nullptr;
  for (const Run& run : runs_) {
    const char* id = run.ids;
    for (uint32_t i = 0; i < run.count; ++i, id += run.stride) {
      ++buckets_[bucket_of(id) + 1];
      in_order = in_order &&
                 (before == nullptr || std::memcmp(before, id, id_size) < 0);
      before = id;
    }
  }
  std::partial_sum(buckets_.begin(), buckets_.end(), buckets_.begin());
  return in_order;
}

// Into buckets, and then in each.
void ObjectNumbers::put_in_order() {
  order_.resize(size());
  std::vector<uint32_t> next(buckets_.begin(), buckets_.end() - 1);
  for (uint32_t i = 0; i < size(); ++i) {
    order_[next[bucket_of(raw_id(i).data())]++] = i;
  }
  for (size_t bucket = 0; bucket + 1 < buckets_.size(); ++bucket) {
    std::sort(order_.begin() + buckets_[bucket],
              order_.begin() + buckets_[bucket + 1],
              [this](uint32_t a, uint32_t b) {
                const int order = raw_id(a).compare(raw_id(b));
                return order != 0 ? order < 0 : a < b;
              });
  }
}

uint32_t ObjectNumbers::run_of(uint32_t number) const {
  const auto after = std::upper_bound(begins_.begin(), begins_.end(), number);
  return static_cast<uint32_t>(after - begins_.begin()) - 1;
}

std::string_view ObjectNumbers::raw_id(uint32_t number) const {
  const uint32_t run = runs_.size() == 1 ? 0 : run_of(number);
  const uint64_t place = number - begins_[run];
  return {runs_[run].ids + place * runs_[run].stride, id_size(hash_)};
}

void ObjectNumbers::prefetch(const char* raw_id) const {
  __builtin_prefetch(&buckets_[bucket_of(raw_id)]);
}

ObjectNumbers::Range ObjectNumbers::range_of(const char* raw_id) const {
  const size_t bucket = bucket_of(raw_id);
  return {buckets_[bucket], buckets_[bucket + 1]};
}

uint32_t ObjectNumbers::find_in(Range range, const char* raw_id) const {
  const std::string_view wanted(raw_id, id_size(hash_));
  auto [low, high] = range;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (this->raw_id(at(middle)) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == range.second) return kNone;
  const uint32_t number = at(low);
  return this->raw_id(number) == wanted ? number : kNone;
}

uint32_t ObjectNumbers::find(const char* raw_id) const {
  return find_in(range_of(raw_id), raw_id);
}

// Each id takes two places in memory that no cache holds, one after the other:
// those of a batch are fetched together.
void ObjectNumbers::find_all(std::string_view raw_ids,
                             std::vector<uint32_t>& numbers) const {
  constexpr size_t kBatch = 64;
  const size_t size = id_size(hash_);
  std::array<Range, kBatch> ranges;
  for (; !raw_ids.empty();) {
    const size_t count = std::min(kBatch, raw_ids.size() / size);
    auto id = [&](size_t i) { return raw_ids.data() + i * size; };
    for (size_t i = 0; i < count; ++i) prefetch(id(i));
    for (size_t i = 0; i < count; ++i) {
      ranges[i] = range_of(id(i));
      const auto [low, high] = ranges[i];
      if (low < high) {
        __builtin_prefetch(raw_id(at(low + (high - low) / 2)).data());
      }
    }
    for (size_t i = 0; i < count; ++i) {
      numbers.push_back(find_in(ranges[i], id(i)));
    }
    raw_ids.remove_prefix(count * size);
  }
}

}  // namespace leaksift
