// What became of findings from run to run.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "leaksift/result.h"
#include "store/sweep_store.h"
#include "sweep/metrics.h"

namespace leaksift {

// At the end of one run. A finding that was decided about by then, by a
// decision that still holds, is among `decided` alone while it is open.
struct TrendPoint {
  uint64_t run = 0;
  int64_t finished = 0;  // seconds since 1970
  uint64_t open = 0;
  std::array<uint64_t, kSeverities> open_by_severity{};
  uint64_t decided = 0;
  uint64_t new_findings = 0;
  uint64_t resolved = 0;
  uint64_t reopened = 0;
  // In seconds. Since the run that opened it, of those that are open; the upper
  // one of two in the middle.
  std::optional<int64_t> median_age;
  // From being opened to being resolved, of those that were resolved in this
  // run.
  std::optional<int64_t> mean_time_to_resolve;
};

// Of all runs that are finished, the oldest first. Holds all findings, and the
// events of one run.
Result<std::vector<TrendPoint>> read_trends(SweepStore& store);

// The same, from what the store has: all runs and all findings.
using EventsOf = std::function<Result<std::vector<FindingEvent>>(uint64_t run)>;
Result<std::vector<TrendPoint>> find_trends(
    const std::vector<SweepRun>& runs, const std::vector<FindingLife>& findings,
    const EventsOf& events_of);

// type "trend", run, finished, open, open_by_severity {info, low, medium, high,
// critical}, decided, new, resolved, reopened, median_age_seconds,
// mean_seconds_to_resolve; the last two only where there are such findings.
std::string to_jsonl(const TrendPoint& point);

}  // namespace leaksift
