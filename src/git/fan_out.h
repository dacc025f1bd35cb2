// A fan-out table and the sorted ids behind it, as packs' indexes and
// commit-graphs have them (gitformat-pack, gitformat-commit-graph).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/big_endian.h"

namespace leaksift {

inline constexpr size_t kFanOutSize = 256 * 4;

// How many ids there are; nothing if the table does not ascend to that.
// REQUIRES: kFanOutSize bytes at `fan_out`
inline std::optional<uint32_t> fan_out_count(const char* fan_out) {
  uint32_t last = 0;
  for (size_t i = 0; i < 256; ++i) {
    const uint32_t next = read_be32(fan_out + 4 * i);
    if (next < last) return std::nullopt;
    last = next;
  }
  return last;
}

// The position of an id among those at `ids`, which are `stride` bytes apart.
// REQUIRES: a fan-out table that ascends, and as many ids as it says
inline std::optional<uint32_t> find_by_fan_out(const char* fan_out,
                                               const char* ids, size_t stride,
                                               std::string_view raw_id) {
  const auto first_byte = static_cast<uint8_t>(raw_id[0]);
  uint32_t low =
      first_byte == 0 ? 0 : read_be32(fan_out + 4 * (first_byte - 1));
  uint32_t high = read_be32(fan_out + 4 * first_byte);
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const int order = std::memcmp(ids + uint64_t{middle} * stride,
                                  raw_id.data(), raw_id.size());
    if (order == 0) return middle;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

}  // namespace leaksift
