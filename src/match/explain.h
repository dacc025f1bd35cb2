// Why a text did or did not become a finding of a rule.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "match/engine.h"

namespace leaksift {

struct Explanation {
  // One line a stage, in the order in which a scan goes through them. Secrets
  // are masked.
  std::vector<std::string> stages;
  bool is_finding = false;
};

// Takes `text` through every stage of rule `index`, whatever the stages before
// said, so that one run shows all that is wrong.
Explanation explain(const Engine& engine, uint32_t index,
                    std::string_view text);

}  // namespace leaksift
