#include "review/secret_forms.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/ascii.h"
#include "core/digest.h"
#include "core/text.h"
#include "core/utf8.h"

namespace leaksift {
namespace {

// Below that, an encoding's text is too short to mean anything.
constexpr size_t kMinEncoded = 8;

constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The digits that `bytes` alone decide, where `before` (0 to 2) bytes of
// something else stand in front of them in their group.
std::string base64_core(std::string_view bytes, size_t before) {
  const std::string padded = std::string(before, '\0') + std::string(bytes);
  std::string digits;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : padded) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) {
      digits.push_back(kBase64Digits[bits >> (count - 6) & 63]);
    }
  }
  return digits.substr(before == 0 ? 0 : before + 1);
}

std::string url_alphabet(std::string base64) {
  std::replace(base64.begin(), base64.end(), '+', '-');
  std::replace(base64.begin(), base64.end(), '/', '_');
  return base64;
}

bool is_unreserved(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~';
}

// `text` with each character for which `escape` returns something replaced by
// that.
template <typename Escape>
std::string escaped(std::string_view text, Escape escape) {
  std::string result;
  for (const char c : text) {
    const std::string instead = escape(c);
    result += instead.empty() ? std::string(1, c) : instead;
  }
  return result;
}

std::string percent(std::string_view text, bool upper) {
  return escaped(text, [&](char c) {
    if (is_unreserved(c)) return std::string();
    const std::string digits = to_hex(std::string_view(&c, 1));
    return "%" + (upper ? ascii_upper(digits) : digits);
  });
}

enum class JsonStyle { kPlain, kSlash, kHtml };

// As most writers do; with "\/" as PHP; with <, >, & and ' escaped as Go.
std::string json(std::string_view text, JsonStyle style) {
  return escaped(text, [&](char c) -> std::string {
    if (c == '"' || c == '\\') return std::string("\\") + c;
    if (c == '\n') return "\\n";
    if (c == '\r') return "\\r";
    if (c == '\t') return "\\t";
    if (c == '/' && style == JsonStyle::kSlash) return "\\/";
    const bool html = std::string_view("<>&'").find(c) != std::string::npos;
    if (html && style == JsonStyle::kHtml) {
      return "\\u00" + to_hex(std::string_view(&c, 1));
    }
    return "";
  });
}

std::string in_double_quotes(std::string_view text) {
  return escaped(text, [](char c) {
    const bool special =
        std::string_view("$`\"\\").find(c) != std::string::npos;
    return special ? std::string("\\") + c : std::string();
  });
}

std::string in_single_quotes(std::string_view text) {
  return escaped(text,
                 [](char c) { return c == '\'' ? "'\\''" : std::string(); });
}

std::string without_quotes(std::string_view text) {
  return escaped(text, [](char c) {
    const bool plain =
        is_unreserved(c) || (c & 0x80) != 0 ||
        std::string_view("/:=+,@%\r\n").find(c) != std::string::npos;
    return plain ? std::string() : std::string("\\") + c;
  });
}

std::string xml(std::string_view text) {
  return escaped(text, [](char c) -> std::string {
    switch (c) {
      case '&':
        return "&amp;";
      case '<':
        return "&lt;";
      case '>':
        return "&gt;";
      case '"':
        return "&quot;";
      default:
        return "";
    }
  });
}

// `width` bytes a unit; UTF-8 that is none is taken byte by byte.
std::string utf(std::string_view text, size_t width, bool big_endian) {
  std::string result;
  auto put = [&](uint32_t unit) {
    for (size_t i = 0; i < width; ++i) {
      const size_t byte = big_endian ? width - 1 - i : i;
      result.push_back(static_cast<char>(unit >> (8 * byte) & 0xff));
    }
  };
  for (size_t at = 0; at < text.size();) {
    const Utf8Char next = decode_utf8(text.substr(at));
    at += next.size;
    const uint32_t code = next.code;
    if (width == 2 && code > 0xffff) {
      put(0xd800 + ((code - 0x10000) >> 10));
      put(0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
      put(code);
    }
  }
  return result;
}

std::string with_line_ends(std::string_view text, std::string_view line_end) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n') {
      result += line_end;
    } else {
      result.push_back(text[i]);
    }
  }
  return result;
}

class Collector {
 public:
  void add(SecretForm form, std::string bytes) {
    if (bytes.size() < kMinSecretBytes || !known_.insert(bytes).second) return;
    texts_.push_back({std::move(bytes), form});
  }

  void add_encodings(const std::string& text) {
    add(SecretForm::kUtf16Le, utf(text, 2, false));
    add(SecretForm::kUtf16Be, utf(text, 2, true));
    add(SecretForm::kUtf32Le, utf(text, 4, false));
    add(SecretForm::kUtf32Be, utf(text, 4, true));
    if (text.size() < kMinEncoded) return;
    for (size_t before = 0; before < 3; ++before) {
      const std::string base64 = base64_core(text, before);
      add(SecretForm::kBase64, base64);
      add(SecretForm::kBase64, url_alphabet(base64));
    }
    const std::string hex = to_hex(text);
    add(SecretForm::kHex, hex);
    add(SecretForm::kHex, ascii_upper(hex));
    add(SecretForm::kPercent, percent(text, true));
    add(SecretForm::kPercent, percent(text, false));
    for (const JsonStyle style :
         {JsonStyle::kPlain, JsonStyle::kSlash, JsonStyle::kHtml}) {
      add(SecretForm::kEscaped, json(text, style));
    }
    add(SecretForm::kEscaped, in_double_quotes(text));
    add(SecretForm::kEscaped, in_single_quotes(text));
    add(SecretForm::kEscaped, without_quotes(text));
    add(SecretForm::kEscaped, xml(text));
  }

  std::vector<SecretText> take() { return std::move(texts_); }

 private:
  std::set<std::string> known_;
  std::vector<SecretText> texts_;
};

}  // namespace

std::string_view to_string(SecretForm form) {
  constexpr std::array<std::string_view, 10> kWords = {
      "plain",  "utf-16le", "utf-16be",         "utf-32le", "utf-32be",
      "base64", "hex",      "percent-encoding", "escaped",  "wrapped"};
  return kWords[static_cast<size_t>(form)];
}

TextEncoding encoding_of(SecretForm form) {
  switch (form) {
    case SecretForm::kUtf16Le:
      return TextEncoding::kUtf16Le;
    case SecretForm::kUtf16Be:
      return TextEncoding::kUtf16Be;
    case SecretForm::kUtf32Le:
      return TextEncoding::kUtf32Le;
    case SecretForm::kUtf32Be:
      return TextEncoding::kUtf32Be;
    default:
      return TextEncoding::kBytes;
  }
}

std::vector<SecretText> forms_of(std::string_view secret) {
  const std::vector<std::string> plain = {std::string(secret),
                                          with_line_ends(secret, "\n"),
                                          with_line_ends(secret, "\r\n")};
  Collector forms;
  for (const std::string& text : plain) forms.add(SecretForm::kPlain, text);
  for (const std::string& text : plain) forms.add_encodings(text);
  std::string bare;
  unwrap(secret, '\0', bare);
  if (bare.size() >= kMinWrappedBytes) {
    forms.add(SecretForm::kWrapped, std::move(bare));
  }
  return forms.take();
}

void unwrap(std::string_view text, char before, std::string& out) {
  // Without a branch: this is run over all of a history.
  static constexpr auto kKinds = [] {
    std::array<uint8_t, 256> kinds{};
    for (const char c : {' ', '\t', '\r', '\n', '"', '\'', '\\'}) {
      kinds[static_cast<unsigned char>(c)] = 1;  // never kept
    }
    for (const char c : {'n', 'r', 't'}) {
      kinds[static_cast<unsigned char>(c)] = 2;  // not behind a backslash
    }
    return kinds;
  }();
  const size_t had = out.size();
  out.resize(had + text.size());
  char* to = out.data() + had;
  uint8_t dropped = before == '\\' ? 3 : 1;
  for (const char c : text) {
    *to = c;
    to += (kKinds[static_cast<unsigned char>(c)] & dropped) == 0 ? 1 : 0;
    dropped = c == '\\' ? 3 : 1;
  }
  out.resize(static_cast<size_t>(to - out.data()));
}

}  // namespace leaksift
