#include "check/checksum.h"

#include <array>
#include <bit>

namespace leaksift {
namespace {

constexpr std::array<uint32_t, 256> kCrc32Table = [] {
  constexpr uint32_t kPolynomial = 0xedb88320;
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = value >> 1 ^ ((value & 1) != 0 ? kPolynomial : 0);
    }
    table[i] = value;
  }
  return table;
}();

class Marvin32 {
 public:
  explicit Marvin32(uint64_t seed)
      : low_(static_cast<uint32_t>(seed)),
        high_(static_cast<uint32_t>(seed >> 32)) {}

  void add(uint32_t value) {
    low_ += value;
    mix();
  }

  uint32_t finish() {
    mix();
    return low_ ^ high_;
  }

 private:
  void mix() {
    high_ ^= low_;
    low_ = std::rotl(low_, 20) + high_;
    high_ = std::rotl(high_, 9) ^ low_;
    low_ = std::rotl(low_, 27) + high_;
    high_ = std::rotl(high_, 19);
  }

  uint32_t low_;
  uint32_t high_;
};

}  // namespace

uint32_t crc32(std::string_view bytes) {
  uint32_t crc = ~uint32_t{0};
  for (const char c : bytes) {
    crc = crc >> 8 ^ kCrc32Table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  }
  return ~crc;
}

uint16_t crc16(std::string_view bytes) {
  constexpr uint32_t kPolynomial = 0x1021;
  uint32_t crc = 0;
  for (const char c : bytes) {
    crc ^= uint32_t{static_cast<unsigned char>(c)} << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc << 1 ^ ((crc & 0x8000) != 0 ? kPolynomial : 0);
    }
  }
  return static_cast<uint16_t>(crc);
}

uint32_t marvin32(std::string_view bytes, uint64_t seed) {
  Marvin32 hash(seed);
  uint32_t value = 0;
  unsigned shift = 0;
  for (const char c : bytes) {
    value |= uint32_t{static_cast<unsigned char>(c)} << shift;
    shift += 8;
    if (shift < 32) continue;
    hash.add(value);
    value = 0;
    shift = 0;
  }
  hash.add(value | uint32_t{0x80} << shift);
  return hash.finish();
}

std::string in_base(std::string_view digits, uint64_t number, size_t width) {
  std::string text;
  while (number > 0 || text.size() < width) {
    text.insert(text.begin(), digits[number % digits.size()]);
    number /= digits.size();
  }
  return text;
}

std::string in_upper_hex(uint32_t number) {
  return in_base("0123456789ABCDEF", number, 8);
}

std::string little_endian(uint32_t number) {
  std::string bytes;
  for (unsigned shift = 0; shift < 32; shift += 8) {
    bytes += static_cast<char>(number >> shift & 0xff);
  }
  return bytes;
}

std::string from_base32(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string bytes;
  uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const size_t value = kDigits.find(c);
    if (value == std::string_view::npos) return {};
    bits = bits << 5 | static_cast<uint32_t>(value);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xff));
  }
  return bytes;
}

}  // namespace leaksift
