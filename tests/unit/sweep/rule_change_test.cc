#include "sweep/rule_change.h"

#include "support/catch.h"

namespace leaksift {
namespace {

Rule rule_of(const std::string& id) {
  Rule rule;
  rule.id = id;
  rule.regex = "(" + id + ")";
  rule.confidence = Confidence::kHigh;
  return rule;
}

RuleProfile profile_of(std::vector<Rule> rules,
                       const std::string& version = "1") {
  return {RuleSet{std::move(rules), {}}, Confidence::kMedium, version};
}

TEST_CASE("a profile survives the store", "[sweep][rules]") {
  Rule pair = rule_of("a-pair");
  pair.required = {{"a-key", false, {}, {}}};
  const RuleProfile profile = profile_of({rule_of("a-key"), pair});
  const auto again = RuleProfile::from_text(profile.to_text());
  REQUIRE(again);
  CHECK(again->id() == profile.id());
  CHECK(again->to_text() == profile.to_text());
  CHECK(again->entries().at("a-pair").required ==
        std::vector<std::string>{"a-key"});
  CHECK_FALSE(RuleProfile::from_text(""));
  CHECK_FALSE(RuleProfile::from_text("something else\nx"));
}

TEST_CASE("what only describes a rule is no change of rules",
          "[sweep][rules]") {
  Rule other = rule_of("a-key");
  other.description = "other";
  other.severity = Severity::kLow;
  other.remedy = "other";
  other.source = {"elsewhere", 7};
  CHECK(profile_of({other}).id() == profile_of({rule_of("a-key")}).id());
  other.entropy = 3;
  CHECK(profile_of({other}).id() != profile_of({rule_of("a-key")}).id());
}

TEST_CASE("a rule that changed is lost and gained", "[sweep][rules]") {
  Rule other = rule_of("b-key");
  other.regex = "x";
  const auto change =
      provable_change(profile_of({rule_of("a-key"), rule_of("b-key")}),
                      profile_of({other, rule_of("c-key")}));
  REQUIRE(change);
  CHECK(change->lost == std::set<std::string>{"a-key", "b-key"});
  CHECK(change->gained == std::set<std::string>{"b-key", "c-key"});
  const auto again = RuleChange::from_text(change->to_text());
  REQUIRE(again);
  CHECK(again->to_text() == change->to_text());
}

TEST_CASE("what cannot be proven is no change but new rules",
          "[sweep][rules]") {
  const Rule key = rule_of("a-key");
  const RuleProfile with = profile_of({key, rule_of("b-key")});
  auto without = [&](const Rule& lost) {
    return provable_change(profile_of({key, lost}), profile_of({key}));
  };
  CHECK(without(rule_of("b-key")));
  Rule quiet = rule_of("b-key");
  quiet.confidence = Confidence::kLow;  // it may have stood in a rival's way
  CHECK_FALSE(without(quiet));
  quiet = rule_of("b-key");
  quiet.skip_report = true;
  CHECK_FALSE(without(quiet));
  quiet = rule_of("b-key");
  quiet.regex.clear();
  quiet.path = "x";
  CHECK_FALSE(without(quiet));
  // "leaksift:allow word" means something else where no rule is called so.
  CHECK_FALSE(without(rule_of("word")));
  Rule needs = rule_of("c-key");
  needs.required = {{"b-key", true, {}, {}}};
  CHECK_FALSE(provable_change(profile_of({needs, rule_of("b-key")}),
                              profile_of({needs})));
  CHECK_FALSE(provable_change(with, profile_of({key}, "2")));
  RuleSet allowing{{key}, {Allowlist{}}};
  CHECK_FALSE(provable_change(with, {allowing, Confidence::kMedium, "1"}));
  CHECK_FALSE(
      provable_change(with, {RuleSet{{key}, {}}, Confidence::kHigh, "1"}));
}

TEST_CASE("eager rules hold nothing back", "[sweep][rules]") {
  Rule rule = rule_of("a-key");
  rule.path = "x";
  rule.allowlists = {Allowlist{}};
  rule.required = {{"b-key", false, {}, {}}};
  rule.skip_report = true;
  rule.min_count = 5;
  const RuleSet eager =
      eager_rules({{rule, rule_of("b-key")}, {Allowlist{}}}, {"a-key"});
  REQUIRE(eager.rules.size() == 1);
  CHECK(eager.allowlists.empty());
  const Rule& one = eager.rules[0];
  CHECK((one.path.empty() && one.allowlists.empty() && one.required.empty()));
  CHECK((!one.skip_report && one.min_count == 0 && one.foreign));
}

}  // namespace
}  // namespace leaksift
