// Numbers as files and networks write them.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace leaksift {

// REQUIRES: four (eight) readable bytes at `from`.
inline uint32_t read_be32(const char* from) {
  uint32_t value;
  std::memcpy(&value, from, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap32(value)
                                                    : value;
}

inline uint64_t read_be64(const char* from) {
  uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap64(value)
                                                    : value;
}

// REQUIRES: four writable bytes at `to`.
inline void write_be32(uint32_t value, char* to) {
  if (std::endian::native == std::endian::little) {
    value = __builtin_bswap32(value);
  }
  std::memcpy(to, &value, sizeof value);
}

}  // namespace leaksift
