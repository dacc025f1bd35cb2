// How the last run goes or went, for Prometheus (its documentation: "Exposition
// formats", text format 0.0.4). All are gauges: they tell of one run.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "leaksift/result.h"
#include "store/sweep_store.h"
#include "sweep/run_summary.h"

namespace leaksift {

inline constexpr size_t kSeverities = 5;

struct SweepMetrics {
  RunSummary summary;
  int64_t now = 0;           // seconds since 1970
  int64_t last_success = 0;  // 0: never
  // By FindingState and Severity; those that a decision hides are not among
  // them, but among `decided`.
  std::array<std::array<uint64_t, kSeverities>, 2> findings{};
  uint64_t decided = 0;
};

// Reads all findings and units.
Result<SweepMetrics> read_metrics(SweepStore& store, const SweepRun& run,
                                  int64_t now);

std::string to_prometheus(const SweepMetrics& metrics);

// The value of a label, in quotes.
std::string label_value(std::string_view text);

}  // namespace leaksift
