#include "check/bech32.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "core/ascii.h"
#include "core/text.h"

namespace leaksift {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr size_t kCheckCharacters = 6;

// One step of the BCH code over GF(32).
uint32_t add(uint32_t sum, uint32_t value) {
  constexpr std::array<uint32_t, 5> kGenerator = {
      0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  const uint32_t top = sum >> 25;
  sum = (sum & 0x1ffffff) << 5 ^ value;
  for (size_t i = 0; i < kGenerator.size(); ++i) {
    if ((top >> i & 1) != 0) sum ^= kGenerator[i];
  }
  return sum;
}

}  // namespace

Bech32 bech32_kind(std::string_view text) {
  const std::string lower = ascii_lower(text);
  const bool mixed =
      text != lower && std::any_of(text.begin(), text.end(), is_lower);
  const size_t separator = lower.rfind('1');
  if (mixed || separator == std::string::npos || separator == 0 ||
      lower.size() - separator <= kCheckCharacters) {
    return Bech32::kNone;
  }
  const std::string_view prefix = std::string_view(lower).substr(0, separator);
  uint32_t sum = 1;
  for (const char c : prefix) sum = add(sum, static_cast<uint8_t>(c) >> 5);
  sum = add(sum, 0);
  for (const char c : prefix) sum = add(sum, static_cast<uint8_t>(c) & 31);
  for (const char c : std::string_view(lower).substr(separator + 1)) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return Bech32::kNone;
    sum = add(sum, static_cast<uint32_t>(value));
  }
  if (sum == 1) return Bech32::kBech32;
  return sum == 0x2bc830a3 ? Bech32::kBech32m : Bech32::kNone;
}

}  // namespace leaksift
