// How one blob is made out of another one.
#pragma once

#include <cstdint>

namespace leaksift {

// A stretch of the result that stands in the base as it is. Neighbouring copies
// that continue each other are one run: git splits long ones at 64 KB.
struct CopyRun {
  uint64_t to = 0;    // in the result
  uint64_t from = 0;  // in the base
  uint64_t size = 0;
};

}  // namespace leaksift
