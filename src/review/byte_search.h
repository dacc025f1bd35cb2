// Looks for many byte strings at once, whatever their number and length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace leaksift {

// Strings made ready, in memory that grows with their number alone: a history
// may hold any number of secrets, which Hyperscan would take half a minute and
// a gigabyte for. Immutable and safe to share between threads.
class ByteSearch {
 public:
  static constexpr size_t kMinBytes = 6;

  // REQUIRES: each has at least kMinBytes
  explicit ByteSearch(std::vector<std::string> strings);

  const std::vector<std::string>& strings() const { return strings_; }

 private:
  friend class ByteSearcher;

  // How a string lies around its key.
  struct Shape {
    uint32_t before = 0;  // bytes in front of the key
    uint32_t size = 0;    // of the string
    friend bool operator==(const Shape&, const Shape&) = default;
  };

  // Of kMinBytes bytes. REQUIRES: eight can be read.
  static uint64_t key_of_eight(const char* bytes);
  static uint64_t key_of(std::string_view bytes);
  uint64_t slot_of(uint64_t key) const { return key * kMix >> shift_; }
  bool may_be_key(uint64_t key) const {
    const uint64_t slot = slot_of(key);
    return (filter_[slot >> 6] >> (slot & 63) & 1) != 0;
  }

  static constexpr uint64_t kMix = 0x9e3779b97f4a7c15;

  std::vector<std::string> strings_;
  // Which keys there may be: a bit for each slot, one in 32 or fewer set.
  std::vector<uint64_t> filter_;
  int shift_ = 0;
  // By key. Strings of one shape are told apart by their bytes in one step,
  // however many there are.
  std::unordered_map<uint64_t, std::vector<Shape>> shapes_;
  std::unordered_multimap<std::string_view, uint32_t> by_bytes_;
};

// Searches with a ByteSearch, which must outlive it. Not thread-safe.
class ByteSearcher {
 public:
  explicit ByteSearcher(const ByteSearch& search);

  // Calls `each` once with the index of each string that stands in `text` and
  // has at least `min_bytes`.
  void find(std::string_view text, size_t min_bytes,
            const std::function<void(uint32_t)>& each);

 private:
  void find_around(std::string_view text, size_t at, size_t min_bytes,
                   const std::function<void(uint32_t)>& each);

  const ByteSearch& search_;
  std::vector<uint64_t> found_in_;  // by string: the last text it stood in
  uint64_t text_number_ = 0;
};

}  // namespace leaksift
