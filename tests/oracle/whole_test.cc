// The engine against RE2 alone, on whole texts.
#include "oracle/corpus.h"
#include "pack/builtin.h"
#include "rules/stored.h"
#include "support/catch.h"
#include "support/engine_for.h"
#include "support/naive_engine.h"

using namespace leaksift;

namespace {

void compare(const Pack& pack, std::string_view text) {
  const Engine& engine = engine_of_pack(pack);
  CHECK(difference(engine, naive_scan(engine, text),
                   scan_whole(engine, text)) == "");
}

}  // namespace

TEST_CASE("examples and look-alikes are found as RE2 alone finds them",
          "[oracle]") {
  Random random(1);
  for (const Pack* pack : {&builtin_pack(), &gitleaks_pack()}) {
    INFO(pack->name);
    const std::string text = all_texts(*pack, random);
    compare(*pack, text);
    // The corpus is worth its name only if there is something to find.
    CHECK(scan_whole(engine_of_pack(*pack), text).size() >
          pack->rules.rules.size() / 2);
  }
}

TEST_CASE("our own sources are read as RE2 alone reads them", "[oracle]") {
  constexpr size_t kSize = 200'000;
  const std::string text = own_sources(kSize);
  REQUIRE(text.size() == kSize);
  for (const Pack* pack : {&builtin_pack(), &gitleaks_pack()}) {
    INFO(pack->name);
    compare(*pack, text);
  }
}

TEST_CASE("random bytes and filler are read as RE2 alone reads them",
          "[oracle]") {
  Random random(2);
  const std::string text = random.bytes(50'000) + filler(random, 100'000);
  for (const Pack* pack : {&builtin_pack(), &gitleaks_pack()}) {
    INFO(pack->name);
    compare(*pack, text);
  }
}

TEST_CASE("the plans that ship are those that the rules have",
          "[oracle][pack]") {
  const BuiltinRules builtin = builtin_rules();
  for (const Rule& rule : builtin.set.rules) {
    if (rule.regex.empty()) continue;
    INFO(rule.id);
    const auto shipped = builtin.cache->plan(plan_key(rule));
    REQUIRE(shipped != nullptr);
    const Result<RulePlan> fresh = plan_rule(rule);
    REQUIRE(fresh);
    auto stored = [](const RulePlan& plan) {
      return store_plans({{0, std::make_shared<RulePlan>(plan)}});
    };
    CHECK(stored(*shipped) == stored(*fresh));
  }
}

TEST_CASE("the tables that ship are those that the rules have",
          "[oracle][pack]") {
  BuiltinRules builtin = builtin_rules();
  std::erase_if(builtin.set.rules,
                [](const Rule& rule) { return !rule.pack.empty(); });
  RulePlans plans;
  for (const Rule& rule : builtin.set.rules) {
    plans.emplace_back();
    if (rule.regex.empty()) continue;
    Result<RulePlan> plan = plan_rule(rule);
    REQUIRE(plan);
    plans.back() = std::make_shared<RulePlan>(*std::move(plan));
  }
  const auto shipped = builtin.cache->tables(EngineTables::key_of(builtin.set));
  REQUIRE(shipped);
  const EngineTables fresh = EngineTables::make(builtin.set, plans);
  CHECK(shipped->bytes() == fresh.bytes());
}
