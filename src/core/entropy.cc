#include "core/entropy.h"

#include <array>
#include <bit>
#include <cstdint>
#include <map>

#include "core/utf8.h"

namespace leaksift {
namespace {

// Fixed point with 32 fractional bits.
using Fixed = uint64_t;
constexpr int kFraction = 32;

// log2(n), bit by bit: squaring the mantissa in [1, 2) doubles its logarithm,
// and whether the square passes 2 is the next binary digit.
constexpr Fixed log2_fixed(uint64_t n) {
  const auto whole = static_cast<int>(std::bit_width(n)) - 1;
  uint64_t mantissa = whole > 31 ? n >> (whole - 31) : n << (31 - whole);
  Fixed result = static_cast<Fixed>(whole) << kFraction;
  for (int bit = kFraction - 1; bit >= 0; --bit) {
    mantissa = mantissa * mantissa >> 31;
    if (mantissa >> 32 == 0) continue;
    mantissa >>= 1;
    result |= Fixed{1} << bit;
  }
  return result;
}

constexpr size_t kTableSize = 257;

constexpr auto make_table() {
  std::array<Fixed, kTableSize> table{};
  for (size_t n = 1; n < kTableSize; ++n) table[n] = log2_fixed(n);
  return table;
}

constexpr std::array<Fixed, kTableSize> kLog2 = make_table();

Fixed log2_of(uint64_t n) {
  return n < kTableSize ? kLog2[n] : log2_fixed(n);
}

struct SymbolCounts {
  std::array<uint32_t, 128> ascii{};
  std::map<char32_t, uint32_t> others;

  explicit SymbolCounts(std::string_view text) {
    while (!text.empty()) {
      const Utf8Char c = decode_utf8(text);
      if (c.code < ascii.size()) {
        ++ascii[c.code];
      } else {
        ++others[c.code];
      }
      text.remove_prefix(c.size);
    }
  }
};

}  // namespace

double shannon_entropy(std::string_view text) {
  if (text.empty()) return 0;

  const SymbolCounts counts(text);
  uint64_t symbols = 0;
  Fixed weighted = 0;  // sum of count * log2(count)
  auto add = [&](uint64_t count) {
    symbols += count;
    if (count > 1) weighted += count * log2_of(count);
  };
  for (const uint32_t count : counts.ascii) add(count);
  for (const auto& [code, count] : counts.others) add(count);

  const Fixed total = symbols * log2_of(text.size()) - weighted;
  return static_cast<double>(total) / static_cast<double>(text.size()) /
         static_cast<double>(uint64_t{1} << kFraction);
}

}  // namespace leaksift
