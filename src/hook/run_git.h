// Asking git itself.
#pragma once

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

}  // namespace leaksift
