#include "rules/stored.h"

#include "rules/loader.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

constexpr const char* kEveryField = R"(
format = 1
pack = "more"
[[allowlists]]
description = "L"
condition = "AND"
commits = ["abc"]
paths = ["p"]
regexTarget = "line"
regexes = ["r"]
stopwords = ["s"]
targetRules = ["a"]
[[rules]]
id = "a"
description = "D"
provider = "acme"
regex = '[ab]{0,9}?key=([a-f]+)'
path = "x"
secretGroup = 1
entropy = 2.5
charset = "a-f"
checksum = "luhn"
context_after = 600
keywords = ["acme"]
tags = ["t"]
skipReport = true
class = "phi"
severity = "info"
confidence = "low"
if_words = "high"
no_words = true
remedy = "do"
min_count = 3
references = ["u"]
examples = ["e"]
counter_examples = ["n"]
[[rules.required]]
id = "b"
withinLines = 4
[[rules.allowlists]]
stopwords = ["own"]
)";

std::vector<StoredPlan> plans_of(const RuleSet& set) {
  std::vector<StoredPlan> plans;
  for (const Rule& rule : set.rules) {
    if (rule.regex.empty()) continue;
    Result<RulePlan> plan = plan_rule(rule);
    if (!plan) FAIL(plan.error().message());
    plans.push_back(
        {plan_key(rule), std::make_shared<RulePlan>(*std::move(plan))});
  }
  return plans;
}

RuleSet loaded(const std::string& toml) {
  Result<LoadedRules> rules = parse_rules(toml, "rules.toml", {});
  if (!rules) FAIL(rules.error().message());
  return std::move(rules->set);
}

}  // namespace

TEST_CASE("stored rules come back with every field", "[rules][stored]") {
  const RuleSet rules = restore_rules(store_rules(loaded(kEveryField)));
  REQUIRE(rules.rules.size() == 1);
  const Rule& rule = rules.rules[0];
  CHECK(rule.id == "a");
  CHECK(rule.description == "D");
  CHECK(rule.provider == "acme");
  CHECK(rule.regex == "[ab]{0,9}?key=([a-f]+)");
  CHECK(rule.path == "x");
  CHECK(rule.secret_group == 1);
  CHECK(rule.entropy == 2.5);
  CHECK(rule.charset == "a-f");
  CHECK(rule.checksum == "luhn");
  CHECK(rule.if_words == Confidence::kHigh);
  CHECK(rule.no_words);
  CHECK(rule.remedy == "do");
  CHECK(rule.min_count == 3);
  CHECK(rule.pack == "more");
  CHECK(rule.context_after == 600U);
  CHECK(rule.keywords == std::vector<std::string>{"acme"});
  CHECK(rule.tags == std::vector<std::string>{"t"});
  CHECK(rule.skip_report);
  CHECK(rule.data_class == DataClass::kPhi);
  CHECK(rule.severity == Severity::kInfo);
  CHECK(rule.confidence == Confidence::kLow);
  CHECK(rule.references == std::vector<std::string>{"u"});
  CHECK(rule.examples.empty());
  CHECK_FALSE(rule.foreign);
  CHECK(rule.source.to_string() == "rules.toml:13");
  REQUIRE(rule.required.size() == 1);
  CHECK(rule.required[0].within_lines == 4U);
  CHECK_FALSE(rule.required[0].within_columns);
  REQUIRE(rule.allowlists.size() == 1);
  CHECK(rule.allowlists[0].stopwords == std::vector<std::string>{"own"});

  REQUIRE(rules.allowlists.size() == 1);
  const Allowlist& list = rules.allowlists[0];
  CHECK(list.all_conditions);
  CHECK(list.target == AllowTarget::kLine);
  CHECK(list.target_rules == std::vector<std::string>{"a"});
}

TEST_CASE("a stored plan is found by its rule's key", "[rules][stored]") {
  const RuleSet rules = loaded(kEveryField);
  const Rule& rule = rules.rules[0];
  const std::string bytes = store_plans(plans_of(rules));
  StoredPlans plans(bytes);
  CHECK(plans.find(plan_key(rule) + 1) == nullptr);
  CHECK(plans.find(0) == nullptr);
  const auto found = plans.find(plan_key(rule));
  REQUIRE(found != nullptr);
  const RulePlan& plan = *found;
  CHECK(plan.core == "key=([a-f]+)");
  CHECK(plan.lead.count() == 2);
  CHECK(plan.lead_max == 9);
  CHECK(plan.reach == 600);
  CHECK(plan.capped);
  CHECK(plan.gate == std::vector<std::string>{"acme"});
  CHECK(plan.anchors.size() == plan_rule(rule)->anchors.size());
}

TEST_CASE("stored examples go to the rule that they come from alone",
          "[rules][stored]") {
  const RuleSet set = loaded(kEveryField);
  const std::string bytes = store_examples(set);
  RuleSet same = restore_rules(store_rules(set));
  restore_examples(bytes, same);
  CHECK(same.rules[0].examples == std::vector<std::string>{"e"});
  CHECK(same.rules[0].counter_examples == std::vector<std::string>{"n"});
  RuleSet other = restore_rules(store_rules(set));
  ++other.rules[0].source.line;
  restore_examples(bytes, other);
  CHECK(other.rules[0].examples.empty());
}

TEST_CASE("storing what was restored gives the same bytes", "[rules][stored]") {
  const Result<LoadedRules> gitleaks = load_rule_file(
      LEAKSIFT_SOURCE_DIR "/tests/corpus/gitleaks-default.toml", {});
  REQUIRE(gitleaks);
  const std::string bytes = store_rules(gitleaks->set);
  CHECK(store_rules(restore_rules(bytes)) == bytes);
  CHECK(restore_rules(store_rules({})).rules.empty());

  const std::string plans = store_plans(plans_of(gitleaks->set));
  StoredPlans stored(plans);
  std::vector<StoredPlan> again;
  for (const Rule& rule : gitleaks->set.rules) {
    if (rule.regex.empty()) continue;
    again.push_back({plan_key(rule), stored.find(plan_key(rule))});
    REQUIRE(again.back().plan != nullptr);
  }
  CHECK(again.size() > 200);
  CHECK(store_plans(again) == plans);
}
