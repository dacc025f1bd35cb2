#include "findings/ignore_file.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/ascii.h"
#include "core/text.h"
#include "findings/fingerprint.h"

namespace leaksift {
namespace {

// Shortest run of hexadecimal digits that is taken for a fingerprint with a
// slip in it rather than for a file name.
constexpr size_t kLikeFingerprint = 16;

constexpr std::string_view kAnything;  // of an entry for paths alone

std::string key_of_occurrence(std::string_view id) {
  return "occurrence:" + std::string(id);
}

std::string key_of_rule(std::string_view id) {
  return "rule:" + std::string(id);
}

std::string key_of_line(std::string_view rule_id, std::string_view path,
                        uint32_t line) {
  return "line:" + std::string(rule_id) + ":" + std::to_string(line) + ":" +
         std::string(path);
}

std::string_view without_dot(std::string_view path) {
  if (path.starts_with("./")) path.remove_prefix(2);
  return path;
}

// `path` from `folder` on; nothing for one that is not in it.
std::optional<std::string_view> path_in(std::string_view folder,
                                        std::string_view path) {
  if (folder.empty()) return path;
  if (!path.starts_with(folder)) return std::nullopt;
  path.remove_prefix(folder.size());
  if (!folder.ends_with('/')) {
    if (!path.starts_with('/')) return std::nullopt;
    path.remove_prefix(1);
  }
  return path;
}

// All that an entry can call this occurrence, whose path from the entry's
// folder on is `inner`.
std::vector<std::string> keys_of(const Finding& finding,
                                 const Occurrence& occurrence,
                                 const std::optional<std::string_view>& inner) {
  const std::string& rule = finding.rule->id;
  const uint32_t line = occurrence.begin.line;
  std::vector<std::string> keys = {
      finding.fingerprint, key_of_occurrence(occurrence.id), key_of_rule(rule),
      std::string(kAnything),
      key_of_line(rule, without_dot(occurrence.path), line)};
  if (inner) keys.push_back(key_of_line(rule, *inner, line));
  return keys;
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_hex_digit);
}

// Without the " # reason" behind an entry.
std::string_view without_reason(std::string_view line) {
  for (size_t at = line.find('#'); at != std::string_view::npos;
       at = line.find('#', at + 1)) {
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') {
      return trimmed(line.substr(0, at));
    }
  }
  return trimmed(line);
}

struct Line {
  std::string_view text;
  std::string source;  // file:line
};

// The lines of an ignore file that say something.
std::vector<Line> lines_of(std::string_view text, const std::string& file) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  std::vector<Line> lines;
  size_t number = 0;
  for (const std::string_view whole : split(text, '\n')) {
    ++number;
    const std::string_view line = trimmed(whole);
    if (line.empty() || line.starts_with('#')) continue;
    lines.push_back({line, file + ":" + std::to_string(number)});
  }
  return lines;
}

// Of "rule:x" where "rules:x" was typed.
Status check_for_slips(std::string_view line) {
  if (is_hex(line) && line.size() >= kLikeFingerprint) {
    return Error(std::to_string(line.size()) +
                 " hexadecimal digits; a fingerprint has 32 (begin a path "
                 "with '/')");
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Ok{};
  const std::string_view word = line.substr(0, colon + 1);
  const std::string hint = did_you_mean(word, {"rule:", "occurrence:"});
  if (hint.empty()) return Ok{};
  return Error("'" + std::string(word) + "'" + hint +
               " (begin a path with '/')");
}

std::optional<uint32_t> parse_number(std::string_view text) {
  uint32_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

}  // namespace

Result<IgnoreList::Entry> IgnoreList::parse_leaksift(std::string_view line) {
  constexpr std::string_view kRule = "rule:";
  constexpr std::string_view kOccurrence = "occurrence:";
  Entry entry;
  if (const std::string hash = ascii_lower(line); is_fingerprint(hash)) {
    entry.key = hash;
    return entry;
  }
  if (line.starts_with(kOccurrence)) {
    const std::string id =
        ascii_lower(trimmed(line.substr(kOccurrence.size())));
    if (!is_fingerprint(id)) {
      return Error("an occurrence's id is 32 hexadecimal digits");
    }
    entry.key = key_of_occurrence(id);
    return entry;
  }
  std::string_view glob = line;
  if (line.starts_with(kRule)) {
    const std::string_view rest = trimmed(line.substr(kRule.size()));
    const std::string_view id = rest.substr(0, rest.find_first_of(" \t"));
    if (id.empty()) return Error("'rule:' needs the id of a rule");
    entry.key = key_of_rule(id);
    glob = trimmed(rest.substr(id.size()));
    if (glob.empty()) return entry;
  } else if (Status slip = check_for_slips(line); !slip) {
    return std::move(slip).error();
  }
  Result<PathGlob> parsed = PathGlob::parse(glob);
  if (!parsed) return std::move(parsed).error();
  entry.glob = *std::move(parsed);
  return entry;
}

Result<IgnoreList::Entry> IgnoreList::parse_gitleaks(std::string_view line) {
  const Error bad(
      "neither commit:file:rule-id:start-line nor file:rule-id:start-line");
  // From the right: a path may hold colons.
  const size_t before_line = line.rfind(':');
  if (before_line == std::string_view::npos || before_line == 0) return bad;
  const size_t before_rule = line.rfind(':', before_line - 1);
  if (before_rule == std::string_view::npos) return bad;
  std::string path(line.substr(0, before_rule));
  const std::string_view rule_id =
      line.substr(before_rule + 1, before_line - before_rule - 1);
  const std::optional<uint32_t> number =
      parse_number(line.substr(before_line + 1));
  if (rule_id.empty() || !number) return bad;

  Entry entry;
  const size_t colon = path.find(':');
  const bool has_commit = (colon == 40 || colon == 64) &&
                          is_hex(std::string_view(path).substr(0, colon));
  if (has_commit) {
    entry.commit = ascii_lower(path.substr(0, colon));
    path.erase(0, colon + 1);
  }
  if (path.empty()) return bad;
  std::replace(path.begin(), path.end(), '\\', '/');
  entry.key = key_of_line(rule_id, without_dot(path), *number);
  return entry;
}

Status IgnoreList::add_leaksift(std::string_view text,
                                const std::string& file) {
  for (const Line& line : lines_of(text, file)) {
    const std::string_view content = without_reason(line.text);
    Result<Entry> entry = parse_leaksift(content);
    if (!entry) return std::move(entry).error().in(line.source);
    add(*std::move(entry), line.source, content);
  }
  return Ok{};
}

std::vector<std::string> IgnoreList::add_gitleaks(std::string_view text,
                                                  const std::string& file) {
  std::vector<std::string> warnings;
  for (const Line& line : lines_of(text, file)) {
    Result<Entry> entry = parse_gitleaks(line.text);
    if (entry) {
      add(*std::move(entry), line.source, line.text);
    } else {
      warnings.push_back(std::move(entry).error().in(line.source).message());
    }
  }
  return warnings;
}

void IgnoreList::add(Entry entry, std::string source, std::string_view text) {
  entry.source = std::move(source);
  entry.text = text;
  index_.emplace(entry.key, entries_.size());
  entries_.push_back(std::move(entry));
}

std::vector<std::string> IgnoreList::apply(std::vector<Finding>& findings,
                                           bool in_history) const {
  std::vector<bool> named(entries_.size(), false);
  for (Finding& finding : findings) {
    finding.suppress(Suppression::kIgnoreFile, [&](const Occurrence& o) {
      std::optional<std::string> inner;
      if (const auto path = path_in(folder_, o.path)) {
        inner = below_ + std::string(*path);
      }
      auto names = [&](const Entry& entry) {
        return (!entry.glob || (inner && entry.glob->matches(*inner))) &&
               (entry.commit.empty() ||
                (o.commit && o.commit->id == entry.commit));
      };
      bool any = false;
      for (const std::string& key : keys_of(finding, o, inner)) {
        const auto [begin, end] = index_.equal_range(key);
        for (auto it = begin; it != end; ++it) {
          if (!names(entries_[it->second])) continue;
          named[it->second] = true;
          any = true;
        }
      }
      return any;
    });
  }
  std::vector<std::string> unused;
  if (!below_.empty()) return unused;
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (named[i] || (!in_history && !entries_[i].commit.empty())) continue;
    unused.push_back(entries_[i].source +
                     ": matches nothing: " + entries_[i].text);
  }
  return unused;
}

}  // namespace leaksift
