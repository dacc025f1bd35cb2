// UTF-16 and UTF-32: told apart from bytes, and turned into UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/text_encoding.h"
#include "core/window.h"

namespace leaksift {

// How many bytes of a blob detect_encoding() looks at.
inline constexpr size_t kEncodingSample = 4096;

// The encoding of a blob that begins with `head`: by its byte order mark, else
// by what the sample would be as UTF-16 or UTF-32.
//
// Without a mark, a sample is taken for text in an encoding if it holds a NUL
// byte (text in bytes never does) and, read in that encoding, has at least
// four characters, of which
// - at least 9 in 10 are below U+2000, where the alphabets are, and neither
//   U+0000 nor another control character: binaries are full of these and of
//   numbers that are no character; strings that end in NUL bytes ("abc\0def\0")
//   give CJK characters;
// - at least 1 in 4 (UTF-32: 1 in 2, as tables of small numbers look like it)
//   is printable ASCII or white space, as in all text that can hold a secret.
// CJK text without a mark is therefore not recognised.
//
// The guess can be wrong, and a hostile blob can make it so: text that was
// decoded on this word is to be scanned besides the bytes, not in their place.
TextEncoding detect_encoding(std::string_view head);

// `bytes` as UTF-8, without the byte order mark. What is no character becomes
// U+FFFD and takes one unit (at the very end: what is left of it), so nothing
// behind it is lost.
std::string to_utf8(std::string_view bytes, TextEncoding encoding);

// The margin in raw bytes that gives at least `margin` bytes of decoded text:
// four bytes of UTF-32 may become one, and a cut may have to move to the next
// character.
constexpr uint64_t raw_margin(uint64_t margin) {
  return 4 * margin + 8;
}

// Decodes a blob that comes in windows. The decoded windows are those of the
// decoded blob, in its own offsets. One for each blob; not thread-safe.
class WindowDecoder {
 public:
  explicit WindowDecoder(TextEncoding encoding) : encoding_(encoding) {}

  // The text lives until the next call (for kBytes: as long as raw.text).
  // REQUIRES: windows in order, with raw_margin() of margin or more.
  Window decode(const Window& raw);

 private:
  TextEncoding encoding_;
  uint64_t own_begin_ = 0;  // of the next window, in the decoded blob
  std::string text_;
};

}  // namespace leaksift
