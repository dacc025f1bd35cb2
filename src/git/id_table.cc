#include "git/id_table.h"

#include <algorithm>
#include <bit>

#include "core/digest.h"

namespace leaksift {

IdTable::IdTable(HashKind hash, size_t expected) : id_size_(id_size(hash)) {
  ids_.reserve(expected);
  slots_.assign(std::bit_ceil(std::max<size_t>(expected, 8) * 2), {});
}

// The first eight bytes of an id are random unless somebody took pains: a few
// collisions cost time, not results.
uint64_t IdTable::hash_of(const char* raw_id) {
  uint64_t word;
  std::memcpy(&word, raw_id, sizeof word);
  return word * 0x9e3779b97f4a7c15;
}

bool IdTable::is_id(uint32_t number, const char* raw_id) const {
  // Mostly the very bytes that were added: then they need not be fetched.
  if (ids_[number] == raw_id) return true;
  return id_size_ == kSha1Size
             ? std::memcmp(ids_[number], raw_id, kSha1Size) == 0
             : std::memcmp(ids_[number], raw_id, kSha256Size) == 0;
}

// The slot that holds the id, or the empty one where it belongs.
size_t IdTable::slot_of(const char* raw_id) const {
  const uint64_t hash = hash_of(raw_id);
  size_t slot = first_slot(hash);
  for (;; slot = next_slot(slot)) {
    const Slot& s = slots_[slot];
    if (s.number == kNone) return slot;
    if (s.tag == tag_of(hash) && is_id(s.number, raw_id)) return slot;
  }
}

uint32_t IdTable::add(const char* raw_id) {
  if (ids_.size() * 2 >= slots_.size()) grow();
  Slot& slot = slots_[slot_of(raw_id)];
  if (slot.number == kNone) {
    slot = {tag_of(hash_of(raw_id)), size()};
    ids_.push_back(raw_id);
  }
  return slot.number;
}

uint32_t IdTable::find(const char* raw_id) const {
  return slots_[slot_of(raw_id)].number;
}

bool IdTable::may_hold(const char* raw_id) const {
  const uint64_t hash = hash_of(raw_id);
  size_t slot = first_slot(hash);
  for (; slots_[slot].number != kNone; slot = next_slot(slot)) {
    if (slots_[slot].tag == tag_of(hash)) return true;
  }
  return false;
}

void IdTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (uint32_t i = 0; i < ids_.size(); ++i) {
    const uint64_t hash = hash_of(ids_[i]);
    size_t slot = first_slot(hash);
    while (slots_[slot].number != kNone) slot = next_slot(slot);
    slots_[slot] = {tag_of(hash), i};
  }
}

}  // namespace leaksift
