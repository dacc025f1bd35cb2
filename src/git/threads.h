// How many threads work at once.
#pragma once

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <cstdint>

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

// Calls `each` for the numbers below `count`, with some of them at a time: from
// their begin to their end.
template <typename Each>
void in_parts(unsigned jobs, uint32_t count, const Each& each) {
  constexpr uint32_t kLeast = 1 << 14;
  with_threads(jobs, [&] {
    tbb::parallel_for(
        tbb::blocked_range<uint32_t>(0, count, kLeast),
        [&](const auto& part) { each(part.begin(), part.end()); });
  });
}

}  // namespace leaksift
