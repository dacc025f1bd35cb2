#include "match/worker.h"

#include "rules/loader.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

std::unique_ptr<Engine> engine_for(const std::string& toml) {
  Result<LoadedRules> loaded = parse_rules(toml, "rules.toml", {});
  REQUIRE(loaded);
  Result<std::unique_ptr<Engine>> engine =
      Engine::build(std::move(loaded->set));
  REQUIRE(engine);
  return *std::move(engine);
}

}  // namespace

TEST_CASE("a match says where it and its secret are", "[match][worker]") {
  const auto engine =
      engine_for("[[rules]]\nid = 'tok'\nregex = 'tok_([a-z]{4})\\b'\n");
  Worker worker(*engine);
  std::vector<Match> matches;
  worker.scan("x tok_abcd tok_abcde tok_wxyz", matches);
  REQUIRE(matches.size() == 2);
  CHECK(matches[0].span == Span{2, 10});
  CHECK(matches[0].secret == Span{6, 10});
  CHECK(matches[1].span == Span{21, 29});
}
