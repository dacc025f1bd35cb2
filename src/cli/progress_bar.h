// A line on the terminal that says how far a run has come.
#pragma once

#include <atomic>
#include <thread>

#include "pipeline/progress.h"

namespace leaksift {

// Draws on standard error a few times a second from the making to the end of
// this object, if `wanted` and if standard error is a terminal.
class ProgressBar {
 public:
  ProgressBar(const Progress& progress, bool wanted);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

 private:
  void draw_until_done();

  const Progress& progress_;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace leaksift
