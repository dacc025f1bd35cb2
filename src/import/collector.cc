#include "import/collector.h"

#include <algorithm>

#include "core/regex.h"

namespace leaksift {
namespace {

constexpr size_t kMaxRules = 10'000;  // each of them is compiled

// Turns `pattern` into ours, or says why that cannot be.
Status translate_and_compile(std::string& pattern, RegexDialect dialect) {
  Result<TranslatedRegex> ours = translate_regex(pattern, dialect);
  if (!ours) return std::move(ours).error();
  const Result<Regex> regex =
      Regex::compile(ours->pattern, regex_unit(ours->pattern));
  if (!regex) return regex.error();
  pattern = std::move(ours->pattern);
  return Ok{};
}

bool says_nothing(const Allowlist& list) {
  return list.commits.empty() && list.paths.empty() && list.regexes.empty() &&
         list.stopwords.empty();
}

}  // namespace

Rule Collector::new_rule(std::string id, uint32_t line) const {
  Rule rule;
  rule.id = std::move(id);
  rule.foreign = true;
  rule.source = {file_, line};
  return rule;
}

void Collector::not_taken(uint32_t line, std::string_view id,
                          const std::string& what) {
  const std::string rule = id.empty() ? "" : "rule '" + std::string(id) + "': ";
  not_taken(RuleSource{file_, line}.to_string() + ": " + rule + what);
}

void Collector::extend_builtin(const std::vector<std::string>& disabled) {
  rules_.extends_builtin = true;
  rules_.disabled_builtin.insert(rules_.disabled_builtin.end(),
                                 disabled.begin(), disabled.end());
}

void Collector::add(Rule rule, RegexDialect dialect) {
  if (rule.id.empty()) return not_taken(rule, "left out: a rule without an id");
  if (rule.regex.empty() && rule.path.empty() && !rules_.extends_builtin) {
    return not_taken(rule, "left out: it has neither a regex nor a path");
  }
  if (ids_.contains(rule.id)) {
    return not_taken(rule, "left out: another rule has this id");
  }
  if (++tried_ > kMaxRules) return;  // finish() fails
  for (std::string* pattern : {&rule.regex, &rule.path}) {
    if (pattern->empty()) continue;
    const Status done = translate_and_compile(*pattern, dialect);
    if (!done) return not_taken(rule, "left out: " + done.error().message());
  }
  ids_.insert(rule.id);
  for (Allowlist& list : rule.allowlists) translate(list, rule.id, dialect);
  std::erase_if(rule.allowlists, says_nothing);
  rules_.set.rules.push_back(std::move(rule));
}

void Collector::add(Allowlist list, RegexDialect dialect) {
  translate(list, "", dialect);
  if (!says_nothing(list)) rules_.set.allowlists.push_back(std::move(list));
}

void Collector::translate(Allowlist& list, std::string_view id,
                          RegexDialect dialect) {
  bool lost_kind = false;
  for (std::vector<std::string>* patterns : {&list.regexes, &list.paths}) {
    const bool had_any = !patterns->empty();
    std::erase_if(*patterns, [&](std::string& pattern) {
      const Status done = translate_and_compile(pattern, dialect);
      if (!done) {
        not_taken(list.source.line, id,
                  "what allows " + pattern + ": " + done.error().message());
      }
      return !done;
    });
    lost_kind |= had_any && patterns->empty();
  }
  // With one of its conditions gone it would allow more than it did.
  if (lost_kind && list.all_conditions) list = Allowlist{};
}

// Are there rules left that were found to lack a required one?
bool Collector::drop_incomplete() {
  const size_t before = rules_.set.rules.size();
  std::erase_if(rules_.set.rules, [&](const Rule& rule) {
    for (const RequiredRule& required : rule.required) {
      if (ids_.contains(required.id)) continue;
      not_taken(rule.source.to_string() + ": rule '" + rule.id +
                "': left out: it requires '" + required.id +
                "', which is not there");
      ids_.erase(rule.id);
      return true;
    }
    return false;
  });
  return rules_.set.rules.size() != before;
}

Result<ImportedRules> Collector::finish() {
  if (tried_ > kMaxRules) {
    return Error("more than " + std::to_string(kMaxRules) + " rules");
  }
  if (!rules_.extends_builtin) {
    while (drop_incomplete()) {
    }
  }
  return std::move(rules_);
}

}  // namespace leaksift
