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
// a mapped index): 14 bytes per id if not more were added than expected.
// Immutable once filled, and then safe to share between threads.
class IdTable {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  IdTable(HashKind hash, size_t expected);

  // The id's number; a new one if it has none yet.
  uint32_t add(const char* raw_id);
  uint32_t find(const char* raw_id) const;

  uint32_t size() const { return static_cast<uint32_t>(ids_.size()); }
  std::string_view raw_id(uint32_t number) const {
    return {ids_[number], id_size_};
  }

 private:
  bool is_id(uint32_t number, const char* raw_id) const;
  size_t slot_of(const char* raw_id) const;
  void make_slots(size_t count);
  uint32_t number_in(uint32_t slot) const { return (slot & mask_) - 1; }

  size_t id_size_;
  std::vector<const char*> ids_;
  // The number plus one in the lower bits, a tag above; zero: empty.
  std::vector<uint32_t> slots_;
  uint32_t mask_ = 0;  // of the lower bits
};

}  // namespace leaksift
