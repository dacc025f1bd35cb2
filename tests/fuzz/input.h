// Takes inputs apart, and puts seeds together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace leaksift {

// Every input means something: at its end there are only zeros and empty
// chunks.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    return first;
  }
  bool flag() { return (byte() & 1) != 0; }

  // Seven bits a byte, the lowest first; at most 35 bits.
  uint64_t number() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      const uint8_t next = byte();
      value |= uint64_t{next & 0x7fU} << shift;
      if (next < 0x80) break;
    }
    return value;
  }

  // REQUIRES: limit > 0
  size_t below(size_t limit) { return static_cast<size_t>(number()) % limit; }

  std::string_view take(size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  // Its size, then its bytes.
  std::string_view chunk() { return take(static_cast<size_t>(number())); }

  std::string_view rest() { return take(rest_.size()); }

 private:
  std::string_view rest_;
};

// Writes what Input reads.
class Seed {
 public:
  Seed& byte(unsigned value) {
    bytes_ += static_cast<char>(value);
    return *this;
  }
  Seed& number(uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
      byte(static_cast<unsigned>(value & 0x7f) | 0x80U);
    }
    return byte(static_cast<unsigned>(value));
  }
  Seed& chunk(std::string_view bytes) {
    return number(bytes.size()).raw(bytes);
  }
  Seed& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }

  operator std::string() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace leaksift
