#include "match/check.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "core/regex.h"
#include "match/companions.h"
#include "match/resolve.h"
#include "match/worker.h"
#include "rules/example.h"

namespace leaksift {
namespace {

constexpr size_t kMinExamples = 2;

class Problems {
 public:
  void add(const RuleSource& source, const std::string& rule_id,
           const std::string& what) {
    lines_.push_back(source.to_string() + ": " +
                     (rule_id.empty() ? "" : "rule '" + rule_id + "': ") +
                     what);
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

void check_regex(const std::string& pattern, const RuleSource& source,
                 const std::string& rule_id, Problems& problems) {
  const Result<Regex> regex = Regex::compile(pattern, regex_unit(pattern));
  if (!regex) problems.add(source, rule_id, regex.error().message());
}

void check_allowlist(const Allowlist& list, const std::string& rule_id,
                     Problems& problems) {
  for (const std::string& pattern : list.regexes) {
    check_regex(pattern, list.source, rule_id, problems);
  }
  for (const std::string& pattern : list.paths) {
    check_regex(pattern, list.source, rule_id, problems);
  }
}

void check_secret_group(const Rule& rule, Problems& problems) {
  const Result<Regex> regex =
      Regex::compile(rule.regex, regex_unit(rule.regex));
  if (!regex || rule.secret_group == 0) return;
  if (rule.secret_group > static_cast<uint32_t>(regex->group_count())) {
    problems.add(rule.source, rule.id,
                 "secretGroup " + std::to_string(rule.secret_group) +
                     " is more than the groups of its regex (" +
                     std::to_string(regex->group_count()) + ")");
  }
}

// Runs examples. One Worker for all rules, so that a check also sees what the
// other rules do.
class ExampleRunner {
 public:
  ExampleRunner(const Engine& engine, Problems& problems)
      : engine_(engine), worker_(engine), problems_(problems) {}

  void run(uint32_t index) {
    const Rule& rule = engine_.rules().rules[index];
    if (!rule.foreign) check_form(rule, index);
    if (!engine_.has_content(index)) return;
    best_parts_ = 0;
    run_all(index, rule.examples, true);
    if (!rule.foreign && best_parts_ < rule.required.size()) {
      problems_.add(rule.source, rule.id,
                    "no example has all that it requires");
    }
    run_all(index, rule.counter_examples, false);
  }

 private:
  void check_form(const Rule& rule, uint32_t index) {
    auto complain = [&](const std::string& what) {
      problems_.add(rule.source, rule.id, what);
    };
    if (rule.description.empty()) complain("no description");
    if (!rule.states_severity)
      complain("no severity (info, low, medium, high or critical)");
    if (!engine_.has_content(index)) return;
    if (rule.examples.size() < kMinExamples) {
      complain("fewer than two examples");
    }
    if (rule.counter_examples.size() < kMinExamples) {
      complain("fewer than two counter_examples");
    }
    if (engine_.rule(index).plan.anchors.empty()) {
      complain("no anchor can be derived from its regex");
    }
  }

  void run_all(uint32_t index, const std::vector<std::string>& texts,
               bool expected) {
    const Rule& rule = engine_.rules().rules[index];
    for (size_t i = 0; i < texts.size(); ++i) {
      const std::string kind = expected ? "example " : "counter_example ";
      const std::string name = kind + std::to_string(i + 1);
      const Result<std::string> text =
          expand_example(texts[i], rule.id + "/" + name);
      if (!text) {
        problems_.add(rule.source, rule.id,
                      name + ": " + text.error().message());
        continue;
      }
      const bool found = is_found(index, *text);
      if (found != expected) {
        problems_.add(
            rule.source, rule.id,
            name + (found ? " is found" : " is not found") + ": " + texts[i]);
      }
    }
  }

  // A rule that others overrule, or that only serves others, is judged by its
  // own matches; its required companions must be there.
  bool is_found(uint32_t index, const std::string& text) {
    worker_.scan(text, matches_);
    if (engine_.is_companion(index)) worker_.find(index, text, matches_);
    const std::vector<PlacedMatch> complete = with_companions(
        engine_.rules(), place_whole(engine_, worker_, text, matches_));
    bool found = false;
    for (const PlacedMatch& m : complete) {
      if (m.match.rule != index) continue;
      found = true;
      best_parts_ = std::max(best_parts_, m.parts.size());
    }
    return found;
  }

  const Engine& engine_;
  Worker worker_;
  Problems& problems_;
  std::vector<Match> matches_;
  size_t best_parts_ = 0;  // of the examples of the rule at hand
};

// Two rules of ours that claim the same texts at the same paths: one of them
// would never be reported.
void check_claims(const RuleSet& rules, Problems& problems) {
  std::map<std::pair<std::string_view, std::string_view>, const Rule*> claims;
  for (const Rule& rule : rules.rules) {
    if (rule.foreign || rule.skip_report) continue;
    const auto [first, is_new] = claims.emplace(
        std::pair(std::string_view(rule.regex), std::string_view(rule.path)),
        &rule);
    if (!is_new) {
      problems.add(rule.source, rule.id,
                   "claims the same as rule '" + first->second->id + "'");
    }
  }
}

}  // namespace

std::vector<std::string> check_patterns(const RuleSet& rules) {
  Problems problems;
  for (const Rule& rule : rules.rules) {
    if (!rule.regex.empty()) {
      check_regex(rule.regex, rule.source, rule.id, problems);
      check_secret_group(rule, problems);
    }
    if (!rule.path.empty()) {
      check_regex(rule.path, rule.source, rule.id, problems);
    }
    if (rule.regex.empty() && rule.path.empty()) {
      problems.add(rule.source, rule.id, "neither regex nor path");
    }
    for (const Allowlist& list : rule.allowlists) {
      check_allowlist(list, rule.id, problems);
    }
    for (const RequiredRule& required : rule.required) {
      const bool known = std::any_of(
          rules.rules.begin(), rules.rules.end(),
          [&](const Rule& other) { return other.id == required.id; });
      if (!known) {
        problems.add(rule.source, rule.id,
                     "requires the unknown rule '" + required.id + "'");
      }
    }
  }
  for (const Allowlist& list : rules.allowlists) {
    check_allowlist(list, "", problems);
  }
  return problems.take();
}

std::vector<std::string> check_examples(const Engine& engine) {
  Problems problems;
  check_claims(engine.rules(), problems);
  ExampleRunner runner(engine, problems);
  for (uint32_t i = 0; i < engine.rule_count(); ++i) runner.run(i);
  return problems.take();
}

}  // namespace leaksift
