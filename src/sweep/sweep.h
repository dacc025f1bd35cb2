// A sweep: from a list of repositories to findings in the store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/file.h"
#include "leaksift/result.h"
#include "match/engine.h"
#include "store/sweep_store.h"
#include "sweep/finding_ids.h"
#include "sweep/local_pool.h"
#include "sweep/plan.h"
#include "sweep/rule_change.h"

namespace leaksift {

// The state of sweeps, opened by one process.
struct SweepState {
  StateLocation where;
  FindingIds ids;

  // The folder, its key and the store; what is missing is made. Fails where the
  // store was written with another key: its findings would all be new.
  static Result<SweepState> open(const StateLocation& where);

  std::string seen_folder() const { return where.folder + "/seen"; }
  std::string mirror_folder() const { return where.folder + "/mirrors"; }
};

// Held by who plans and finishes runs: one process at a time.
Result<FileHandle> lock_sweeps(const SweepState& state);

struct SweepOptions {
  PoolOptions pool;
  Confidence min_confidence = Confidence::kMedium;
  uint64_t part_bytes = 0;  // see PlanOptions
  RuleProfile rules;
  std::vector<RuleDescription> texts;  // of the rules
  std::string version;                 // of leaksift
};

// Makes a plan for these repositories and begins a run with it, unless one is
// not finished: then that one. `problems`: what could not be listed or fetched.
Result<SweepRun> begin_sweep(const SweepState& state,
                             const std::vector<SweptRepository>& repositories,
                             std::vector<Skipped> problems,
                             const SweepOptions& options);

// Does what is left of a run, and finishes it. `engine` is asked for only if
// there is something to scan.
// REQUIRES: this process has no other thread
Status finish_sweep(
    const SweepState& state, uint64_t run, const SweepOptions& options,
    const std::function<Result<std::unique_ptr<Engine>>()>& engine,
    const std::function<void(const PoolProgress&)>& tell);

// What was forgotten.
struct GarbageCount {
  size_t repositories = 0;
  size_t segments = 0;
};

// Forgets repositories that `repositories`, unless it is null, has no more, and
// files of seen objects that the last run's rules do not need.
Result<GarbageCount> collect_garbage(
    const SweepState& state, const std::vector<SweptRepository>* repositories);

// Tells the findings' states after the last unit of a run; merges segments.
Status conclude(const SweepState& state, uint64_t run);

}  // namespace leaksift
