// The scripts that git runs as hooks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leaksift {

// What another hook of the same name that runs first is called: the hook's name
// with this behind it.
inline constexpr std::string_view kEarlierSuffix = ".before-leaksift";

struct HookScript {
  std::string hook;     // "pre-commit"
  std::string program;  // absolute path of leaksift; empty: only forwards
  std::vector<std::string> options;  // of `leaksift hook <hook>`
  // The hook that runs first is the repository's own, which git leaves out
  // where core.hooksPath names another folder. Else it is that which was there
  // before.
  bool runs_own = false;
};

// For sh as POSIX has it. What runs first gets the same arguments and standard
// input, and when it fails nothing else runs.
std::string text_of(const HookScript& script);

// Is this a text that text_of() made? And does it run leaksift, or only
// forward?
bool is_our_script(std::string_view text);
bool runs_leaksift(std::string_view text);

}  // namespace leaksift
