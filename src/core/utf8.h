// Reading and writing UTF-8, one character at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace leaksift {

struct Utf8Char {
  char32_t code = 0;  // a byte that begins no character stands for itself
  uint8_t size = 1;   // bytes taken, 1 to 4
  bool valid = true;
};

// The character at the front of `text`, by RFC 3629: overlong forms,
// surrogates and codes past U+10FFFF are invalid and take one byte.
// REQUIRES: !text.empty()
Utf8Char decode_utf8(std::string_view text);

void append_utf8(std::string& out, char32_t code);

bool is_valid_utf8(std::string_view text);

// Characters in `text`, an invalid byte counting as one.
size_t count_utf8(std::string_view text);

}  // namespace leaksift
