#include "findings/allowed.h"

#include <algorithm>
#include <utility>

#include "rules/name_pattern.h"

namespace leaksift {
namespace {

constexpr uint32_t kBits = 64;  // of Verdict::if_place_agrees

std::string any_of_them(const std::vector<std::string>& patterns) {
  std::string all;
  for (const std::string& pattern : patterns) {
    if (!all.empty()) all += '|';
    all += "(?:" + pattern + ")";
  }
  return all;
}

bool matches(const LazyRegex& lazy, std::string_view path) {
  if (path.empty()) return false;
  const Regex& regex = lazy.get();
  if (regex.contains(path)) return true;
  if (path.find('/') == std::string_view::npos) return false;
  std::string other(path);
  std::replace(other.begin(), other.end(), '/', '\\');
  return regex.contains(other);
}

bool concerns(const Allowlist& global, const Rule& rule) {
  const auto& targets = global.target_rules;
  return targets.empty() ||
         std::find(targets.begin(), targets.end(), rule.id) != targets.end();
}

}  // namespace

// Null for none.
Result<std::unique_ptr<LazyRegex>> PlaceRules::compile(
    const std::string& pattern, const RuleSource& source) const {
  if (pattern.empty()) return std::unique_ptr<LazyRegex>();
  const RegexUnit unit = regex_unit(pattern);
  if (!is_checked_) {
    const Result<Regex> regex = Regex::compile(pattern, unit);
    if (!regex) return Error(regex.error()).in(source.to_string());
  }
  return std::make_unique<LazyRegex>(pattern, unit);
}

Result<std::optional<uint32_t>> PlaceRules::add_list(const Allowlist& list) {
  if (list.paths.empty() && list.commits.empty()) {
    return std::optional<uint32_t>();
  }
  Result<std::unique_ptr<LazyRegex>> paths =
      compile(any_of_them(list.paths), list.source);
  if (!paths) return std::move(paths).error();
  PlaceList added;
  added.all_conditions = list.all_conditions;
  added.has_content_conditions =
      !list.regexes.empty() || !list.stopwords.empty();
  added.paths = *std::move(paths);
  added.commits.insert(list.commits.begin(), list.commits.end());
  lists_.push_back(std::move(added));
  return std::optional<uint32_t>(static_cast<uint32_t>(lists_.size() - 1));
}

Result<PlaceRules> PlaceRules::build(const RuleSet& set) {
  PlaceRules result(set.is_checked);
  std::vector<std::optional<uint32_t>> global;
  for (const Allowlist& list : set.allowlists) {
    const Result<std::optional<uint32_t>> added = result.add_list(list);
    if (!added) return added.error();
    global.push_back(*added);
  }
  std::vector<std::string> names;
  for (const Rule& rule : set.rules) {
    Result<std::unique_ptr<LazyRegex>> path =
        result.compile(rule.path, rule.source);
    if (!path) return std::move(path).error();
    PlaceRule added;
    added.path = *std::move(path);
    uint32_t bit = 0;
    for (const Allowlist& list : rule.allowlists) {
      const Result<std::optional<uint32_t>> own = result.add_list(list);
      if (!own) return own.error();
      if (*own) added.lists.push_back({**own, bit});
      ++bit;
    }
    for (size_t i = 0; i < global.size(); ++i, ++bit) {
      if (global[i] && concerns(set.allowlists[i], rule)) {
        added.lists.push_back({*global[i], bit});
      }
    }
    if (rule.regex.empty() && added.path) {
      result.path_only_rules_.push_back(
          static_cast<uint32_t>(result.rules_.size()));
      names.push_back(name_pattern(rule.path));
    }
    result.rules_.push_back(std::move(added));
  }
  if (names.empty()) return result;
  Result<std::unique_ptr<LazyRegex>> joined =
      result.compile(any_of_them(names), {});
  if (!joined) joined = result.compile("(?:)", {});  // too large: any name may
  result.names_ = *std::move(joined);
  return result;
}

bool PlaceRules::is_finding(uint32_t rule_index, uint64_t if_place_agrees,
                            std::string_view path,
                            std::string_view commit) const {
  return path_matches(rule_index, path) &&
         !allows(rule_index, if_place_agrees, path, commit);
}

bool PlaceRules::path_matches(uint32_t rule_index,
                              std::string_view path) const {
  const std::unique_ptr<LazyRegex>& wanted = rules_[rule_index].path;
  return !wanted || matches(*wanted, path);
}

bool PlaceRules::allows(uint32_t rule_index, uint64_t if_place_agrees,
                        std::string_view path, std::string_view commit) const {
  const std::vector<ListUse>& lists = rules_[rule_index].lists;
  return std::any_of(lists.begin(), lists.end(), [&](const ListUse& use) {
    const PlaceList& list = lists_[use.list];
    const bool content_agrees =
        !list.has_content_conditions ||
        (use.bit < kBits && (if_place_agrees >> use.bit & 1) != 0);
    return agrees(list, content_agrees, path, commit);
  });
}

bool PlaceRules::agrees(const PlaceList& list, bool content_agrees,
                        std::string_view path, std::string_view commit) {
  const bool by_path = list.paths && matches(*list.paths, path);
  const bool by_commit =
      !list.commits.empty() && list.commits.contains(std::string(commit));
  if (!list.all_conditions) return by_path || by_commit;
  return content_agrees && (!list.paths || by_path) &&
         (list.commits.empty() || by_commit);
}

}  // namespace leaksift
