#include "rules/plan.h"

#include "support/catch.h"

using namespace leaksift;

namespace {

RulePlan planned(const Rule& rule) {
  Result<RulePlan> plan = plan_rule(rule);
  if (!plan) FAIL(plan.error().message());
  return *std::move(plan);
}

RulePlan plan_for(const std::string& regex,
                  std::vector<std::string> keywords = {}) {
  Rule rule;
  rule.regex = regex;
  rule.keywords = std::move(keywords);
  return planned(rule);
}

ByteSet set_of(std::string_view members) {
  ByteSet set;
  for (const char c : members) set.set(static_cast<unsigned char>(c));
  return set;
}

}  // namespace

TEST_CASE("reach is the longest match, or a limit where there is none",
          "[rules][plan]") {
  CHECK(plan_for("tok_[a-z]{4,20}").reach == 24);
  CHECK_FALSE(plan_for("tok_[a-z]{4,20}").capped);
  CHECK(plan_for("tok_[a-z]+").reach == kDefaultReach);
  CHECK(plan_for("tok_[a-z]+").capped);
}

TEST_CASE("context_after sets the limit", "[rules][plan]") {
  Rule rule;
  rule.context_after = 500;
  rule.regex = "tok_[a-z]+";
  CHECK(planned(rule).reach == 500);
  CHECK(planned(rule).capped);
  rule.regex = "tok_[a-z]{4,20}";
  CHECK(planned(rule).reach == 500);
}

TEST_CASE("a lazy run at the front is a lead", "[rules][plan]") {
  const RulePlan plan = plan_for("[ab]{0,50}?tok=(\\w{8})");
  CHECK(plan.core == "tok=(\\w{8})");
  CHECK(plan.lead == set_of("ab"));
  CHECK(plan.lead_max == 50);
  CHECK(plan.reach == 12);

  const RulePlan two = plan_for("[ab]{0,50}?[ab]{0,1}?(?:tok)");
  CHECK(two.core == "(?:tok)");
  CHECK(two.lead_max == 51);

  const RulePlan other = plan_for("[ab]{0,5}?[bc]{0,5}?tok");
  CHECK(other.core == "[bc]{0,5}?tok");
  CHECK(other.lead_max == 5);
}

TEST_CASE("a lead in a group or behind flags is taken off there",
          "[rules][plan]") {
  CHECK(plan_for("(?i)[a]{0,5}?tok").core == "(?i)tok");
  CHECK(plan_for("(?i:[a]{0,5}?tok)x").core == "(?i:tok)x");
}

TEST_CASE("what decides about the match is no lead", "[rules][plan]") {
  for (const std::string regex :
       {"[ab]{0,50}tok", "[ab]{1,50}?tok", "[ab]*?tok", "(?:ab){0,5}?tok",
        "\\b[ab]{0,5}?tok", "([ab]{0,5}?)tok", "(?:[ab]{0,5}?x|y)tok"}) {
    INFO(regex);
    const RulePlan plan = plan_for(regex);
    CHECK(plan.core == regex);
    CHECK(plan.lead_max == 0);
  }
}

TEST_CASE("a run without limit at the front is known by its class",
          "[rules][plan]") {
  CHECK(plan_for("[ab]+tok").leading_run == set_of("ab"));
  CHECK(plan_for("([ab]*)tok").leading_run == set_of("ab"));
  CHECK(plan_for("[ab]{3,}tok").leading_run == set_of("ab"));
  CHECK(plan_for("[ab]{3,9}tok").leading_run.none());
  CHECK(plan_for("x[ab]+tok").leading_run.none());
  CHECK(plan_for("(?:ab)+tok").leading_run.none());
}

TEST_CASE("rules have one plan key if what plans depend on is the same",
          "[rules][plan]") {
  Rule rule;
  rule.regex = "tok_[a-z]+";
  const uint64_t key = plan_key(rule);
  rule.id = "other";
  CHECK(plan_key(rule) == key);
  rule.keywords = {"500"};
  const uint64_t with_keyword = plan_key(rule);
  CHECK(with_keyword != key);
  rule.keywords.clear();
  rule.context_after = 500;
  CHECK(plan_key(rule) != key);
  CHECK(plan_key(rule) != with_keyword);
}

TEST_CASE("keywords that every match holds need no gate", "[rules][plan]") {
  CHECK(plan_for("acme_[a-z]{8}", {"acme"}).gate.empty());
  CHECK(plan_for("acme_[a-z]{8}", {}).gate.empty());
  CHECK(plan_for("(?:acme|corp)_[a-z]{8}", {"acme", "corp"}).gate.empty());
}

TEST_CASE("a keyword that matches may lack is a gate", "[rules][plan]") {
  const RulePlan plan = plan_for("tok_[a-z]{8}", {"acme", "corp"});
  CHECK(plan.gate == std::vector<std::string>{"acme", "corp"});
  CHECK(plan.anchors.size() == 1);
  CHECK(plan_for("(?:acme|corp)_[a-z]{8}", {"acme"}).gate.size() == 1);
}

TEST_CASE("behind a gate classes are not looked for everywhere",
          "[rules][plan]") {
  const RulePlan plan = plan_for("[0-9a-f]{32}", {"acme"});
  CHECK(plan.gate.size() == 1);
  CHECK(plan.anchors.empty());
  CHECK_FALSE(plan_for("[0-9a-f]{32}").anchors.empty());
}

TEST_CASE("a pattern beyond ASCII is read in characters", "[rules][plan]") {
  CHECK(plan_for("tok_[a-z]{4}").unit == RegexUnit::kByte);
  CHECK(plan_for("tok_\xc3\xa4").unit == RegexUnit::kCharacter);
  CHECK(plan_for("tok_\\x{20ac}").unit == RegexUnit::kCharacter);
  CHECK(plan_for("tok_\\pL").unit == RegexUnit::kCharacter);
  CHECK(plan_for("tok_\\x41\\\\pL").unit == RegexUnit::kByte);
}

TEST_CASE("a bad regex has no plan", "[rules][plan]") {
  Rule rule;
  rule.regex = "tok_(";
  const Result<RulePlan> plan = plan_rule(rule);
  REQUIRE_FALSE(plan);
  CHECK(plan.error().message().find("bad regex: ") == 0);
  for (const char* refused_by_re2 : {"a**", "a{2000}", "\\p{Gnome}", "a\\1"}) {
    CAPTURE(refused_by_re2);
    rule.regex = refused_by_re2;
    CHECK_FALSE(plan_rule(rule));
  }
}
