// Numbers for all objects of a store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "git/object_id.h"
#include "git/object_store.h"

namespace leaksift {

// Objects are counted through: those of each pack in the order of its index,
// then the loose ones. Ids stay where they are; a byte of memory for each that
// is there, and four more where packs are several or an index is not in order.
// An object that is there several times is found under its first number.
// Immutable and safe to share between threads; the store must outlive it.
class ObjectNumbers {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // Ids in memory, so many bytes apart.
  struct Run {
    const char* ids = nullptr;
    size_t stride = 0;
    uint32_t count = 0;
  };

  explicit ObjectNumbers(const ObjectStore& store);
  ObjectNumbers(HashKind hash, std::vector<Run> runs);

  HashKind hash() const { return hash_; }
  uint32_t size() const { return begins_.back(); }

  // REQUIRES: number < size()
  std::string_view raw_id(uint32_t number) const;
  // Which pack it is in; behind the last one: it is loose.
  uint32_t run_of(uint32_t number) const;
  // The number of the first in it; of one more than there are: size().
  uint32_t begin_of(uint32_t run) const { return begins_[run]; }

  // kNone: it is not there.
  uint32_t find(const char* raw_id) const;
  uint32_t find(const ObjectId& id) const { return find(id.raw(hash_).data()); }
  // Has the CPU fetch what finding the id begins with.
  void prefetch(const char* raw_id) const;
  // Numbers of ids that stand one behind another; many at once take a third of
  // the time.
  void find_all(std::string_view raw_ids, std::vector<uint32_t>& numbers) const;

 private:
  using Range = std::pair<uint32_t, uint32_t>;

  size_t bucket_of(const char* raw_id) const;
  bool count_buckets();
  void put_in_order();
  Range range_of(const char* raw_id) const;
  uint32_t find_in(Range range, const char* raw_id) const;
  // The one that comes `place`th in the order of ids.
  uint32_t at(uint32_t place) const {
    return order_.empty() ? place : order_[place];
  }

  HashKind hash_;
  std::vector<Run> runs_;
  std::vector<uint32_t> begins_;  // numbers; one more than runs
  // By the leading bits of ids, the first place of those that have them; a
  // search stays within a few lines of the cache.
  std::vector<uint32_t> buckets_;
  unsigned shift_ = 0;
  std::vector<uint32_t> order_;  // numbers by id; empty: they are that already
};

}  // namespace leaksift
