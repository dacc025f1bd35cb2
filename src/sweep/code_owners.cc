#include "sweep/code_owners.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "sources/wildmatch.h"

namespace leaksift {
namespace {

constexpr size_t kMaxOwnerBytes = 100;
// A second or two; the largest files in use need a millionth of it for a path.
constexpr uint64_t kMaxWork = uint64_t{1} << 30;

// The words of a line up to a comment; `\` keeps the blank behind it.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (size_t at = 0;;) {
    at = line.find_first_not_of(" \t", at);
    if (at == std::string_view::npos || line[at] == '#') return words;
    size_t end = at;
    while (end < line.size() && line[end] != ' ' && line[end] != '\t') {
      end += line[end] == '\\' && end + 1 < line.size() ? 2 : 1;
    }
    words.push_back(line.substr(at, end - at));
    at = end;
  }
}

// "@user", "@org/team", "@@role" or an address.
bool is_owner(std::string_view word) {
  return word.size() > 1 && word.size() <= kMaxOwnerBytes &&
         word.find('@') != std::string_view::npos && word.back() != '@' &&
         std::all_of(word.begin(), word.end(),
                     [](char c) { return c > ' ' && c < '\x7f'; });
}

std::vector<std::string> owners_in(const std::vector<std::string_view>& words,
                                   size_t first) {
  std::vector<std::string> owners;
  for (size_t i = first; i < words.size(); ++i) {
    if (is_owner(words[i])) owners.emplace_back(words[i]);
  }
  return owners;
}

}  // namespace

const std::vector<CodeOwnersPlace>& code_owners_places() {
  using enum CodeOwnersKind;
  static const std::vector<CodeOwnersPlace> kPlaces = {
      {".github/CODEOWNERS", kGitHub},
      {"CODEOWNERS", kGitHub},
      {"docs/CODEOWNERS", kGitHub},
      {".gitlab/CODEOWNERS", kGitLab}};
  return kPlaces;
}

CodeOwners::CodeOwners(std::string_view text, CodeOwnersKind kind)
    : kind_(kind), sections_(1) {
  if (text.size() > kMaxBytes) return;
  const std::vector<std::string_view> lines = split(text, '\n');
  if (std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
        return line.starts_with('[') || line.starts_with("^[");
      })) {
    kind_ = CodeOwnersKind::kGitLab;
  }
  for (const std::string_view line : lines) add_line(trimmed(line));
}

void CodeOwners::add_line(std::string_view line) {
  if (kind_ == CodeOwnersKind::kGitLab && open_section(line)) return;
  const std::vector<std::string_view> words = words_of(line);
  if (!words.empty()) add_rule(words.front(), words);
}

// Sections of one name are one, whatever the case of its letters.
bool CodeOwners::open_section(std::string_view line) {
  if (line.starts_with('^')) line.remove_prefix(1);
  const size_t end = line.find(']');
  if (!line.starts_with('[') || end == std::string_view::npos) return false;
  std::string name = ascii_lower(line.substr(1, end - 1));
  line.remove_prefix(end + 1);
  if (line.starts_with('[')) {  // how many have to approve
    line.remove_prefix(std::min(line.find(']'), line.size() - 1) + 1);
  }
  const auto known = std::find_if(
      sections_.begin() + 1, sections_.end(),
      [&](const Section& section) { return section.name == name; });
  current_ = static_cast<size_t>(known - sections_.begin());
  if (known == sections_.end()) {
    sections_.push_back({std::move(name), owners_in(words_of(line), 0), {}});
  }
  return true;
}

void CodeOwners::add_rule(std::string_view pattern,
                          const std::vector<std::string_view>& words) {
  Section& section = sections_[current_];
  Rule rule;
  rule.takes_out = pattern.starts_with('!');
  if (rule.takes_out) {
    if (kind_ == CodeOwnersKind::kGitHub) return;
    pattern.remove_prefix(1);
  }
  rule.owners = owners_in(words, 1);
  const bool has_slip = rule.owners.empty() && words.size() > 1;
  if (kind_ == CodeOwnersKind::kGitHub && has_slip) return;
  if (rule.owners.empty()) rule.owners = section.owners;
  rule.pattern = full_pattern(pattern);
  if (!rule.pattern.empty()) section.rules.push_back(std::move(rule));
}

// GitHub takes '[' for itself. A pattern that also matches what is in a folder
// ends in a '/', which full paths never do.
std::string CodeOwners::full_pattern(std::string_view pattern) const {
  const bool is_github = kind_ == CodeOwnersKind::kGitHub;
  const bool of_folder = pattern.ends_with('/');
  const bool rooted = pattern.starts_with('/');
  std::string_view body = pattern;
  if (rooted) body.remove_prefix(1);
  if (of_folder && !body.empty()) body.remove_suffix(1);
  if (body.empty()) return rooted ? "**" : "";
  std::string full;
  const bool has_slash = body.find('/') != std::string_view::npos;
  if (!rooted && !(is_github && has_slash)) full = "**/";
  for (const char c : body) {
    if (c == '[' && is_github) full += '\\';
    full += c;
  }
  if (of_folder) return full + "/**";
  const std::string_view last = last_component(body);
  return is_github && last != "*" && last != "**" ? full + '/' : full;
}

bool CodeOwners::matches(const Rule& rule, std::string_view path) {
  std::string_view pattern = rule.pattern;
  work_ += pattern.size() * path.size();
  if (work_ > kMaxWork) return false;
  if (!pattern.ends_with('/')) {
    return wildmatch(pattern, path, WildText::kPath);
  }
  if (wildmatch(rule.pattern + "**", path, WildText::kPath)) return true;
  pattern.remove_suffix(1);
  return wildmatch(pattern, path, WildText::kPath);
}

const CodeOwners::Rule* CodeOwners::last_match(const Section& section,
                                               std::string_view path) {
  const Rule* found = nullptr;
  for (auto rule = section.rules.rbegin(); rule != section.rules.rend();
       ++rule) {
    // What was taken out does not come back in.
    if (found != nullptr && !rule->takes_out) continue;
    if (!matches(*rule, path)) continue;
    if (rule->takes_out) return nullptr;
    found = &*rule;
  }
  return found;
}

std::string CodeOwners::owners_of(std::string_view path) {
  std::vector<std::string_view> owners;
  for (const Section& section : sections_) {
    const Rule* const rule = last_match(section, path);
    if (rule == nullptr || work_ > kMaxWork) continue;
    for (const std::string& owner : rule->owners) {
      const bool is_new =
          std::find(owners.begin(), owners.end(), owner) == owners.end();
      if (is_new && owners.size() < kMaxOwners) owners.push_back(owner);
    }
  }
  std::string text;
  for (const std::string_view owner : owners) {
    if (!text.empty()) text += ' ';
    text += owner;
  }
  return text;
}

}  // namespace leaksift
