// What a review tells a person to run, and the files that do it.
#pragma once

#include <string>
#include <string_view>

namespace leaksift {

// A shell script: `git filter-repo` with all files of the review.
std::string_view rewrite_script();

// Python, for the callbacks of `git filter-repo`: names, and files in UTF-16
// and UTF-32. Reads the files beside it; holds no secrets itself.
std::string_view rewrite_callbacks();

// With the commands to be run: `target` is the repository, `folder` that of the
// review.
std::string review_readme(std::string_view target, std::string_view folder);

}  // namespace leaksift
