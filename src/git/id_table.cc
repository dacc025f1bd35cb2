#include "git/id_table.h"

#include <algorithm>
#include <bit>

#include "core/digest.h"

namespace leaksift {
namespace {

// The first eight bytes of an id are random unless somebody took pains: a few
// collisions cost time, not results.
uint64_t hash_of(const char* raw_id) {
  uint64_t word;
  std::memcpy(&word, raw_id, sizeof word);
  return word * 0x9e3779b97f4a7c15;
}

uint32_t tag_of(uint64_t hash) {
  return static_cast<uint32_t>(hash);
}

// One in three stays empty.
size_t slots_for(size_t count) {
  return std::max<size_t>(count, 8) * 3 / 2;
}

size_t first_slot(uint64_t hash, size_t count) {
  return (hash >> 32) * count >> 32;
}

size_t next_slot(size_t slot, size_t count) {
  return slot + 1 == count ? 0 : slot + 1;
}

}  // namespace

IdTable::IdTable(HashKind hash, size_t expected) : id_size_(id_size(hash)) {
  ids_.reserve(expected);
  make_slots(slots_for(expected));
}

void IdTable::make_slots(size_t count) {
  slots_.assign(count, 0);
  mask_ = static_cast<uint32_t>((uint64_t{1} << std::bit_width(count)) - 1);
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
  const uint32_t tag = tag_of(hash) & ~mask_;
  size_t slot = first_slot(hash, slots_.size());
  for (;; slot = next_slot(slot, slots_.size())) {
    const uint32_t s = slots_[slot];
    if (s == 0) return slot;
    if ((s & ~mask_) == tag && is_id(number_in(s), raw_id)) return slot;
  }
}

uint32_t IdTable::add(const char* raw_id) {
  if (slots_for(ids_.size() + 1) > slots_.size()) {
    make_slots(slots_.size() * 2);
    for (uint32_t i = 0; i < size(); ++i) {
      slots_[slot_of(ids_[i])] = (tag_of(hash_of(ids_[i])) & ~mask_) | (i + 1);
    }
  }
  uint32_t& slot = slots_[slot_of(raw_id)];
  if (slot == 0) {
    slot = (tag_of(hash_of(raw_id)) & ~mask_) | (size() + 1);
    ids_.push_back(raw_id);
  }
  return number_in(slot);
}

uint32_t IdTable::find(const char* raw_id) const {
  const uint32_t slot = slots_[slot_of(raw_id)];
  return slot == 0 ? kNone : number_in(slot);
}

}  // namespace leaksift
