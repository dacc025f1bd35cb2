// What a sweep has to do.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "store/sweep_records.h"

namespace leaksift {

struct SweepPlan {
  std::vector<SweepUnit> units;   // in the order in which they are to be begun
  uint64_t repositories = 0;      // that were looked at
  uint64_t unchanged = 0;         // of these; they have no unit
  std::vector<Skipped> problems;  // what is no repository (any more)
};

struct PlanOptions {
  std::string rules;
  std::string former;  // before a change that is provable; or empty
  // Of a repository that was never scanned, bytes of packs over which its blobs
  // are scanned in parts of that size (part_scan.h); 0: no parts.
  uint64_t part_bytes = 0;
};

// Units for those of `repositories` (with a path each) that are not as the
// store knows them from a whole scan under the same rules. The largest first,
// behind its parts if it has any; of those that share objects the largest goes
// before all others, which then find them scanned.
SweepPlan make_plan(const std::vector<SweptRepository>& repositories,
                    const std::map<std::string, SweptRepository>& known,
                    const PlanOptions& options);

}  // namespace leaksift
