// One unit, from its place in the store to its results there.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "hook/isolated.h"
#include "leaksift/result.h"
#include "match/engine.h"
#include "store/sweep_store.h"
#include "sweep/finding_ids.h"
#include "sweep/unit_scan.h"

namespace leaksift {

// Attempts at a unit before it is given up.
inline constexpr uint32_t kMaxAttempts = 3;

struct UnitRun {
  const Engine& engine;
  const FindingIds& ids;
  StateLocation state;
  uint64_t run = 0;
  std::string unit;  // id
  std::string worker;
  UnitScanOptions options;
};

// Scans the unit and writes what it found, once: a unit that is done already
// stays as it is. Opens a connection of its own. Fails with why it could not
// be scanned: that it is tried again, or given up, is up to the caller.
Status run_unit(const UnitRun& task);

// run_unit() in a process of its own, until the time is over. What goes wrong
// is noted in the store; a third time ends the unit. Fails only if that cannot
// be noted.
// REQUIRES: this process has no other thread
Result<UnitState> run_unit_isolated(const UnitRun& task,
                                    std::chrono::seconds time);

// Notes that an attempt at the unit failed.
Result<UnitState> note_failure(const StateLocation& state, uint64_t run,
                               const std::string& unit, const std::string& why);

// Why the unit's process did not end well; empty: it did.
std::string failure_of(const Outcome& outcome, std::chrono::seconds time);

// "HOST:PROCESS", to tell people where a unit runs.
std::string worker_name();

}  // namespace leaksift
