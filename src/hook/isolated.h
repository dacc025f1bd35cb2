// Work done in a process of its own.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/file.h"

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

// A child process at work. It ends with this process, and when the object does.
class IsolatedWork {
 public:
  // Where there is no process to be had, outcome() says so at once.
  // REQUIRES: this process has no other thread
  static IsolatedWork start(const std::function<std::string()>& work);

  ~IsolatedWork();
  IsolatedWork(IsolatedWork&& other) noexcept;
  IsolatedWork& operator=(IsolatedWork&&) = delete;

  // Readable when there is something to take(), or the work has ended; -1:
  // there is nothing to wait for.
  int fd() const { return from_.fd(); }
  // Takes what is there to be read; waits if nothing is. False: it has ended.
  bool take();
  // Ends it by force.
  void stop();

  // Call once, when take() was false, or after stop().
  Outcome outcome();

 private:
  IsolatedWork() = default;

  FileHandle from_;
  int child_ = -1;  // a process id
  bool stopped_ = false;
  Outcome outcome_;
};

// Runs `work` in a child process, so that no crash in it, no memory that it
// takes and no time that it needs is this process's. It ends with this process,
// too. The bytes that it returns are handed over; what it prints on standard
// output and error appears there.
// REQUIRES: this process has no other thread yet
Outcome run_isolated(const std::function<std::string()>& work,
                     std::chrono::steady_clock::time_point until);

}  // namespace leaksift
