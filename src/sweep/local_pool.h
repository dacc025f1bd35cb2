// The units of a run, in processes of this machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "store/sweep_store.h"
#include "sweep/unit_run.h"

namespace leaksift {

struct PoolOptions {
  unsigned jobs = 1;                     // threads of all processes together
  uint64_t memory = kDefaultMemory;      // bytes, of all together
  std::chrono::seconds unit_time{7200};  // then a unit is ended by force
};

// How far the pool is.
struct PoolProgress {
  size_t units = 0;
  size_t done = 0;
  size_t failed = 0;
  uint64_t bytes = 0;  // of all units' packs
  uint64_t bytes_done = 0;
};

// Runs all that is not done yet; `units` in their order, each after those that
// it waits for. Each has a process of its own: what kills it is noted, and the
// unit tried again. `task` is what they have in common. `tell` is called when
// a unit begins or ends, and once a second. Fails only if the store does.
// REQUIRES: this process has no other thread
Status run_pool(const UnitRun& task, std::vector<SweepUnit> units,
                const PoolOptions& options,
                const std::function<void(const PoolProgress&)>& tell);

}  // namespace leaksift
