#include "rules/loose_regex.h"

#include "core/regex.h"
#include "rules/loader.h"
#include "rules/plan.h"
#include "rules/regex_syntax.h"
#include "support/catch.h"
#include "support/random_regex.h"
#include "support/regex_sample.h"

using namespace leaksift;

namespace {

bool found(const std::string& pattern, std::string_view text) {
  const Result<Regex> regex = Regex::compile(pattern, regex_unit(pattern));
  if (!regex) FAIL(pattern << ": " << regex.error().message());
  return regex->contains(text);
}

// Random regexes of which some things may come many times.
std::string with_long_repeats(Random& random) {
  std::string pattern;
  for (uint64_t left = random.between(1, 3); left > 0; --left) {
    pattern += random_regex(random, 1);
    pattern += "(?:" + random_regex(random, 1) + ")";
    pattern += random.one_in(2) ? "{0,80}" : "{9,120}?";
  }
  return pattern;
}

}  // namespace

TEST_CASE("long repeats lose their limit and most of what they ask for",
          "[rules][loose_regex]") {
  CHECK(loosened("k=[0-9a-f]{200}") == "k=[0-9a-f]{8,}");
  CHECK(loosened("a{0,80}?b{1,80}c{2,80}d{3,}") == "a*?b+c{2,}d{3,}");
  CHECK(loosened("(?:[ab]{1,9}x{2,5}){0,80}") == "(?:[ab]+x{2,5})*");
}

TEST_CASE("braces that are no repeat stay", "[rules][loose_regex]") {
  CHECK(loosened(R"(\{0,80}x{0,80})") == R"(\{0,80}x*)");
  CHECK(loosened(R"([]{0,80}]{0,80})") == R"([]{0,80}]*)");
  CHECK(loosened(R"([^]\]{1,90}]{0,80})") == R"([^]\]{1,90}]*)");
  CHECK(loosened(R"([[:alpha:]{0,99}]{0,80})") == R"([[:alpha:]{0,99}]*)");
  CHECK(loosened(R"(\x{41}{0,80}\p{Greek}{1,80})") == R"(\x{41}*\p{Greek}+)");
  CHECK(loosened("{,80}{a}x{0,80}y{") == "{,80}{a}x*y{");
}

TEST_CASE(
    "a regex without long repeats, or of a form that is not followed, "
    "has no loose one",
    "[rules][loose_regex]") {
  CHECK(loosened("").empty());
  CHECK(loosened("[0-9a-f]{40}").empty());
  CHECK(loosened("x{0,99}{2}").empty());
  CHECK(loosened(R"(\Qx{0,99}\Ey{0,99})").empty());
}

TEST_CASE("what a regex matches its loose one matches",
          "[rules][loose_regex]") {
  Random random(20261129);
  size_t matching = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string pattern = with_long_repeats(random);
    const std::string loose = loosened(pattern);
    const Result<RegexNode> tree = parse_regex(pattern, RegexUnit::kByte);
    if (!tree || loose.empty()) continue;
    const std::string text = sample_of(*tree, random);
    if (!Regex::compile(pattern) || !found(pattern, text)) continue;
    ++matching;
    CAPTURE(pattern, loose, text);
    CHECK(found(loose, text));
  }
  CHECK(matching > 300);
}

TEST_CASE("what rules match their loose regexes match",
          "[rules][loose_regex]") {
  const Result<LoadedRules> gitleaks = load_rule_file(
      LEAKSIFT_SOURCE_DIR "/tests/corpus/gitleaks-default.toml", {});
  REQUIRE(gitleaks);
  Random random(1);
  size_t matching = 0;
  for (const Rule& rule : gitleaks->set.rules) {
    if (rule.regex.empty()) continue;
    const Result<RulePlan> plan = plan_rule(rule);
    REQUIRE(plan);
    if (plan->loose.empty()) continue;
    const Result<RegexNode> tree = parse_regex(plan->core, plan->unit);
    REQUIRE(tree);
    for (int i = 0; i < 5; ++i) {
      const std::string text = sample_of(*tree, random);
      if (!found(plan->core, text)) continue;
      ++matching;
      CAPTURE(rule.id, plan->loose, text);
      CHECK(found(plan->loose, text));
    }
  }
  CHECK(matching > 100);
}
