#include "sweep/run_summary.h"

#include <algorithm>

#include "sweep/meta_number.h"

namespace leaksift {
namespace {

constexpr const char* kLastSuccess = "last_success";

void add(const UnitCost& one, UnitCost& all) {
  all.objects += one.objects;
  all.new_objects += one.new_objects;
  all.bytes += one.bytes;
  all.cpu_seconds += one.cpu_seconds;
  all.wall_seconds += one.wall_seconds;
  all.peak_memory = std::max(all.peak_memory, one.peak_memory);
}

}  // namespace

Result<RunSummary> summarize(SweepStore& store, const SweepRun& run) {
  RunSummary all;
  all.run = run;
  const auto units = store.units(run.number);
  if (!units) return units.error();
  for (const SweepUnit& unit : *units) {
    all.bytes_all += unit.size;
    if (unit.state == UnitState::kDone) {
      ++all.units_done;
      all.bytes_done += unit.size;
      add(unit.cost, all.cost);
    } else if (unit.state == UnitState::kFailed) {
      ++all.units_failed;
    } else {
      ++all.units_left;
      all.bytes_left += unit.size;
      if (unit.state == UnitState::kRunning) all.running.push_back(unit);
    }
  }
  const auto events = store.events(run.number);
  if (!events) return events.error();
  for (const FindingEvent& event : *events) {
    all.new_findings += event.kind == EventKind::kNew ? 1 : 0;
    all.resolved += event.kind == EventKind::kResolved ? 1 : 0;
    all.reopened += event.kind == EventKind::kReopened ? 1 : 0;
  }
  const auto repositories = store.repositories();
  if (!repositories) return repositories.error();
  for (const auto& [key, repository] : *repositories) {
    if (repository.run != 0 && !repository.complete) ++all.incomplete;
  }
  return all;
}

Result<int64_t> last_success(SweepStore& store) {
  return meta_number(store, kLastSuccess);
}

Status note_success(SweepStore& store, const RunSummary& summary) {
  if (!summary.is_complete()) return Ok{};
  return set_meta_number(store, kLastSuccess, summary.run.finished);
}

std::optional<double> seconds_left(const RunSummary& summary) {
  if (summary.units_left == 0) return 0;
  if (summary.running.empty() || summary.bytes_done == 0) return std::nullopt;
  const double bytes_a_second =
      static_cast<double>(summary.bytes_done) / summary.cost.wall_seconds;
  return static_cast<double>(summary.bytes_left) /
         (bytes_a_second * static_cast<double>(summary.running.size()));
}

}  // namespace leaksift
