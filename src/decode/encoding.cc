#include "decode/encoding.h"

#include <algorithm>
#include <array>

#include "core/utf8.h"

namespace leaksift {
namespace {

constexpr char32_t kReplacement = 0xfffd;
constexpr char32_t kByteOrderMark = 0xfeff;

struct Units {
  size_t size;  // bytes of one
  bool big_endian;
};

Units units_of(TextEncoding encoding) {
  const bool wide =
      encoding == TextEncoding::kUtf32Le || encoding == TextEncoding::kUtf32Be;
  const bool big =
      encoding == TextEncoding::kUtf16Be || encoding == TextEncoding::kUtf32Be;
  return {wide ? size_t{4} : size_t{2}, big};
}

char32_t unit_at(std::string_view bytes, size_t at, Units units) {
  char32_t unit = 0;
  for (size_t i = 0; i < units.size; ++i) {
    const size_t from = units.big_endian ? i : units.size - 1 - i;
    unit = unit << 8 | static_cast<uint8_t>(bytes[at + from]);
  }
  return unit;
}

bool is_high_surrogate(char32_t c) {
  return c >= 0xd800 && c <= 0xdbff;
}
bool is_low_surrogate(char32_t c) {
  return c >= 0xdc00 && c <= 0xdfff;
}

struct RawChar {
  char32_t code = kReplacement;
  size_t size = 0;  // bytes taken
  bool valid = false;
};

// REQUIRES: !bytes.empty()
RawChar front_char(std::string_view bytes, Units units) {
  if (bytes.size() < units.size) return {kReplacement, bytes.size(), false};
  const char32_t unit = unit_at(bytes, 0, units);
  if (!is_high_surrogate(unit) && !is_low_surrogate(unit)) {
    if (unit > 0x10ffff) return {kReplacement, units.size, false};
    return {unit, units.size, true};
  }
  if (units.size == 2 && is_high_surrogate(unit) && bytes.size() >= 4) {
    const char32_t low = unit_at(bytes, 2, units);
    if (is_low_surrogate(low)) {
      return {0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff)), 4, true};
    }
  }
  return {kReplacement, units.size, false};
}

// Would more bytes behind `bytes` change its front character?
bool is_cut(std::string_view bytes, Units units) {
  if (bytes.size() < units.size) return true;
  return units.size == 2 && bytes.size() < 4 &&
         is_high_surrogate(unit_at(bytes, 0, units));
}

void append_decoded(std::string& out, std::string_view bytes, Units units) {
  while (!bytes.empty()) {
    const RawChar c = front_char(bytes, units);
    append_utf8(out, c.code);
    bytes.remove_prefix(c.size);
  }
}

bool has_mark(std::string_view bytes, Units units) {
  return bytes.size() >= units.size &&
         unit_at(bytes, 0, units) == kByteOrderMark;
}

bool is_control(char32_t c) {
  if (c >= '\t' && c <= '\r') return false;
  return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

// What a sample would be as text in one encoding.
struct Survey {
  size_t characters = 0;
  size_t alphabetic = 0;
  size_t ascii = 0;
};

// Ends where more than a tenth cannot be letters: that is what looks_like()
// allows, and most of what is not text is seen to be none in a few characters.
Survey survey(std::string_view sample, Units units) {
  const size_t most = sample.size() / units.size;
  Survey result;
  while (!sample.empty() && !is_cut(sample, units) &&
         (result.characters - result.alphabetic) * 10 <= most) {
    const RawChar c = front_char(sample, units);
    sample.remove_prefix(c.size);
    ++result.characters;
    if (!c.valid || is_control(c.code)) continue;
    result.alphabetic += c.code < 0x2000 ? 1 : 0;
    result.ascii += c.code < 0x80 ? 1 : 0;
  }
  return result;
}

bool looks_like(TextEncoding encoding, std::string_view sample) {
  const Units units = units_of(encoding);
  const Survey seen = survey(sample, units);
  return seen.characters >= 4 && seen.alphabetic * 10 >= seen.characters * 9 &&
         seen.ascii * (units.size == 2 ? 4 : 2) >= seen.characters;
}

// UTF-32 first: its little-endian mark begins with that of UTF-16.
constexpr std::array<TextEncoding, 4> kCandidates = {
    TextEncoding::kUtf32Le, TextEncoding::kUtf32Be, TextEncoding::kUtf16Le,
    TextEncoding::kUtf16Be};

// The first byte from `at` on that begins a character. Units lie at multiples
// of their size; the second half of a surrogate pair belongs to the first,
// also where that stands before the text.
uint64_t character_start(const Window& raw, uint64_t at, Units units) {
  const uint64_t end = raw.offset + raw.text.size();
  if (at == 0 && has_mark(raw.text, units)) return units.size;
  at = (at + units.size - 1) / units.size * units.size;
  if (at + units.size > end) return end;
  if (units.size != 2 || at == 0) return at;

  const uint64_t place = at - raw.offset;
  if (!is_low_surrogate(unit_at(raw.text, place, units))) return at;
  const bool paired =
      place < 2 || is_high_surrogate(unit_at(raw.text, place - 2, units));
  return paired ? at + 2 : at;
}

// `bytes` without a character at the end that is not all there.
std::string_view without_cut_end(std::string_view bytes, Units units) {
  bytes.remove_suffix(bytes.size() % units.size);
  if (bytes.size() < units.size) return {};
  const std::string_view last = bytes.substr(bytes.size() - units.size);
  if (is_cut(last, units)) bytes.remove_suffix(units.size);
  return bytes;
}

}  // namespace

TextEncoding detect_encoding(std::string_view head) {
  for (const TextEncoding encoding : kCandidates) {
    if (has_mark(head, units_of(encoding))) return encoding;
  }
  const std::string_view sample = head.substr(0, kEncodingSample);
  if (sample.find('\0') == std::string_view::npos) return TextEncoding::kBytes;
  for (const TextEncoding encoding : kCandidates) {
    if (looks_like(encoding, sample)) return encoding;
  }
  return TextEncoding::kBytes;
}

std::string to_utf8(std::string_view bytes, TextEncoding encoding) {
  if (encoding == TextEncoding::kBytes) return std::string(bytes);
  const Units units = units_of(encoding);
  if (has_mark(bytes, units)) bytes.remove_prefix(units.size);
  std::string text;
  text.reserve(bytes.size() / units.size);
  append_decoded(text, bytes, units);
  return text;
}

Window WindowDecoder::decode(const Window& raw) {
  if (encoding_ == TextEncoding::kBytes) return raw;
  const Units units = units_of(encoding_);
  const uint64_t end = raw.offset + raw.text.size();
  const uint64_t begin = character_start(raw, raw.offset, units);
  const uint64_t own_begin = character_start(raw, raw.own.begin, units);
  const uint64_t own_end =
      raw.last ? end : character_start(raw, raw.own.end, units);
  const auto bytes = [&](uint64_t from, uint64_t to) {
    return raw.text.substr(from - raw.offset, to - from);
  };

  text_.clear();
  append_decoded(text_, bytes(begin, own_begin), units);
  const uint64_t lead = text_.size();
  append_decoded(text_, bytes(own_begin, own_end), units);
  const Span own{own_begin_, own_begin_ + text_.size() - lead};
  append_decoded(text_, without_cut_end(bytes(own_end, end), units), units);

  own_begin_ = own.end;
  return {text_, own.begin - lead, own, raw.last};
}

}  // namespace leaksift
