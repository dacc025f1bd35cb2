// Numbers in bytes that the same build reads again.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace leaksift {

template <typename T>
void append_raw(std::string& out, T value) {
  static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// REQUIRES: sizeof(T) bytes at `at`.
template <typename T>
T raw_at(std::string_view bytes, size_t at) {
  T value;
  assert(at + sizeof value <= bytes.size());
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace leaksift
