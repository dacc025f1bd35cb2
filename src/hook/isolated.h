// Work done in a process of its own.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace leaksift {

// How a piece of work ended.
struct Outcome {
  enum class Kind : uint8_t {
    kDone,
    kLate,    // it was ended by force when its time was over
    kFailed,  // it ended by itself, but not well: a signal, no memory left
  };
  Kind kind = Kind::kFailed;
  std::string bytes;   // kDone: what the work returned
  std::string detail;  // kFailed: how
};

// Runs `work` in a child process, so that no crash in it, no memory that it
// takes and no time that it needs is this process's. It ends with this process,
// too. The bytes that it returns are handed over; what it prints on standard
// output and error appears there.
// REQUIRES: this process has no other thread yet
Outcome run_isolated(const std::function<std::string()>& work,
                     std::chrono::steady_clock::time_point until);

}  // namespace leaksift
