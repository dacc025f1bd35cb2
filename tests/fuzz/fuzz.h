// What the fuzz targets share.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace leaksift {

inline std::string_view bytes_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// The input in two parts, at its first NUL byte.
inline std::pair<std::string_view, std::string_view> two_parts(
    std::string_view input) {
  const size_t nul = input.find('\0');
  if (nul == std::string_view::npos) return {input, {}};
  return {input.substr(0, nul), input.substr(nul + 1)};
}

// Stops the fuzzer: what it found is kept.
inline void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace leaksift
