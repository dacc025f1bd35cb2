#include <unistd.h>

#include <chrono>
#include <ctime>
#include <iostream>
#include <thread>
#include <utility>

#include "cli/commands.h"
#include "cli/sweep_print.h"
#include "sweep/finding_json.h"
#include "sweep/metrics.h"
#include "sweep/sweep.h"
#include "sweep/trends.h"

namespace leaksift {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenLooks = 2s;

// All, or for programs those that are being scanned.
Status print_some_units(SweepStore& store, const RunSummary& summary,
                        const SweepStatusCommand& command) {
  if (command.units) {
    const auto units = store.units(summary.run.number);
    if (!units) return units.error();
    print_units(*units, command.format, std::cout);
  } else if (command.format == SweepFormat::kJsonl) {
    print_units(summary.running, command.format, std::cout);
  }
  return Ok{};
}

// Is the run done?
Result<bool> print_status(SweepStore& store,
                          const SweepStatusCommand& command) {
  const SweepFormat format = command.format;
  const int64_t now = std::time(nullptr);
  const auto last = store.last_run();
  if (!last) return last.error();
  if (!*last) return Error("nothing was swept yet; see leaksift sweep run");
  const bool is_done = (*last)->state == RunState::kDone;
  if (format == SweepFormat::kPrometheus) {
    const auto metrics = read_metrics(store, **last, now);
    if (!metrics) return metrics.error();
    std::cout << to_prometheus(*metrics) << std::flush;
    return is_done;
  }
  const Result<RunSummary> summary = summarize(store, **last);
  if (!summary) return summary.error();
  Status printed = print_some_units(store, *summary, command);
  if (!printed) return std::move(printed).error();
  printed = print_summary(store, *summary, format, std::cout);
  if (!printed) return std::move(printed).error();
  if (format == SweepFormat::kText) print_running(*summary, now, std::cout);
  std::cout << std::flush;
  return is_done;
}

}  // namespace

Result<ExitCode> run(const SweepStatusCommand& command) {
  const Result<SweepState> state = SweepState::open(command.state.location());
  if (!state) return state.error();
  const auto store = SweepStore::open(state->where);
  if (!store) return store.error();
  const bool redraws = command.watch && ::isatty(STDOUT_FILENO) == 1;
  for (;;) {
    if (redraws) std::cout << "\033[H\033[2J";
    const Result<bool> is_done = print_status(**store, command);
    if (!is_done) return is_done.error();
    if (*is_done || !command.watch) return ExitCode::kClean;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

Result<ExitCode> run(const SweepFindingsCommand& command) {
  const Result<SweepState> state = SweepState::open(command.state.location());
  if (!state) return state.error();
  const auto store = SweepStore::open(state->where);
  if (!store) return store.error();
  const auto findings = (*store)->findings(command.filter);
  if (!findings) return findings.error();
  for (const FindingLife& life : *findings) {
    Status printed =
        print_finding(**store, life, std::nullopt, command.format, std::cout);
    if (!printed) return std::move(printed).error();
  }
  return findings->empty() ? ExitCode::kClean : ExitCode::kFindings;
}

Result<ExitCode> run(const SweepTrendsCommand& command) {
  const Result<SweepState> state = SweepState::open(command.state.location());
  if (!state) return state.error();
  const auto store = SweepStore::open(state->where);
  if (!store) return store.error();
  const auto points = read_trends(**store);
  if (!points) return points.error();
  if (command.format == SweepFormat::kText) {
    print_trends(*points, std::cout);
    return ExitCode::kClean;
  }
  for (const TrendPoint& point : *points) std::cout << to_jsonl(point);
  return ExitCode::kClean;
}

}  // namespace leaksift
