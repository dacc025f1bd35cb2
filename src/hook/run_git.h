// Asking git itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "leaksift/result.h"

namespace leaksift {

struct GitAnswer {
  int exit_code = 0;
  std::string out;  // without line ends behind it
  std::string err;  // the same
};

// Runs git in `folder`, with the environment and configuration of this process:
// for commands that a user gives for a repository of his own, never for scans.
// Fails if there is no git, or if it ends by a signal. Not for large answers:
// they are held, over 1 MiB is an error.
Result<GitAnswer> ask_git(const std::string& folder,
                          const std::vector<std::string>& arguments);

// One run of git that has nothing of this process but what is named here.
struct GitRun {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  // "NAME=value"
  uint64_t max_answer = 1 << 20;         // bytes, of each output
  std::chrono::seconds timeout{60};
  // Asked some times a second: should it be ended now? Empty: never.
  std::function<bool()> give_up;
  // An open file that git holds as long as it runs, also where this process
  // dies: a lock. -1: none.
  int held_file = -1;
};

// Runs git in a process group of its own, all of which is killed when the time
// is over or somebody gives up: that is an error, as for ask_git(). May be
// called from several threads.
Result<GitAnswer> run_git(const GitRun& run);

}  // namespace leaksift
