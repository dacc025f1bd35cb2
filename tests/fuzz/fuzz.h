// A fuzz target is one file, fuzz_<name>.cc, that defines the two functions
// below. What feeds it is libFuzzer (libfuzzer.cc, preset "fuzz") or, in the
// sanitizer build's ctest, smoke.cc.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace leaksift {

// Gives the input to what is under test; ends the process where a promise is
// broken. The same input always does the same.
void fuzz_one(std::string_view input);

// Inputs to begin with: small ones that reach far.
std::vector<std::string> fuzz_seeds();

// Stops the fuzzer: what it found is kept.
inline void must(bool holds, const char* file = __builtin_FILE(),
                 int line = __builtin_LINE()) {
  if (holds) return;
  std::fprintf(stderr, "%s:%d: does not hold\n", file, line);
  std::abort();
}

}  // namespace leaksift
