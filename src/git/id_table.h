// Numbers for object ids.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "git/object_id.h"

namespace leaksift {

// Gives each of a set of ids a number from 0 on, in the order of adding, and
// finds it again. Points at the ids' bytes, which must stay where they are (in
// a mapped index): 24 bytes per id. Immutable once filled, and then safe to
// share between threads.
class IdTable {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  IdTable(HashKind hash, size_t expected);

  // The id's number; a new one if it has none yet.
  uint32_t add(const char* raw_id);
  uint32_t find(const char* raw_id) const;
  // False if the table does not hold the id; else it does, but for one id in
  // four thousand million. Takes one access to memory instead of three.
  bool may_hold(const char* raw_id) const;

  uint32_t size() const { return static_cast<uint32_t>(ids_.size()); }
  std::string_view raw_id(uint32_t number) const {
    return {ids_[number], id_size_};
  }

 private:
  struct Slot {
    uint32_t tag = 0;
    uint32_t number = kNone;  // kNone: empty
  };

  static uint64_t hash_of(const char* raw_id);
  static uint32_t tag_of(uint64_t hash) { return static_cast<uint32_t>(hash); }
  size_t first_slot(uint64_t hash) const {
    return hash >> 32 & (slots_.size() - 1);
  }
  size_t next_slot(size_t slot) const {
    return (slot + 1) & (slots_.size() - 1);
  }
  bool is_id(uint32_t number, const char* raw_id) const;
  size_t slot_of(const char* raw_id) const;
  void grow();

  size_t id_size_;
  std::vector<const char*> ids_;
  std::vector<Slot> slots_;  // a power of two
};

}  // namespace leaksift
