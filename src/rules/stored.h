// Rules with their plans in the form that the build embeds. Reading it takes 5
// ms for 1,700 rules; parsing their files and planning them takes 1,500.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/plan.h"
#include "rules/rule.h"

namespace leaksift {

struct StoredPlan {
  uint64_t key = 0;  // plan_key
  std::shared_ptr<RulePlan> plan;
};

struct StoredRules {
  RuleSet set;  // without examples, which nobody needs to scan
  std::vector<StoredPlan> plans;  // in the order of their keys
};

// The form is this build's own: only the same sources read what they wrote.
std::string store_rules(const StoredRules& rules);

// REQUIRES: `bytes` come from store_rules. They are trusted.
StoredRules restore_rules(std::string_view bytes);

// The examples and counter-examples of all rules.
std::string store_examples(const RuleSet& rules);

// Gives them to those of `rules` that are the same: of one id, from one line.
// REQUIRES: `bytes` come from store_examples.
void restore_examples(std::string_view bytes, RuleSet& rules);

}  // namespace leaksift
