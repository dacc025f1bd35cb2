#include "check/key_text.h"

#include <array>

#include "core/ascii.h"
#include "core/text.h"

namespace leaksift {
namespace {

bool is_base64(char c) {
  return is_alphanumeric(c) || c == '+' || c == '/' || c == '=';
}

struct Escape {
  std::string_view written;  // lower case
  std::string_view meant;
};

// What base64 characters in them do not mean themselves.
constexpr std::array<Escape, 14> kEscapes = {{{"\\n", ""},
                                              {"\\r", ""},
                                              {"\\t", ""},
                                              {"\\u002b", "+"},
                                              {"\\u002f", "/"},
                                              {"\\u003d", "="},
                                              {"<br>", ""},
                                              {"<br/>", ""},
                                              {"<br />", ""},
                                              {"&#10;", ""},
                                              {"&#13;", ""},
                                              {"&#xa;", ""},
                                              {"&#xd;", ""},
                                              {"&#43;", "+"}}};

const Escape* escape_at(std::string_view text) {
  if (text[0] != '\\' && text[0] != '<' && text[0] != '&') return nullptr;
  for (const Escape& escape : kEscapes) {
    const std::string_view here = text.substr(0, escape.written.size());
    if (equal_ignoring_case(here, escape.written)) return &escape;
  }
  return nullptr;
}

// A run that is an operator or begins a comment.
bool is_punctuation(std::string_view run) {
  return run == "+" || run == "/" || run == "//";
}

// What is in quotes, if there are any; `text` begins in them.
std::string quoted_part(std::string_view text) {
  const size_t quote = text.find_first_of("\"'`");
  if (quote == std::string_view::npos) return std::string(text);
  std::string part;
  bool quoted = true;
  for (const char c : text) {
    if (c == text[quote]) {
      quoted = !quoted;
      part += ' ';  // ends a run
    } else if (quoted) {
      part += c;
    }
  }
  return part;
}

// A header of RFC 1421 ("DEK-Info: AES-128-CBC,0A1B…") is a line with a colon.
std::string without_headers(std::string_view body, bool& encrypted) {
  constexpr std::string_view kEncrypted = "Proc-Type: 4,ENCRYPTED";
  constexpr std::string_view kInfo = "DEK-Info:";
  const size_t type = body.find(kEncrypted);
  encrypted = type != std::string_view::npos;
  if (!encrypted) return std::string(body);
  const size_t info = body.find(kInfo, type);
  const size_t from =
      info != std::string_view::npos ? info : type + kEncrypted.size();
  // The value ends with its line, or with an escape that stands for the end.
  const size_t end = body.find_first_of("\r\n\\<&\"'`", from);
  return std::string(
      body.substr(end != std::string_view::npos ? end : body.size()));
}

}  // namespace

std::string base64_of(std::string_view whole) {
  const std::string quoted = quoted_part(whole);
  std::string_view text = quoted;
  std::string base64;
  size_t run = 0;  // where the run of base64 begins that is being taken
  const auto end_run = [&] {
    if (is_punctuation(std::string_view(base64).substr(run))) {
      base64.resize(run);
    }
    run = base64.size();
  };
  while (!text.empty()) {
    if (is_base64(text[0])) {
      base64 += text[0];
      text.remove_prefix(1);
      continue;
    }
    const Escape* escape = escape_at(text);
    if (escape == nullptr || escape->meant.empty()) end_run();
    if (escape != nullptr) base64 += escape->meant;
    text.remove_prefix(escape != nullptr ? escape->written.size() : 1);
  }
  end_run();
  return base64;
}

Pem parse_pem(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kEnd = "-----END ";
  constexpr std::string_view kDashes = "-----";
  constexpr size_t kLongestLabel = 40;
  Pem pem;
  const size_t begin = text.find(kBegin);
  if (begin == std::string_view::npos) return pem;
  text.remove_prefix(begin + kBegin.size());
  const size_t label = text.find(kDashes);
  if (label > kLongestLabel) return pem;
  pem.label = text.substr(0, label);
  text.remove_prefix(label + kDashes.size());
  const size_t end = text.find(kEnd);
  pem.complete = end != std::string_view::npos;
  pem.base64 = base64_of(without_headers(text.substr(0, end), pem.encrypted));
  return pem;
}

}  // namespace leaksift
