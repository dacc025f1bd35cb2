#include "decode/encoding.h"

#include <iconv.h>

#include <random>

#include "core/utf8.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

using enum TextEncoding;
using namespace std::string_view_literals;

const std::vector<TextEncoding> kAll = {kUtf16Le, kUtf16Be, kUtf32Le, kUtf32Be};

const char* iconv_name(TextEncoding encoding) {
  const char* names[] = {"", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"};
  return names[static_cast<size_t>(encoding)];
}

// What the C library makes of it, without a byte order mark.
std::string encoded(std::string_view utf8, TextEncoding encoding) {
  const iconv_t converter = ::iconv_open(iconv_name(encoding), "UTF-8");
  REQUIRE(converter != reinterpret_cast<iconv_t>(-1));
  std::string out(utf8.size() * 4 + 4, '\0');
  char* from = const_cast<char*>(utf8.data());
  char* to = out.data();
  size_t from_left = utf8.size(), to_left = out.size();
  REQUIRE(::iconv(converter, &from, &from_left, &to, &to_left) !=
          static_cast<size_t>(-1));
  ::iconv_close(converter);
  out.resize(out.size() - to_left);
  return out;
}

std::string random_text(std::mt19937& random, size_t characters) {
  std::string text;
  while (characters > 0) {
    const char32_t limits[] = {0x80, 0x800, 0x10000, 0x110000};
    const auto c = static_cast<char32_t>(random() % limits[random() % 4]);
    if ((c >= 0xd800 && c <= 0xdfff) || c == 0xfeff) continue;
    append_utf8(text, c);
    --characters;
  }
  return text;
}

// Cuts `raw` as WindowReader does, decodes each window, checks that they fit
// together, and returns what they own.
std::string decode_in_windows(std::string_view raw, TextEncoding encoding,
                              uint64_t step, uint64_t margin) {
  WindowDecoder decoder(encoding);
  std::string text;
  for (uint64_t begin = 0;;) {
    const uint64_t own_end = std::min<uint64_t>(begin + step, raw.size());
    const uint64_t first = begin - std::min(begin, margin);
    const uint64_t end = std::min<uint64_t>(own_end + margin, raw.size());
    const bool last = own_end == raw.size();
    const Window window = decoder.decode(
        {raw.substr(first, end - first), first, {begin, own_end}, last});
    REQUIRE(window.own.begin == text.size());
    REQUIRE(window.last == last);
    const uint64_t lead = window.own.begin - window.offset;
    REQUIRE(window.text.substr(0, lead) ==
            std::string_view(text).substr(window.offset));
    if (first > 0) REQUIRE(raw_margin(lead + 1) > margin);
    text += window.text.substr(lead, window.own.size());
    if (last) return text;
    begin = own_end;
  }
}

std::string with_mark(std::string_view utf8, TextEncoding encoding) {
  return encoded("\xef\xbb\xbf" + std::string(utf8), encoding);
}

}  // namespace

TEST_CASE("text decodes to what the C library makes of it",
          "[decode][encoding]") {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const std::string text = random_text(random, random() % 100);
    for (const TextEncoding encoding : kAll) {
      CHECK(to_utf8(encoded(text, encoding), encoding) == text);
      CHECK(to_utf8(with_mark(text, encoding), encoding) == text);
    }
  }
}

TEST_CASE("bytes stay as they are", "[decode][encoding]") {
  CHECK(to_utf8("a\xff\0b"sv, kBytes) == "a\xff\0b"sv);
}

TEST_CASE("what is no character is replaced and nothing behind it is lost",
          "[decode][encoding]") {
  auto [encoding, raw, text] =
      GENERATE(table<TextEncoding, std::string_view, std::string_view>({
          {kUtf16Le, "a\0\x00\xd8z\0"sv, "a\xef\xbf\xbdz"},  // high alone
          {kUtf16Le, "a\0\x00\xdcz\0"sv, "a\xef\xbf\xbdz"},  // low alone
          {kUtf16Le, "\x00\xd8\x00\xd8\x00\xdc"sv,
           "\xef\xbf\xbd\xf0\x90\x80\x80"},
          {kUtf16Le, "a\0\x3d\xd8"sv, "a\xef\xbf\xbd"},  // cut in a pair
          {kUtf16Le, "a\0b"sv, "a\xef\xbf\xbd"},
          {kUtf16Be, "\0a\xd8\x3d\xdc\0\0"sv, "a\xf0\x9f\x90\x80\xef\xbf\xbd"},
          {kUtf16Le, "a\0\0\0b\0"sv, "a\0b"sv},
          {kUtf32Le, "\0\0\x11\0a\0\0\0"sv,
           "\xef\xbf\xbd"
           "a"},
          {kUtf32Le, "\0\xd8\0\0a\0\0\0"sv,
           "\xef\xbf\xbd"
           "a"},
          {kUtf32Be, "\0\0\0a\0\0"sv, "a\xef\xbf\xbd"},
          {kUtf16Le, ""sv, ""sv},
          {kUtf16Le, "\xff\xfe"sv, ""sv},
          // Only the first mark is one.
          {kUtf16Le, "\xff\xfe\xff\xfe"sv, "\xef\xbb\xbf"},
      }));
  CHECK(to_utf8(raw, encoding) == text);
}

TEST_CASE("windows decode to the same text as the whole",
          "[decode][encoding]") {
  std::mt19937 random(5);
  for (int round = 0; round < 60; ++round) {
    const std::string text = random_text(random, 60);
    for (const TextEncoding encoding : kAll) {
      std::string raw =
          round % 2 == 0 ? encoded(text, encoding) : with_mark(text, encoding);
      // Damage, so that pairs are torn; and an end within a unit.
      for (int i = 0; i < round % 5; ++i) {
        raw[random() % raw.size()] = static_cast<char>(0xd8 + random() % 8);
      }
      if (round % 3 == 0) raw.pop_back();
      const std::string whole = to_utf8(raw, encoding);
      for (const uint64_t step : {1U, 2U, 3U, 7U, 8U, 50U, 1000U}) {
        for (const uint64_t margin : {8U, 9U, 16U, 40U}) {
          CAPTURE(round, encoding, step, margin);
          REQUIRE(decode_in_windows(raw, encoding, step, margin) == whole);
        }
      }
    }
  }
}

TEST_CASE("an encoding is recognised by its byte order mark",
          "[decode][encoding]") {
  for (const TextEncoding encoding : kAll) {
    CHECK(detect_encoding(with_mark("x", encoding)) == encoding);
    CHECK(detect_encoding(with_mark("\xe4\xb8\xad\xe6\x96\x87", encoding)) ==
          encoding);
  }
  CHECK(detect_encoding("\xff\xfe") == kUtf16Le);
  CHECK(detect_encoding("\xef\xbb\xbftext") == kBytes);
}

TEST_CASE("text is recognised without a byte order mark",
          "[decode][encoding]") {
  const std::string_view text =
      GENERATE("key = value\r\n"sv, "password"sv,
               "Gr\xc3\xbc\xc3\x9f Gott, na\xc3\xafve"sv,
               "\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c = secret"sv,
               "# \xf0\x9f\x94\x91 key: the one for production use\n"sv);
  const TextEncoding encoding =
      GENERATE(kUtf16Le, kUtf16Be, kUtf32Le, kUtf32Be);
  CAPTURE(text, encoding);
  CHECK(detect_encoding(encoded(text, encoding)) == encoding);
  std::string large;
  while (large.size() < 3 * kEncodingSample) large += text;
  CHECK(detect_encoding(encoded(large, encoding)) == encoding);
}

TEST_CASE("bytes and binaries are not taken for UTF-16 or UTF-32",
          "[decode][encoding]") {
  std::string counters, small, sizes, offsets, names;
  for (int i = 0; i < 1000; ++i) {
    counters += {static_cast<char>(i), static_cast<char>(i >> 8)};
    small += {static_cast<char>(i), '\0'};
    const int size = 32 + i % 368;
    sizes += {static_cast<char>(size), static_cast<char>(size >> 8), 0, 0};
    offsets += {static_cast<char>(i * 64), static_cast<char>(i >> 2), 0, 0};
    names += "abc" + std::string(1, '\0');
  }
  std::mt19937 random(9);
  std::string noise;
  for (int i = 0; i < 5000; ++i) noise += static_cast<char>(random());
  const std::vector<std::string> blobs = {
      "",
      "text",
      std::string(4, '\0'),
      std::string(5000, '\0'),
      counters,
      small,
      sizes,
      offsets,
      names,
      noise,
      "MZ" + std::string(9, '\0') + "This program cannot be run",
      std::string("usr\0bin\0etc\0home\0", 17),
      "plain text that has one" + std::string(1, '\0') + "byte too many"};
  for (const std::string& blob : blobs) {
    CAPTURE(blob.substr(0, 20));
    CHECK(detect_encoding(blob) == kBytes);
  }
}
