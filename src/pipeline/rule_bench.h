// What each rule costs on the files of some folders.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/coverage.h"
#include "leaksift/result.h"
#include "match/engine.h"
#include "match/worker.h"

namespace leaksift {

struct RuleBench {
  std::vector<RuleCost> costs;  // in the order of the engine's rules
  MatchStats all;
  uint64_t files = 0;
  Coverage coverage;  // what was not read
};

// Scans every file that `leaksift scan` would, each whole and by itself, on one
// thread, so that costs can be compared. Fails on a path that does not exist.
Result<RuleBench> bench_rules(const Engine& engine,
                              const std::vector<std::string>& paths);

}  // namespace leaksift
