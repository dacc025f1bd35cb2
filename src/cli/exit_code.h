// What the process says to its caller.
#pragma once

namespace leaksift {

enum class ExitCode {
  kClean = 0,     // everything was looked at, nothing was found
  kFindings = 1,  // wins over kIncomplete
  kCouldNotRun = 2,
  kIncomplete = 3,  // nothing found, but something was not looked at
};

}  // namespace leaksift
