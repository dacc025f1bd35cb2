#include "rules/loader.h"

#include "support/catch.h"

using namespace leaksift;

namespace {

Result<LoadedRules> parse(const std::string& text, const RuleSet& base = {}) {
  return parse_rules(text, "rules.toml", base);
}

std::string error_of(const std::string& text) {
  const Result<LoadedRules> loaded = parse(text);
  return loaded ? "" : loaded.error().message();
}

}  // namespace

TEST_CASE("an unknown key of ours is an error with line and nearest key",
          "[rules][loader]") {
  CHECK(error_of("format = 1\n[[rules]]\nid = 'a'\nregx = 'b'\n") ==
        "rules.toml:4: unknown key 'regx' in a rule; did you mean 'regex'?");
}

TEST_CASE("an unknown key of a foreign file is a warning", "[rules][loader]") {
  const auto loaded = parse("[[rules]]\nid = 'a'\nregex = 'b'\nfilter = 'x'\n");
  REQUIRE(loaded);
  REQUIRE(loaded->warnings.size() == 1);
  CHECK(loaded->warnings[0].find("rules.toml:4: unknown key 'filter'") == 0);
}
