// Which object of a pack is made out of which.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "git/object_id.h"
#include "git/pack.h"

namespace leaksift {

// The entries of one pack in the order of their offsets, each with the entries
// that are deltas against it: a forest whose roots are whole objects, or
// deltas against objects of other packs.
//
// Immutable. 25 bytes per object. Entries are counted in 32 bits, as git's own
// index does.
class DeltaForest {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  explicit DeltaForest(const Pack& pack);

  const Pack& pack() const { return *pack_; }
  uint32_t size() const { return static_cast<uint32_t>(positions_.size()); }

  // Where entry i is: in the pack, and in its index.
  uint64_t offset(uint32_t entry) const { return offsets_[entry]; }
  uint64_t end(uint32_t entry) const { return offsets_[entry + 1]; }
  uint32_t index_position(uint32_t entry) const { return positions_[entry]; }

  // Of the object that the root of the entry's tree is; kNone for a tree whose
  // root is in another pack, or damaged.
  ObjectType type(uint32_t entry) const { return types_[entry]; }

  std::span<const uint32_t> children(uint32_t entry) const {
    return {children_.data() + first_child_[entry],
            children_.data() + first_child_[entry + 1]};
  }

  // Whole objects, in order of offset.
  const std::vector<uint32_t>& roots() const { return roots_; }

  // Deltas against objects that this pack does not hold.
  struct ForeignDelta {
    uint32_t entry;
    ObjectId base;
  };
  const std::vector<ForeignDelta>& foreign() const { return foreign_; }

  // Entries that cannot be decoded: with a broken header, deltas against one
  // another in a circle or against no entry, and all that is made out of them.
  const std::vector<uint32_t>& damaged() const { return damaged_; }

 private:
  void sort_by_offset();
  void read_headers();
  void link_children(const std::vector<uint32_t>& base_of);
  void spread_types();
  void find_damaged();
  uint32_t entry_at(uint64_t offset) const;
  uint64_t bucket_of(uint64_t offset) const { return offset >> bucket_shift_; }

  const Pack* pack_;
  std::vector<uint64_t> offsets_;  // one more than entries: where the last ends
  std::vector<uint32_t> positions_;
  std::vector<ObjectType> types_;
  std::vector<uint32_t> first_child_;  // one more than entries
  std::vector<uint32_t> children_;
  std::vector<uint32_t> roots_;
  std::vector<ForeignDelta> foreign_;
  std::vector<uint32_t> damaged_;

  // First entry of each stretch of 2^bucket_shift_ bytes of the pack: finds the
  // entry at an offset in a step or two.
  std::vector<uint32_t> bucket_first_;
  unsigned bucket_shift_ = 0;
};

}  // namespace leaksift
