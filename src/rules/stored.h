// Rules and their plans in the form that the build embeds. Reading all rules
// takes 1 ms for 1,800; parsing their files and planning them takes 1,500.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "rules/plan.h"
#include "rules/rule.h"

namespace leaksift {

// Without examples, which nobody needs to scan. The form is this build's own:
// only the same sources read what they wrote. So it is for all of these.
std::string store_rules(const RuleSet& rules);

// REQUIRES: `bytes` come from store_rules. They are trusted.
RuleSet restore_rules(std::string_view bytes);

struct StoredPlan {
  uint64_t key = 0;  // plan_key
  std::shared_ptr<const RulePlan> plan;
};

// Of several with one key the first is kept.
std::string store_plans(std::vector<StoredPlan> plans);

// Reads one plan at a time: most runs need a few. Thread-safe.
class StoredPlans {
 public:
  // REQUIRES: `bytes` come from store_plans and outlive this. They are trusted.
  explicit StoredPlans(std::string_view bytes);
  ~StoredPlans();

  // Null if there is none.
  std::shared_ptr<const RulePlan> find(uint64_t key);

 private:
  struct Layout;
  const std::unique_ptr<Layout> layout_;
  std::mutex mutex_;  // of the tails that were read already
};

// The examples and counter-examples of all rules.
std::string store_examples(const RuleSet& rules);

// Gives them to those of `rules` that are the same: of one id, from one line.
// REQUIRES: `bytes` come from store_examples.
void restore_examples(std::string_view bytes, RuleSet& rules);

}  // namespace leaksift
