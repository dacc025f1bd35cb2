// How a run of a sweep went.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "leaksift/result.h"
#include "store/sweep_store.h"

namespace leaksift {

// How a run went, in numbers.
struct RunSummary {
  SweepRun run;
  uint64_t units_done = 0;
  uint64_t units_failed = 0;
  uint64_t units_left = 0;  // waiting or running
  std::vector<SweepUnit> running;
  uint64_t bytes_left = 0;  // of packs, as below
  uint64_t bytes_done = 0;
  uint64_t bytes_all = 0;
  UnitCost cost;  // of all units
  uint64_t new_findings = 0;
  uint64_t resolved = 0;
  uint64_t reopened = 0;
  uint64_t incomplete = 0;  // repositories of which not all was looked at

  bool is_complete() const {
    return units_failed == 0 && units_left == 0 && incomplete == 0 &&
           run.problems.empty();
  }
};

Result<RunSummary> summarize(SweepStore& store, const SweepRun& run);

// When a run last was complete, in seconds since 1970; 0: never.
Result<int64_t> last_success(SweepStore& store);
// Remembers that this one was, if it was.
Status note_success(SweepStore& store, const RunSummary& summary);

// How long it will take until all units are done, if those that run now go on
// as fast as those that are done; nothing where that tells nothing.
std::optional<double> seconds_left(const RunSummary& summary);

}  // namespace leaksift
