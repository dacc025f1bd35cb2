// Enums that are written as words.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace leaksift {

// The value whose word in `words`, which has one for each from 0 on, is `word`;
// nothing where there is none.
template <typename Enum, size_t N>
std::optional<Enum> value_of_word(const std::array<std::string_view, N>& words,
                                  std::string_view word) {
  for (size_t i = 0; i < N; ++i) {
    if (words[i] == word) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace leaksift
