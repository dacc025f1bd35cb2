// Files that are likely to hold secrets, by their names.
#pragma once

#include <string_view>

namespace leaksift {

// Keys, configuration, environments, shell histories and their like: looked at
// first where time is short. Says nothing about what is in the file.
bool is_risky_path(std::string_view path);

}  // namespace leaksift
