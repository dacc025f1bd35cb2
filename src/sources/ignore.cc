#include "sources/ignore.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "sources/wildmatch.h"

namespace leaksift {
namespace {

// Chains are taken down by recursion. Rule files that are nested deeper are
// not obeyed, so that more is scanned.
constexpr size_t kMaxDepth = 1000;

// Spaces at the end go, unless a backslash stands before; a single backslash
// at the very end keeps them all.
std::string_view without_trailing_spaces(std::string_view line) {
  size_t end = 0;  // behind the last character that stays
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == ' ') continue;
    if (line[i] == '\\' && ++i == line.size()) return line;
    end = i + 1;
  }
  return line.substr(0, end);
}

size_t literal_size(std::string_view pattern) {
  const auto* wild = std::find_if(pattern.begin(), pattern.end(), is_wild);
  return static_cast<size_t>(wild - pattern.begin());
}

}  // namespace

IgnoreFile::IgnoreFile(std::string bytes) : bytes_(std::move(bytes)) {
  if (bytes_.size() > kMaxBytes) return;
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::string_view text = bytes_;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(3);
  while (!text.empty()) {
    const size_t end = text.find('\n');
    add_line(text.substr(0, end));
    text.remove_prefix(std::min(end, text.size() - 1) + 1);
  }
}

void IgnoreFile::add_line(std::string_view line) {
  if (line.empty() || line[0] == '#') return;
  if (line.back() == '\r') line.remove_suffix(1);
  line = without_trailing_spaces(line.substr(0, line.find('\0')));

  Rule rule;
  if (line.starts_with('!')) {
    rule.keeps = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.of_directories = true;
    line.remove_suffix(1);
  }
  if (line.empty()) return;  // matches nothing
  rule.of_names = line.find('/') == line.npos;
  rule.ends_literal =
      line[0] == '*' && literal_size(line.substr(1)) + 1 == line.size();
  if (line[0] == '/') line.remove_prefix(1);

  rule.begin = static_cast<uint32_t>(line.data() - bytes_.data());
  rule.size = static_cast<uint32_t>(line.size());
  rule.literal = static_cast<uint32_t>(literal_size(line));
  rules_.push_back(rule);
}

std::optional<bool> IgnoreFile::ignores(std::string_view path,
                                        bool is_directory) const {
  const std::string_view name = last_component(path);
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->of_directories && !is_directory) continue;
    if (matches(*rule, rule->of_names ? name : path)) return !rule->keeps;
  }
  return std::nullopt;
}

bool IgnoreFile::matches(const Rule& rule, std::string_view text) const {
  std::string_view pattern(bytes_.data() + rule.begin, rule.size);
  const size_t literal = rule.literal;
  if (literal == pattern.size()) return text == pattern;
  if (rule.of_names) {
    if (rule.ends_literal) return text.ends_with(pattern.substr(1));
    return wildmatch(pattern, text, WildText::kName);
  }
  // The wildcards are matched with what follows the literal part, as if the
  // pattern began there: that lets the stars of "a**/b" cross slashes.
  if (!text.starts_with(pattern.substr(0, literal))) return false;
  return wildmatch(pattern.substr(literal), text.substr(literal),
                   WildText::kPath);
}

IgnoreChain::IgnoreChain(std::shared_ptr<const IgnoreChain> outer,
                         std::string bytes, size_t base_size)
    : outer_(std::move(outer)),
      rules_(std::move(bytes)),
      base_size_(base_size),
      depth_(outer_ ? outer_->depth_ + 1 : 1) {}

std::shared_ptr<const IgnoreChain> IgnoreChain::add(
    std::shared_ptr<const IgnoreChain> outer, std::string bytes,
    size_t base_size) {
  if (outer && outer->depth_ >= kMaxDepth) return outer;
  auto chain =
      std::make_shared<const IgnoreChain>(outer, std::move(bytes), base_size);
  return chain->rules_.empty() ? outer : chain;
}

bool IgnoreChain::ignores(const IgnoreChain* chain, std::string_view path,
                          bool is_directory) {
  for (; chain != nullptr; chain = chain->outer_.get()) {
    const std::optional<bool> decided =
        chain->rules_.ignores(path.substr(chain->base_size_), is_directory);
    if (decided) return *decided;
  }
  return false;
}

}  // namespace leaksift
