// A push, scanned in a process of its own.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "hook/push_scan.h"

namespace leaksift {

// The scan, or why there is none.
struct IsolatedScan {
  std::optional<PushScan> scan;
  bool late = false;    // it was not done by the time given
  std::string trouble;  // else, without a scan: what went wrong
};

// As run_isolated() does it.
// REQUIRES: this process has no other thread yet
IsolatedScan scan_isolated(const PushTask& task,
                           std::chrono::steady_clock::time_point until);

}  // namespace leaksift
