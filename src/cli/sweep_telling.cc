#include "cli/sweep_telling.h"

#include <algorithm>
#include <ctime>
#include <iostream>

#include "core/file.h"
#include "core/text.h"
#include "sweep/metrics.h"
#include "sweep/notify.h"

namespace leaksift {
namespace {

using namespace std::chrono_literals;

int64_t now() {
  return std::time(nullptr);
}

void warn(const std::string& what) {
  std::cerr << "warning: " << printable(what) << "\n";
}

}  // namespace

Result<SweepTelling> SweepTelling::open(const SweepTellOptions& options) {
  SweepTelling telling(options.metrics);
  if (!options.metrics.empty()) {
    Status good = check_writable(options.metrics);
    if (!good) return std::move(good).error();
  }
  if (!options.channels.empty()) {
    auto channels = load_channels(options.channels);
    if (!channels) return std::move(channels).error();
    telling.channels_ = *std::move(channels);
  }
  return telling;
}

Status SweepTelling::write_metrics(SweepStore& store) const {
  const auto run = store.last_run();
  if (!run) return run.error();
  if (!*run) return Ok{};
  const auto metrics = read_metrics(store, **run, now());
  if (!metrics) return metrics.error();
  return write_file(metrics_, to_prometheus(*metrics));
}

void SweepTelling::note(const SweepState& state) {
  const Clock::time_point begin = Clock::now();
  if (metrics_.empty() || begin < next_) return;
  // What goes wrong here is told at the end, if it still does.
  if (const auto store = SweepStore::open(state.where)) {
    static_cast<void>(write_metrics(**store));
  }
  const Clock::time_point end = Clock::now();
  next_ = end + std::max<Clock::duration>(5s, 50 * (end - begin));
}

Status SweepTelling::tell(SweepStore& store, const RunSummary& summary) const {
  if (!metrics_.empty()) {
    Status written = write_metrics(store);
    if (!written) warn("metrics: " + written.error().message());
  }
  if (channels_.empty()) return Ok{};
  const auto all = tell_news(store, summary, channels_, {now, {}});
  if (!all) return all.error();
  for (const Told& one : *all) {
    if (one.error.empty()) continue;
    warn("channel " + one.channel + ": " + one.error + "; " +
         std::to_string(one.untold) +
         " findings are left to be told after the next run");
  }
  return Ok{};
}

}  // namespace leaksift
