// A line on the terminal that says how far a sweep has come.
#pragma once

#include <chrono>

#include "sweep/local_pool.h"

namespace leaksift {

// Draws on standard error, if `wanted` and if that is a terminal.
class SweepLine {
 public:
  explicit SweepLine(bool wanted);

  void draw(const PoolProgress& progress);
  // Takes it away.
  void clear();

 private:
  bool shown_;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace leaksift
