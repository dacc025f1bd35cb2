// Git work trees: what in them is tracked, and what is ignored.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/coverage.h"
#include "core/file.h"
#include "git/index_file.h"
#include "sources/ignore.h"

namespace leaksift {

// The directory of a repository. Of what is in there, only the index and
// info/exclude are read: the repository's configuration is never obeyed.
class GitDirectory {
 public:
  // That of the work tree whose top is the open `directory`: its ".git", or
  // what a file of that name points to. Nothing if it does not lead to one.
  static std::optional<GitDirectory> of_work_tree(int directory);

  // Is the open `directory` itself one (a bare repository, or a ".git")?
  static bool is_one(int directory);

  int own() const { return own_.fd(); }
  // Where a linked work tree has what it shares with the others.
  int common() const { return common_ ? common_.fd() : own_.fd(); }

 private:
  static std::optional<GitDirectory> check(FileHandle own);

  FileHandle own_;
  FileHandle common_;  // empty if it is own_
};

// One work tree as a walk sees it. Immutable.
struct WorkTree {
  TrackedPaths tracked;
  // The rules for all of it: the user's and those of info/exclude.
  std::shared_ptr<const IgnoreChain> rules;
  // With a damaged index nobody knows which ignored files are tracked: then no
  // rule is obeyed and everything is listed.
  bool obeys_rules = true;

  // The work tree that this one lies in, and its top's path in there, with a
  // slash at the end. A path that any of them tracks counts as tracked.
  std::shared_ptr<const WorkTree> outer;
  std::string path_in_outer;
  size_t depth = 1;

  bool tracks(std::string_view path) const;
  bool tracks_below(std::string_view directory) const;
  bool tracks_submodule(std::string_view path) const;
};

// Reads the index and info/exclude. What goes wrong with the index is added to
// `skipped` under `name`.
WorkTree read_work_tree(const GitDirectory& git,
                        std::shared_ptr<const IgnoreChain> user_rules,
                        const std::string& name, std::vector<Skipped>& skipped);

// The rules of the user's own file: $XDG_CONFIG_HOME/git/ignore, or
// ~/.config/git/ignore where that variable is not set.
std::shared_ptr<const IgnoreChain> read_user_rules();

// `rules` and those of the .gitignore in the open `directory`, if it has one;
// `base_size` as for IgnoreChain::add().
std::shared_ptr<const IgnoreChain> with_rules_of(
    std::shared_ptr<const IgnoreChain> rules, int directory, size_t base_size);

// The work tree that a directory lies in.
struct EnclosingTree {
  FileHandle top;
  std::string top_path;  // absolute
  std::string below;     // from the top to the directory, "" or "a/b/"
  GitDirectory git;
};

// Searches upwards from the directory `path`, as far as its file system
// reaches. Nothing inside of a ".git" or a bare repository.
std::optional<EnclosingTree> find_enclosing_tree(const std::string& path);

}  // namespace leaksift
