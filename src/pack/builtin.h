// The rule pack that is built into the binary.
#pragma once

#include <memory>

#include "leaksift/result.h"
#include "match/engine.h"
#include "rules/rule.h"

namespace leaksift {

// The rules of patterns/, as they stood when this binary was built.
Result<RuleSet> builtin_rules();

// Prefilter databases: those built into the binary (for the built-in rules,
// one per instruction set), then those kept in the user's cache folder
// ($XDG_CACHE_HOME/leaksift or ~/.cache/leaksift). Databases that had to be
// compiled are kept there; where the folder cannot be written, or belongs to
// somebody else, they are compiled each time.
std::unique_ptr<PrefilterCache> prefilter_cache();

}  // namespace leaksift
