// Processes for what several of them do at once.
#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <vector>

#include "support/catch.h"

namespace leaksift {

// `work` in another process, which ends with 0 if it returns true, and in no
// other way: what it throws, as a failed REQUIRE does, would go on to the tests
// that come next, twice.
inline pid_t in_process(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child != 0) return child;
  try {
    ::_exit(work() ? 0 : 1);
  } catch (...) {
    ::_exit(2);
  }
}

// Its exit code; -1 if a signal ended it.
inline int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Did all of `count` processes that run `work` with their number return true?
inline bool all_succeed(int count, const std::function<bool(int)>& work) {
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    children.push_back(in_process([&] { return work(i); }));
  }
  bool good = true;
  for (const pid_t child : children) good &= wait_for(child) == 0;
  return good;
}

}  // namespace leaksift
