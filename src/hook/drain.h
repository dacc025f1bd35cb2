// Scans the pushes that were accepted before they were scanned.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "hook/pre_receive.h"
#include "leaksift/result.h"

namespace leaksift {

struct DrainResult {
  uint64_t scanned = 0;   // pushes
  uint64_t findings = 0;  // that the policy would have blocked
  uint64_t failed = 0;    // pushes that are still in the spool
};

// Goes through the spool of the repository at `path`, oldest push first, each
// in a process of its own. What is found is told on `out` and written to the
// audit log, as the hook would have; then the push leaves the spool. One that
// cannot be scanned stays, with the reason; so does one that another process
// works on. Safe to run in several processes at once. REQUIRES: the process has
// no other thread
Result<DrainResult> drain_spool(const PreReceiveSetup& setup,
                                const std::string& path, std::ostream& out);

}  // namespace leaksift
