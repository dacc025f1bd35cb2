// From the rule options to an engine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/options.h"
#include "leaksift/result.h"
#include "match/engine.h"
#include "rules/rule.h"

namespace leaksift {

struct ChosenRules {
  RuleSet set;
  std::shared_ptr<EngineCache> cache;
  std::vector<std::string> warnings;  // for standard error, one a line
  // All from the binary: known to compile, so their regexes need no check.
  bool builtin_only = false;
};

// The index of the rule with this id. An unknown one is an error that names
// the nearest.
Result<uint32_t> find_rule(const RuleSet& set, const std::string& id);

// Loads, merges and selects. An unknown id in --only or --except is an error.
Result<ChosenRules> choose_rules(const RuleOptions& options);

// choose_rules(), checked and compiled. Warnings go to standard error.
Result<std::unique_ptr<Engine>> set_up_engine(const RuleOptions& options);

}  // namespace leaksift
