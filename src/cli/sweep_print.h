// What `leaksift sweep` prints.
#pragma once

#include <optional>
#include <ostream>
#include <vector>

#include "cli/sweep_options.h"
#include "leaksift/result.h"
#include "store/sweep_store.h"
#include "sweep/run_summary.h"
#include "sweep/trends.h"

namespace leaksift {

// The summary's line, resp. lines; what could not be looked at is named.
Status print_summary(SweepStore& store, const RunSummary& summary,
                     SweepFormat format, std::ostream& out);

// What runs now, and how long it may take until all is done; nothing for a run
// that is done. `now`: seconds since 1970.
void print_running(const RunSummary& summary, int64_t now, std::ostream& out);

// A line for each run.
void print_trends(const std::vector<TrendPoint>& points, std::ostream& out);

void print_units(const std::vector<SweepUnit>& units, SweepFormat format,
                 std::ostream& out);

Status print_finding(SweepStore& store, const FindingLife& life,
                     std::optional<EventKind> event, SweepFormat format,
                     std::ostream& out);

// What a run made of findings, in the order of findings().
Status print_events(SweepStore& store, uint64_t run, SweepFormat format,
                    std::ostream& out);

}  // namespace leaksift
