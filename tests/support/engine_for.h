// Engines out of a few lines of TOML.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "match/engine.h"
#include "match/worker.h"
#include "rules/loader.h"
#include "support/catch.h"

namespace leaksift {

inline RuleSet rules_of(const std::string& toml) {
  Result<LoadedRules> loaded = parse_rules(toml, "rules.toml", {});
  if (!loaded) FAIL(loaded.error().message());
  return std::move(loaded->set);
}

inline std::unique_ptr<Engine> engine_of(
    RuleSet rules, std::shared_ptr<EngineCache> cache = {}) {
  Result<std::unique_ptr<Engine>> engine =
      Engine::build(std::move(rules), std::move(cache));
  if (!engine) FAIL(engine.error().message());
  return *std::move(engine);
}

inline std::unique_ptr<Engine> engine_for(const std::string& toml) {
  return engine_of(rules_of(toml));
}

inline std::vector<Match> scan_whole(const Engine& engine,
                                     std::string_view text) {
  Worker worker(engine);
  std::vector<Match> matches;
  worker.scan(text, matches);
  return matches;
}

}  // namespace leaksift
