// Opening what lies below a directory, when others may be changing it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/coverage.h"
#include "core/file.h"
#include "leaksift/result.h"

namespace leaksift {

// Opens `path` (empty: the directory itself), which is relative to an open
// directory and has no ".." in it. No symbolic link is followed, not even in
// place of a directory on the way, and the path may be longer than PATH_MAX.
// On failure the handle is empty and errno says why.
FileHandle open_beneath(int directory, std::string_view path, int flags);

// The same with one open for each component: where the kernel has no openat2.
FileHandle open_by_components(int directory, std::string_view path, int flags);

// What to do about a symbolic link in place of a file.
enum class LastLink { kFollow, kRefuse };

// The bytes of a regular file, given relative to an open directory; nothing if
// there is none. Anything but a regular file, or a larger one, is an error.
Result<std::optional<std::string>> read_file_at(int directory,
                                                const std::string& path,
                                                LastLink link,
                                                uint64_t max_bytes);

// How `name`, which was listed but could not be opened, is to be reported:
// `code` is the errno value.
Skipped skipped_for(std::string name, int code);

// The directory that a walk began at. Immutable; all that the walk finds is
// opened relative to it, so that it needs no other open directory.
class TreeRoot {
 public:
  // A symbolic link is followed: the user named it.
  static Result<std::shared_ptr<const TreeRoot>> open(const std::string& path);

  TreeRoot(FileHandle directory, std::string prefix);

  // What stands before the relative path in a reported one: "dir/", "/".
  const std::string& prefix() const { return prefix_; }

  FileHandle open_relative(std::string_view relative, int flags) const;
  // REQUIRES: `reported` begins with prefix()
  FileHandle open_reported(std::string_view reported, int flags) const;

 private:
  FileHandle directory_;
  std::string prefix_;
};

}  // namespace leaksift
