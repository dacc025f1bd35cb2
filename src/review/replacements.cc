#include "review/replacements.h"

#include <algorithm>
#include <optional>

#include "core/ascii.h"
#include "core/digest.h"
#include "core/text.h"

namespace leaksift {
namespace {

constexpr std::string_view kArrow = "==>";
constexpr std::string_view kLiteral = "literal:";
constexpr std::string_view kRegex = "regex:";
constexpr std::string_view kLineEnd = "\\r*\\n";
constexpr std::string_view kBefore = "***REMOVED-";
constexpr std::string_view kBehind = "***";

bool has_line_end(std::string_view bytes) {
  return bytes.find_first_of("\r\n") != std::string_view::npos;
}

// Line ends as "\n", whatever number of "\r" they have: the regex takes all.
std::string with_short_line_ends(std::string_view bytes) {
  std::string result;
  for (const char c : bytes) {
    if (c == '\n') {
      while (result.ends_with('\r')) result.pop_back();
    }
    result.push_back(c);
  }
  return result;
}

// A regex of Python's that matches these bytes alone, with either line ends.
std::string regex_of(std::string_view bytes) {
  std::string regex;
  for (const char c : bytes) {
    if (is_alphanumeric(c)) {
      regex.push_back(c);
    } else if (c == '\n') {
      regex += kLineEnd;
    } else {
      regex += "\\x" + to_hex(std::string_view(&c, 1));
    }
  }
  return regex;
}

// The inverse of regex_of().
std::optional<std::string> bytes_of(std::string_view regex) {
  std::string bytes;
  while (!regex.empty()) {
    if (is_alphanumeric(regex.front())) {
      bytes.push_back(regex.front());
      regex.remove_prefix(1);
    } else if (regex.starts_with(kLineEnd)) {
      bytes.push_back('\n');
      regex.remove_prefix(kLineEnd.size());
    } else {
      const std::string byte =
          regex.starts_with("\\x") ? from_hex(regex.substr(2, 2)) : "";
      if (byte.empty()) return std::nullopt;
      bytes += byte;
      regex.remove_prefix(4);
    }
  }
  return bytes;
}

Result<Replacement> read_line(std::string_view line) {
  const size_t arrow = line.rfind(kArrow);
  if (arrow == std::string_view::npos) return Error("no ==>");
  std::string_view tag = line.substr(arrow + kArrow.size());
  if (tag.starts_with(kBefore) && tag.ends_with(kBehind) &&
      tag.size() > kBefore.size() + kBehind.size()) {
    tag.remove_prefix(kBefore.size());
    tag.remove_suffix(kBehind.size());
  }
  const std::string_view what = line.substr(0, arrow);
  if (what.starts_with(kLiteral) && what.size() > kLiteral.size()) {
    return Replacement{std::string(what.substr(kLiteral.size())),
                       std::string(tag)};
  }
  if (!what.starts_with(kRegex)) return Error("neither literal: nor regex:");
  std::optional<std::string> bytes = bytes_of(what.substr(kRegex.size()));
  if (!bytes || bytes->empty()) {
    return Error("not a regex that leaksift wrote");
  }
  return Replacement{*std::move(bytes), std::string(tag)};
}

bool comes_first(const Replacement& a, const Replacement& b) {
  if (a.bytes.size() != b.bytes.size()) return a.bytes.size() > b.bytes.size();
  return a.bytes != b.bytes ? a.bytes < b.bytes : a.tag < b.tag;
}

void sort_and_dedupe(std::vector<Replacement>& all) {
  std::sort(all.begin(), all.end(), comes_first);
  all.erase(std::unique(all.begin(), all.end(),
                        [](const auto& a, const auto& b) {
                          return a.bytes == b.bytes;
                        }),
            all.end());
}

}  // namespace

std::string placeholder(std::string_view tag) {
  return std::string(kBefore) + std::string(tag) + std::string(kBehind);
}

std::string without_placeholders(std::string_view text) {
  constexpr std::string_view kCore = "REMOVED-";
  std::string result;
  for (;;) {
    const size_t core = text.find(kCore);
    result += text.substr(0, core);
    if (core == std::string_view::npos) return result;
    const std::string_view tag = text.substr(core + kCore.size());
    const size_t digits =
        std::min(tag.find_first_not_of("0123456789abcdef"), tag.size());
    if (digits == 0) {
      result += kCore;
      text = tag;
      continue;
    }
    if (result.ends_with(kBehind))
      result.resize(result.size() - kBehind.size());
    text = tag.substr(digits);
    if (text.starts_with(kBehind)) text.remove_prefix(kBehind.size());
  }
}

std::string write_replacements(std::vector<Replacement> all) {
  for (Replacement& one : all) one.bytes = with_short_line_ends(one.bytes);
  sort_and_dedupe(all);
  // All that must be a regex, to tell what is a part of one: applied before it
  // as a literal, that would leave the rest of it standing.
  std::string in_lines;
  for (const Replacement& one : all) {
    if (has_line_end(one.bytes)) in_lines += one.bytes + '\n';
  }
  std::string literals;
  std::string regexes;
  for (const Replacement& one : all) {
    const std::string end = std::string(kArrow) + placeholder(one.tag) + '\n';
    if (in_lines.find(one.bytes) == std::string::npos) {
      literals += std::string(kLiteral) + one.bytes + end;
    } else {
      regexes += std::string(kRegex) + regex_of(one.bytes) + end;
    }
  }
  return literals + regexes;
}

Result<std::vector<Replacement>> read_replacements(std::string_view text,
                                                   const std::string& file) {
  std::vector<Replacement> all;
  size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    Result<Replacement> one = read_line(line);
    if (!one) {
      return std::move(one).error().in(file + ":" + std::to_string(number));
    }
    all.push_back(*std::move(one));
  }
  sort_and_dedupe(all);
  return all;
}

}  // namespace leaksift
