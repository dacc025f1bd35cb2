// Walking a folder, one directory at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/coverage.h"
#include "leaksift/result.h"

namespace leaksift {

class TreeRoot;

struct WalkOptions {
  bool use_ignore = true;
};

// A regular file that was found, to be opened with open_file().
struct FileEntry {
  // The root as it was given, a slash, and the path from there; bytes.
  std::string path;
  uint64_t size = 0;  // when it was listed
  // What it is opened relative to; null for a file that the user named.
  std::shared_ptr<const TreeRoot> root;
};

// A directory that is to be listed. Immutable and cheap to copy; holds no open
// file, so that any number may wait. Different threads may list different (or
// the same) directories at the same time.
class Directory {
 public:
  struct State;
  explicit Directory(std::shared_ptr<const State> state);

  const std::string& path() const;  // as in FileEntry
  const State& state() const { return *state_; }

 private:
  std::shared_ptr<const State> state_;
};

// What is in one directory, in the order of names. Each entry of it is in one
// of these, or is left out without a word as part of an ignored directory.
struct Listing {
  std::vector<FileEntry> files;
  std::vector<Directory> subdirectories;
  std::vector<Skipped> skipped;
};

// What the user named: a folder to walk, or a file, which is scanned whatever
// the rules say. Symbolic links are followed here, and only here. Fails on
// what does not exist and on pipes, sockets and devices.
//
// In a git work tree (also if the root is a folder somewhere inside of one)
// the walk finds what is tracked, and what is not and is not ignored either:
// the same files as `git ls-files --cached --others --exclude-standard`, as
// far as they exist and are regular. Where it differs from git, it finds more:
// - A root that lies in an ignored directory is walked like any other.
// - Repositories inside (submodules, too) are walked by their own index and
//   rules; what the outer one tracks there counts as tracked.
// - Of the user's configuration only the standard ignore file is read, of the
//   repository's nothing: core.excludesFile and core.ignoreCase do nothing.
// - With a damaged index, which is reported, no rule is obeyed.
// - All that exists below a folded directory of a sparse index is tracked, and
//   a .gitignore that a sparse checkout left out does nothing.
// Outside of a work tree .gitignore files have no effect, as git has it.
//
// Ignored entries are reported as such: a directory once, unless it holds
// tracked files; then these are found and the other entries in it reported.
Result<std::variant<Directory, FileEntry>> open_root(
    const std::string& path, const WalkOptions& options);

// Never fails as a whole: what could not be read is in `skipped`.
Listing list(const Directory& directory);

}  // namespace leaksift
