#include "findings/allowed.h"

#include "support/catch.h"

using namespace leaksift;

namespace {

const std::string kCommit(40, 'a');
const std::string kOtherCommit(40, 'b');

Rule rule_for(const std::string& path) {
  Rule rule;
  rule.id = "acme";
  rule.regex = "x";
  rule.path = path;
  return rule;
}

Allowlist for_paths(std::vector<std::string> paths) {
  Allowlist list;
  list.paths = std::move(paths);
  return list;
}

PlaceRules build(const RuleSet& set) {
  Result<PlaceRules> rules = PlaceRules::build(set);
  REQUIRE(rules);
  return *std::move(rules);
}

}  // namespace

TEST_CASE("a rule with a path looks nowhere else", "[findings][allowed]") {
  const PlaceRules rules = build({{rule_for(R"(\.env$)"), rule_for("")}, {}});
  CHECK(rules.is_finding(0, 0, "prod/.env", ""));
  CHECK_FALSE(rules.is_finding(0, 0, "prod/.env.md", ""));
  CHECK(rules.is_finding(1, 0, "prod/.env.md", ""));
}

TEST_CASE("a path is tested with either slash, as gitleaks does",
          "[findings][allowed]") {
  const PlaceRules rules =
      build({{rule_for(R"(^src/)"), rule_for(R"(^src\\main\\)")}, {}});
  CHECK(rules.path_matches(0, "src/main/a"));
  CHECK(rules.path_matches(1, "src/main/a"));
  CHECK_FALSE(rules.path_matches(1, "src/other/a"));
}

TEST_CASE("what has no known path matches no path", "[findings][allowed]") {
  RuleSet set{{rule_for(".*"), rule_for("")}, {for_paths({".*"})}};
  const PlaceRules rules = build(set);
  CHECK_FALSE(rules.path_matches(0, ""));
  CHECK(rules.path_matches(1, ""));
  CHECK(rules.is_finding(1, 0, "", kCommit));
  CHECK_FALSE(rules.is_finding(1, 0, "a", kCommit));
}

TEST_CASE("an allowlist allows its paths and its commits",
          "[findings][allowed]") {
  RuleSet set{{rule_for("")}, {}};
  Allowlist list = for_paths({"^tests/", "^docs/"});
  list.commits = {kCommit};
  set.rules[0].allowlists = {list};
  const PlaceRules rules = build(set);
  CHECK(rules.allows(0, 0, "tests/a", kOtherCommit));
  CHECK(rules.allows(0, 0, "docs/a", ""));
  CHECK(rules.allows(0, 0, "src/a", kCommit));
  CHECK_FALSE(rules.allows(0, 0, "src/tests/a", kOtherCommit));
  CHECK_FALSE(rules.allows(0, 0, "src/a", ""));
}

TEST_CASE("an allowlist with all conditions needs path, commit and content",
          "[findings][allowed]") {
  Allowlist list = for_paths({"^tests/"});
  list.all_conditions = true;
  list.commits = {kCommit};
  list.stopwords = {"fake"};
  RuleSet set{{rule_for("")}, {}};
  set.rules[0].allowlists = {Allowlist{}, list};
  const PlaceRules rules = build(set);
  constexpr uint64_t kAgrees = 0b10;  // the second list's content
  CHECK(rules.allows(0, kAgrees, "tests/a", kCommit));
  CHECK_FALSE(rules.allows(0, 0b01, "tests/a", kCommit));
  CHECK_FALSE(rules.allows(0, kAgrees, "src/a", kCommit));
  CHECK_FALSE(rules.allows(0, kAgrees, "tests/a", kOtherCommit));
  CHECK_FALSE(rules.allows(0, kAgrees, "tests/a", ""));
}

TEST_CASE("global allowlists come behind a rule's own and may name rules",
          "[findings][allowed]") {
  Allowlist own = for_paths({"^own/"});
  Allowlist with_content = for_paths({"^both/"});
  with_content.all_conditions = true;
  with_content.regexes = {"x"};
  Allowlist for_another = for_paths({"^another/"});
  for_another.target_rules = {"other"};
  RuleSet set{{rule_for(""), rule_for("")}, {for_another, with_content}};
  set.rules[0].allowlists = {own};
  set.rules[1].id = "other";
  const PlaceRules rules = build(set);

  CHECK_FALSE(rules.allows(0, 0, "another/a", ""));
  CHECK(rules.allows(1, 0, "another/a", ""));
  CHECK(rules.allows(0, 0b100, "both/a", ""));
  CHECK_FALSE(rules.allows(0, 0b010, "both/a", ""));
  CHECK(rules.allows(1, 0b010, "both/a", ""));
}

TEST_CASE("a condition on content alone is not asked for its place",
          "[findings][allowed]") {
  Allowlist list;
  list.stopwords = {"fake"};
  const PlaceRules rules = build({{rule_for("")}, {list}});
  CHECK_FALSE(rules.allows(0, ~uint64_t{0}, "a", kCommit));
}

TEST_CASE("rules about paths alone are known by their index",
          "[findings][allowed]") {
  Rule keys = rule_for(R"(id_rsa$)");
  keys.regex.clear();
  const PlaceRules rules = build({{rule_for("a"), keys}, {for_paths({"^t/"})}});
  CHECK(rules.path_only_rules() == std::vector<uint32_t>{1});
  CHECK(rules.is_finding(1, 0, "home/id_rsa", ""));
  CHECK_FALSE(rules.is_finding(1, 0, "t/id_rsa", ""));
}

TEST_CASE("a bad path regex is an error that names its file",
          "[findings][allowed]") {
  Rule rule = rule_for("(");
  rule.source = {"mine.toml", 3};
  const Result<PlaceRules> rules = PlaceRules::build({{rule}, {}});
  REQUIRE_FALSE(rules);
  CHECK(rules.error().message().find("mine.toml:3: ") == 0);
}
