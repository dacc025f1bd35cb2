// How many threads work at once.
#pragma once

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

namespace leaksift {

// Runs `work` where TBB has `jobs` threads in all, also where there are fewer
// CPUs.
template <typename Work>
void with_threads(unsigned jobs, const Work& work) {
  const tbb::global_control threads(
      tbb::global_control::max_allowed_parallelism, jobs);
  tbb::task_arena arena(static_cast<int>(jobs));
  arena.execute(work);
}

}  // namespace leaksift
