// A moment at which work ends early.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace leaksift {

// Not thread-safe.
class TimeLimit {
 public:
  using Clock = std::chrono::steady_clock;

  // Nothing: never, as in the beginning.
  void set(std::optional<Clock::time_point> end) { end_ = end; }

  // For each piece of work.
  void start() { was_over_ = false; }
  // Is it time to end the piece? Then it says so to the piece's end.
  bool is_over() {
    if (!was_over_ && end_) was_over_ = Clock::now() > *end_;
    return was_over_;
  }
  // The same where it is asked often: one time in 16 looks at the clock, which
  // takes 20 ns.
  bool is_over_soon() {
    constexpr uint32_t kEvery = 16;
    if (was_over_ || !end_ || ++asked_ % kEvery != 0) return was_over_;
    return is_over();
  }
  // Did one of these say so of the last piece?
  bool was_over() const { return was_over_; }

 private:
  std::optional<Clock::time_point> end_;
  uint32_t asked_ = 0;
  bool was_over_ = false;
};

}  // namespace leaksift
