// Laying one set of rules over another.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "rules/loader.h"

namespace leaksift {
namespace {

void override_rule(Rule& base, Rule changes) {
  if (!changes.description.empty()) base.description = changes.description;
  if (!changes.regex.empty()) base.regex = changes.regex;
  if (!changes.path.empty()) base.path = changes.path;
  if (changes.entropy != 0) base.entropy = changes.entropy;
  if (changes.secret_group != 0) base.secret_group = changes.secret_group;
  auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()),
              std::make_move_iterator(from.end()));
  };
  append(base.keywords, changes.keywords);
  append(base.tags, changes.tags);
  append(base.allowlists, changes.allowlists);
  append(base.required, changes.required);
}

void sort_by_id(std::vector<Rule>& rules) {
  std::sort(rules.begin(), rules.end(),
            [](const Rule& a, const Rule& b) { return a.id < b.id; });
}

}  // namespace

RuleSet merge_rules(RuleSet base, RuleSet changes) {
  std::map<std::string, size_t> position;
  for (size_t i = 0; i < base.rules.size(); ++i) {
    position.emplace(base.rules[i].id, i);
  }
  for (Rule& rule : changes.rules) {
    const auto known = position.find(rule.id);
    if (known != position.end()) {
      override_rule(base.rules[known->second], std::move(rule));
    } else {
      base.rules.push_back(std::move(rule));
    }
  }
  for (Allowlist& list : changes.allowlists) {
    base.allowlists.push_back(std::move(list));
  }
  sort_by_id(base.rules);
  base.is_checked = base.is_checked && changes.is_checked;
  return base;
}

}  // namespace leaksift
