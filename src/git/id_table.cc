#include "git/id_table.h"

#include <algorithm>
#include <bit>

namespace leaksift {

IdTable::IdTable(HashKind hash, size_t expected) : id_size_(id_size(hash)) {
  ids_.reserve(expected);
  slots_.assign(std::bit_ceil(std::max<size_t>(expected, 8) * 2), kNone);
}

// The slot that holds the id, or the empty one where it belongs. The first
// eight bytes of an id are random unless somebody took pains: a few collisions
// cost time, not results.
size_t IdTable::slot_of(const char* raw_id) const {
  uint64_t word;
  std::memcpy(&word, raw_id, sizeof word);
  const size_t mask = slots_.size() - 1;
  for (size_t slot = (word * 0x9e3779b97f4a7c15) >> 20 & mask;;
       slot = (slot + 1) & mask) {
    const uint32_t number = slots_[slot];
    if (number == kNone || std::memcmp(ids_[number], raw_id, id_size_) == 0) {
      return slot;
    }
  }
}

uint32_t IdTable::add(const char* raw_id) {
  if (ids_.size() * 2 >= slots_.size()) grow();
  uint32_t& slot = slots_[slot_of(raw_id)];
  if (slot == kNone) {
    slot = size();
    ids_.push_back(raw_id);
  }
  return slot;
}

uint32_t IdTable::find(const char* raw_id) const {
  return slots_[slot_of(raw_id)];
}

void IdTable::grow() {
  slots_.assign(slots_.size() * 2, kNone);
  for (uint32_t i = 0; i < ids_.size(); ++i) slots_[slot_of(ids_[i])] = i;
}

}  // namespace leaksift
