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
  std::optional<EngineTables> tables(uint64_t tables_key) override {
    if (tables_key != known_tables) return std::nullopt;
    return EngineTables::in_place(ready_tables);
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
  uint64_t known_tables = 0;
  std::string_view ready_tables;
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
  const auto cache = std::make_shared<OneSlot>();
  for (int i = 0; i < 2; ++i) {
    const Result<std::unique_ptr<Engine>> engine =
        Engine::build(rules_of(kRule), cache);
    REQUIRE(engine);
    CHECK(scan_whole(**engine, "x tok_abcd").size() == 1);
  }
  CHECK(cache->loads == 2);
  CHECK(cache->stores == 1);

  const std::string other = "[[rules]]\nid = 'a'\nregex = 'key_[a-z]{4}'\n";
  const Result<std::unique_ptr<Engine>> engine =
      Engine::build(rules_of(other), cache);
  REQUIRE(engine);
  CHECK(cache->stores == 2);
  CHECK(scan_whole(**engine, "key_abcd tok_abcd").size() == 1);
}

TEST_CASE("a plan that is there already is not made anew", "[match][engine]") {
  const auto cache = std::make_shared<OneSlot>();
  Rule other;
  other.regex = "key_[a-z]{4}";
  const RuleSet rules = rules_of(kRule);
  cache->known_plan = plan_key(rules.rules[0]);
  *cache->ready_plan = *plan_rule(other);
  const auto engine = engine_of(rules, cache);
  CHECK(scan_whole(*engine, "key_abcd tok_abcd").size() == 1);
  CHECK(engine->rule(0).plan.core == other.regex);
}

TEST_CASE("tables that are there already are used in place",
          "[match][engine]") {
  const std::string toml = kRule +
                           "keywords = ['tok']\n"
                           "[[rules]]\nid = 'b'\nregex = '(?i)key[0-9]{4}'\n";
  const auto first = engine_for(toml);
  const auto cache = std::make_shared<OneSlot>();
  cache->known_tables = EngineTables::key_of(rules_of(toml));
  cache->ready_tables = first->tables().bytes();
  const auto second = engine_of(rules_of(toml), cache);
  CHECK(second->tables().bytes().data() == first->tables().bytes().data());
  CHECK(scan_whole(*second, "tok_abcd KEY1234").size() == 2);
}

TEST_CASE("rule sets with other tables have other keys", "[match][engine]") {
  const auto key_of = [](const std::string& toml) {
    return EngineTables::key_of(rules_of(toml));
  };
  const std::string pair = kRule +
                           "[[rules.required]]\nid = 'b'\nwithinLines = 2\n"
                           "[[rules]]\nid = 'b'\nregex = 'user=(\\w{4})'\n";
  CHECK(key_of(kRule) == key_of(kRule + "description = 'x'\n"));
  CHECK(key_of(kRule) != key_of(kRule + "keywords = ['tok']\n"));
  CHECK(key_of(kRule) != key_of(pair));
  CHECK(key_of(pair) != key_of(pair + "skipReport = true\n"));
}

TEST_CASE("what a rule is called or says does not change its anchors' key",
          "[match][engine]") {
  const auto a = engine_for(kRule);
  const auto b = engine_for(
      "[[rules]]\nid = 'z'\ndescription = 'x'\nregex = 'tok_[a-z]{4}'\n");
  const auto folded =
      engine_for("[[rules]]\nid = 'a'\nregex = '(?i)tok_[a-z]{4}'\n");
  CHECK(a->tables().anchors_key() == b->tables().anchors_key());
  CHECK(a->tables().anchors_key() != folded->tables().anchors_key());
}

TEST_CASE("rules with the same anchor share it", "[match][engine]") {
  const auto engine =
      engine_for(kRule + "[[rules]]\nid = 'b'\nregex = 'tok_[0-9]{4}'\n");
  CHECK(engine->tables().pattern_count() == 1);
  CHECK(scan_whole(*engine, "tok_abcd tok_1234").size() == 2);
}

TEST_CASE("a window's margin covers match, lead and line", "[match][engine]") {
  const auto engine = engine_for(
      "[[rules]]\nid = 'a'\nregex = '[ab]{0,50}?tok_[a-z]{1,300}'\n");
  CHECK(engine->margin() >= 50 + 304 + kLineReach);
}
