// Which object of a pack is made out of which.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/lists.h"
#include "core/ranked_set.h"
#include "git/object_id.h"
#include "git/pack.h"

namespace leaksift {

// The entries of one pack in the order of their offsets, each with the entries
// that are deltas against it: a forest whose roots are whole objects, or
// deltas against objects of other packs.
//
// Immutable. 9 bytes for each object, 4 more for a delta and for what others
// are made out of; 12 more while it is built. Entries are counted in 32 bits,
// as git's own index does.
class DeltaForest {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // With so many threads.
  explicit DeltaForest(const Pack& pack, unsigned jobs = 1);

  const Pack& pack() const { return *pack_; }
  uint32_t size() const { return static_cast<uint32_t>(positions_.size()); }

  // Where entry i is: in the pack, and in its index.
  uint64_t offset(uint32_t entry) const {
    return high_bits(entry) << 32 | low_offsets_[entry];
  }
  uint64_t end(uint32_t entry) const { return offset(entry + 1); }
  uint32_t index_position(uint32_t entry) const { return positions_[entry]; }

  // Of the object that the root of the entry's tree is; kNone for a tree whose
  // root is in another pack, or damaged.
  ObjectType type(uint32_t entry) const { return types_[entry]; }

  std::span<const uint32_t> children(uint32_t entry) const {
    if (!bases_.contains(entry)) return {};
    return children_.of(bases_.rank(entry));
  }

  // Whole objects.
  const RankedSet& roots() const { return roots_; }

  // Deltas against objects that this pack does not hold.
  const std::vector<uint32_t>& foreign() const { return foreign_; }

  // Entries that cannot be decoded: with a broken header, deltas against one
  // another in a circle or against no entry, and all that is made out of them.
  const std::vector<uint32_t>& damaged() const { return damaged_; }

 private:
  // First entry of each stretch of 2^shift bytes of the pack: finds the entry
  // at an offset in a step or two.
  struct Buckets {
    std::vector<uint32_t> first;
    unsigned shift = 0;
    uint64_t of(uint64_t offset) const { return offset >> shift; }
  };

  Buckets sort_by_offset();
  void keep_offsets();
  std::vector<uint32_t> read_headers(const Buckets& buckets, unsigned jobs);
  uint32_t read_header(uint32_t entry, const Buckets& buckets);
  void find_bases_by_id(std::vector<uint32_t>& base_of);
  void link_children(const std::vector<uint32_t>& base_of);
  void spread_types();
  void find_damaged();
  uint32_t entry_at(uint64_t offset, const Buckets& buckets) const;
  uint64_t high_bits(uint32_t entry) const {
    if (wraps_.empty()) return 0;
    return static_cast<uint64_t>(
        std::upper_bound(wraps_.begin(), wraps_.end(), entry) - wraps_.begin());
  }

  const Pack* pack_;
  // One more than entries: where the last ends.
  std::vector<uint32_t> low_offsets_;
  std::vector<uint32_t> wraps_;  // entries that begin in the next 4 GiB
  std::vector<uint32_t> positions_;
  std::vector<ObjectType> types_;
  RankedSet bases_;           // entries that others are made out of
  Lists<uint32_t> children_;  // by rank in bases_
  RankedSet roots_;
  std::vector<uint32_t> foreign_;
  std::vector<uint32_t> damaged_;
};

}  // namespace leaksift
