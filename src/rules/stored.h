// Rules with their plans in the form that the build embeds. Reading it takes 3
// ms for 860 rules; parsing their files and planning them takes 150.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/plan.h"
#include "rules/rule.h"

namespace leaksift {

struct StoredPlan {
  uint64_t key = 0;  // plan_key
  RulePlan plan;
};

struct StoredRules {
  RuleSet set;
  std::vector<StoredPlan> plans;  // in the order of their keys
};

// The form is this build's own: only the same sources read what they wrote.
std::string store_rules(const StoredRules& rules);

// REQUIRES: `bytes` come from store_rules. They are trusted.
StoredRules restore_rules(std::string_view bytes);

}  // namespace leaksift
