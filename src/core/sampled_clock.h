// How long many short pieces of work take.
#pragma once

#include <chrono>
#include <cstdint>

namespace leaksift {

// Looks at the clock on the wall for one piece in kEvery and lets it stand for
// all of them: reading it for each would take as long as a fiftieth of a whole
// scan. Not thread-safe.
class SampledClock {
 public:
  void begin() {
    if (++pieces_ % kEvery == 0) start_ = std::chrono::steady_clock::now();
  }
  void end() {
    if (pieces_ % kEvery != 0) return;
    const auto taken = std::chrono::steady_clock::now() - start_;
    nanoseconds_ +=
        kEvery * static_cast<uint64_t>(
                     std::chrono::duration_cast<std::chrono::nanoseconds>(taken)
                         .count());
  }

  // An estimate.
  uint64_t nanoseconds() const { return nanoseconds_; }

 private:
  static constexpr uint64_t kEvery = 17;  // no multiple of what work comes in

  uint64_t pieces_ = 0;
  uint64_t nanoseconds_ = 0;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace leaksift
