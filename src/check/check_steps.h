// What the check digits of many countries have in common.
#pragma once

#include <string_view>

#include "check/digits.h"

namespace leaksift {

// Check characters by remainder, as CheckStep::checks wants them. The remainder
// itself; modulo 11 ten has no digit.
inline constexpr std::string_view kRemainder10 = "0123456789";
inline constexpr std::string_view kRemainder11 = "0123456789 ";
inline constexpr std::string_view kRemainder11Ten0 = "01234567890";
// What is missing to the modulus.
inline constexpr std::string_view kMissing10 = "0987654321";
inline constexpr std::string_view kMissing11 = "0 987654321";
inline constexpr std::string_view kMissing11Ten0 = "00987654321";
inline constexpr std::string_view kMissing36 =
    "0ZYXWVUTSRQPONMLKJIHGFEDCBA987654321";

// Luhn's over the first so many characters, the last of them the check digit.
constexpr CheckStep luhn_step(int size) {
  return {.weights = size % 2 == 1 ? "1 2" : "2 1",
          .modulus = 10,
          .checks = kMissing10,
          .at = size - 1,
          .digit_sums = true};
}

}  // namespace leaksift
