#include "git/id_table.h"

#include <algorithm>
#include <array>
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

// The first slot whose tag says that it holds the id, or an empty one.
size_t IdTable::likely_slot_of(const char* raw_id) const {
  const uint64_t hash = hash_of(raw_id);
  const uint32_t tag = tag_of(hash) & ~mask_;
  size_t slot = first_slot(hash, slots_.size());
  while (slots_[slot] != 0 && (slots_[slot] & ~mask_) != tag) {
    slot = next_slot(slot, slots_.size());
  }
  return slot;
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

// Each id takes three places in memory that no cache holds, one after the
// other: those of a batch are fetched together.
std::vector<uint32_t> IdTable::find_all(const IdList& ids) const {
  constexpr size_t kBatch = 64;
  std::vector<uint32_t> numbers(ids.size());
  std::array<size_t, kBatch> slots{};
  for (size_t begin = 0; begin < ids.size(); begin += kBatch) {
    const size_t count = std::min(kBatch, ids.size() - begin);
    auto raw_id = [&](size_t i) { return ids[begin + i].data(); };
    for (size_t i = 0; i < count; ++i) prefetch(raw_id(i));
    for (size_t i = 0; i < count; ++i) {
      slots[i] = likely_slot_of(raw_id(i));
      if (slots_[slots[i]] != 0) {
        __builtin_prefetch(&ids_[number_in(slots_[slots[i]])]);
      }
    }
    for (size_t i = 0; i < count; ++i) {
      if (slots_[slots[i]] != 0) {
        __builtin_prefetch(ids_[number_in(slots_[slots[i]])]);
      }
    }
    for (size_t i = 0; i < count; ++i) numbers[begin + i] = find(raw_id(i));
  }
  return numbers;
}

void IdTable::prefetch(const char* raw_id) const {
  __builtin_prefetch(&slots_[first_slot(hash_of(raw_id), slots_.size())]);
}

IdSketch::IdSketch(size_t expected) : tags_(slots_for(expected + 1)) {}

size_t IdSketch::slot_of(const char* raw_id) const {
  const uint64_t hash = hash_of(raw_id);
  const uint32_t tag = std::max(tag_of(hash), 1U);
  size_t slot = first_slot(hash, tags_.size());
  while (tags_[slot] != 0 && tags_[slot] != tag) {
    slot = next_slot(slot, tags_.size());
  }
  return slot;
}

void IdSketch::add(const char* raw_id) {
  tags_[slot_of(raw_id)] = std::max(tag_of(hash_of(raw_id)), 1U);
}

bool IdSketch::may_hold(const char* raw_id) const {
  return tags_[slot_of(raw_id)] != 0;
}

}  // namespace leaksift
