// What files are called, however the user named what was to be scanned.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace leaksift {

// A file's stable path begins at the top of the work tree around the root that
// it was found in, so that it is the same for every root in that tree, and in
// its history; outside of any, at the root (a folder), or is the name alone (of
// a file). Not thread-safe.
class StablePaths {
 public:
  // Roots, as the user named them.
  void add_folder(const std::string& path);
  void add_file(const std::string& path);

  // `path`: of a file in one of the roots, as it is reported; of several that
  // it may be in, the innermost counts. Anything else stays as it is.
  std::string of(const std::string& path);

 private:
  // Of a path whose root takes up its first `root_size` bytes.
  std::string without_root(const std::string& path, size_t root_size);

  std::set<std::string, std::less<>> folders_;  // with a slash behind each
  std::set<std::string> files_;
  std::map<std::string, std::string> below_;  // the top, by folder, once asked
};

}  // namespace leaksift
