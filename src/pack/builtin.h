// The rule pack that is built into the binary.
#pragma once

#include <memory>

#include "match/engine.h"
#include "rules/rule.h"

namespace leaksift {

struct BuiltinRules {
  // The rules of patterns/, as they stood at the build; without examples.
  RuleSet set;
  // Their plans and tables. Prefilter databases: those built into the binary
  // (for the built-in rules, one per instruction set), then those kept in the
  // user's cache folder ($XDG_CACHE_HOME/leaksift or ~/.cache/leaksift).
  // Databases that had to be compiled are kept there; where the folder cannot
  // be written, or belongs to somebody else, they are compiled each time.
  std::shared_ptr<EngineCache> cache;
};

BuiltinRules builtin_rules();

// Gives built-in rules among `rules` their examples.
void add_builtin_examples(RuleSet& rules);

}  // namespace leaksift
