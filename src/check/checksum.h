// Checksums and number systems that the makers of tokens use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace leaksift {

inline constexpr std::string_view kBase36 =
    "0123456789abcdefghijklmnopqrstuvwxyz";
inline constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// As in zlib, PNG and Ethernet (IEEE 802.3).
uint32_t crc32(std::string_view bytes);

// CRC-16/XMODEM.
uint16_t crc16(std::string_view bytes);

// Marvin32, both halves folded into one; `seed` as its designers write it.
uint32_t marvin32(std::string_view bytes, uint64_t seed);

// `number` in as many digits as `digits` has, at least `width` of them.
std::string in_base(std::string_view digits, uint64_t number, size_t width);

// Eight digits, upper case.
std::string in_upper_hex(uint32_t number);

// Its four bytes, the lowest first.
std::string little_endian(uint32_t number);

// The bytes that `text` spells in base32 (RFC 4648, upper case, not padded),
// empty when it does not. Bits beyond the last byte are not looked at.
std::string from_base32(std::string_view text);

}  // namespace leaksift
