// From a pattern for paths to one for the names of files.
#pragma once

#include <string>
#include <string_view>

namespace leaksift {

// A byte pattern that is found in the last name of every path in which
// `path_pattern` is found, whether the path is written with '/' or '\\': what
// the latter says of a path's end, behind the last separator that it can match.
// Empty, so found in every name, where it says nothing.
std::string name_pattern(std::string_view path_pattern);

}  // namespace leaksift
