#include "match/engine.h"

#include "support/catch.h"
#include "support/engine_for.h"

using namespace leaksift;

namespace {

class OneSlot : public EngineCache {
 public:
  std::shared_ptr<const RulePlan> plan(uint64_t plan_key) override {
    return plan_key == known_plan ? ready_plan : nullptr;
  }
  std::unique_ptr<Prefilter> load(uint64_t anchors_key) override {
    ++loads;
    if (anchors_key != key || bytes.empty()) return nullptr;
    Result<Prefilter> prefilter = Prefilter::deserialize(bytes);
    return std::make_unique<Prefilter>(*std::move(prefilter));
  }
  void store(uint64_t anchors_key, const Prefilter& prefilter) override {
    ++stores;
    key = anchors_key;
    bytes = prefilter.serialize();
  }

  int loads = 0;
  int stores = 0;
  uint64_t key = 0;
  uint64_t known_plan = 0;
  std::shared_ptr<RulePlan> ready_plan = std::make_shared<RulePlan>();
  std::string bytes;
};

const std::string kRule = "[[rules]]\nid = 'a'\nregex = 'tok_[a-z]{4}'\n";

}  // namespace

TEST_CASE("a bad regex is named with its file, line and rule",
          "[match][engine]") {
  const Result<std::unique_ptr<Engine>> engine =
      Engine::build(rules_of("\n[[rules]]\nid = 'a'\nregex = 'b)'\n"));
  REQUIRE_FALSE(engine);
  CHECK(engine.error().message().find("rules.toml:2: rule 'a': bad regex: ") ==
        0);
}

TEST_CASE("an engine without rules finds nothing", "[match][engine]") {
  const auto engine = engine_of({});
  CHECK(scan_whole(*engine, "tok_abcd").empty());
  const auto paths = engine_for("[[rules]]\nid = 'p'\npath = 'x'\n");
  CHECK_FALSE(paths->has_content(0));
  CHECK(scan_whole(*paths, "x").empty());
}

TEST_CASE("anchors are compiled once per set of anchors", "[match][engine]") {
  OneSlot cache;
  for (int i = 0; i < 2; ++i) {
    const Result<std::unique_ptr<Engine>> engine =
        Engine::build(rules_of(kRule), &cache);
    REQUIRE(engine);
    CHECK(scan_whole(**engine, "x tok_abcd").size() == 1);
  }
  CHECK(cache.loads == 2);
  CHECK(cache.stores == 1);

  const std::string other = "[[rules]]\nid = 'a'\nregex = 'key_[a-z]{4}'\n";
  const Result<std::unique_ptr<Engine>> engine =
      Engine::build(rules_of(other), &cache);
  REQUIRE(engine);
  CHECK(cache.stores == 2);
  CHECK(scan_whole(**engine, "key_abcd tok_abcd").size() == 1);
}

TEST_CASE("a plan that is there already is not made anew", "[match][engine]") {
  OneSlot cache;
  Rule other;
  other.regex = "key_[a-z]{4}";
  const RuleSet rules = rules_of(kRule);
  cache.known_plan = plan_key(rules.rules[0]);
  *cache.ready_plan = *plan_rule(other);
  const auto engine = engine_of(rules, &cache);
  CHECK(scan_whole(*engine, "key_abcd tok_abcd").size() == 1);
  CHECK(engine->rule(0).plan.core == other.regex);
}

TEST_CASE("what a rule is called or says does not change its anchors' key",
          "[match][engine]") {
  const auto a = engine_for(kRule);
  const auto b = engine_for(
      "[[rules]]\nid = 'z'\ndescription = 'x'\nregex = 'tok_[a-z]{4}'\n");
  const auto folded =
      engine_for("[[rules]]\nid = 'a'\nregex = '(?i)tok_[a-z]{4}'\n");
  CHECK(a->anchors_key() == b->anchors_key());
  CHECK(a->anchors_key() != folded->anchors_key());
}

TEST_CASE("rules with the same anchor share it", "[match][engine]") {
  const auto engine =
      engine_for(kRule + "[[rules]]\nid = 'b'\nregex = 'tok_[0-9]{4}'\n");
  CHECK(engine->patterns().size() == 1);
  CHECK(scan_whole(*engine, "tok_abcd tok_1234").size() == 2);
}

TEST_CASE("a window's margin covers match, lead and line", "[match][engine]") {
  const auto engine = engine_for(
      "[[rules]]\nid = 'a'\nregex = '[ab]{0,50}?tok_[a-z]{1,300}'\n");
  CHECK(engine->margin() >= 50 + 304 + kLineReach);
}
