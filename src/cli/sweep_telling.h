// Who is told of a run, besides who waits for it: channels and Prometheus.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "cli/sweep_options.h"
#include "leaksift/result.h"
#include "store/sweep_store.h"
#include "sweep/notify_config.h"
#include "sweep/run_summary.h"
#include "sweep/sweep.h"

namespace leaksift {

// Not thread-safe.
class SweepTelling {
 public:
  // Fails on a file of channels that is not right, and one of metrics that
  // cannot be written: before the work, not after it.
  static Result<SweepTelling> open(const SweepTellOptions& options);

  // While the run goes: writes the metrics every five seconds, or less often so
  // that it takes one part in fifty of the time. The store is open only until
  // this returns.
  void note(const SweepState& state);

  // After the run. A channel that is dead, and metrics that cannot be written,
  // are told on standard error: the run has ended well. Fails only if the store
  // does.
  Status tell(SweepStore& store, const RunSummary& summary) const;

 private:
  using Clock = std::chrono::steady_clock;

  explicit SweepTelling(std::string metrics) : metrics_(std::move(metrics)) {}

  Status write_metrics(SweepStore& store) const;

  std::vector<Channel> channels_;
  std::string metrics_;
  Clock::time_point next_;
};

}  // namespace leaksift
