// Running other programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leaksift {

// What a program did.
struct Ran {
  int exit_code = -1;  // -1: ended by a signal
  std::string out;
  std::string err;
  long peak_kb = 0;            // of resident memory
  long peak_anonymous_kb = 0;  // without files, looked at every millisecond
};

// Runs `command`, found by PATH, in `directory`.
Ran run_command(std::vector<std::string> command, const std::string& directory,
                std::string_view input = {});

}  // namespace leaksift
