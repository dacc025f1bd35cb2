// Where the parts of a repository are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "git/object_id.h"
#include "leaksift/result.h"

namespace leaksift {

// A repository on disk. Of its configuration only what says how its files are
// to be read is looked at (repositoryformatversion, extensions.objectFormat,
// extensions.refStorage): nothing in it can make leaksift run or skip anything.
struct Repository {
  std::string git_dir;     // HEAD, index; of a linked worktree its own
  std::string common_dir;  // refs, objects; the same for most repositories
  std::string work_tree;   // empty for a bare one
  std::string shallow;     // a list of commits whose parents were cut off
  // A bundle, or a pack without refs, in place of all folders.
  std::string file;
  HashKind hash = HashKind::kSha1;
  bool reftable = false;
  // The repository's own objects folder, then its alternates, nested ones too;
  // existing folders only, each once.
  std::vector<std::string> object_dirs;
  std::vector<std::string> missing_alternates;
};

// Finds the repository at `path`: a work tree (its root or a folder in it), a
// `.git` folder or file, a bare repository; or a bundle or pack file. Fails
// with a message that says what was looked for.
Result<Repository> open_repository(const std::string& path);

// How far alternates of alternates are followed, as in git.
inline constexpr int kMaxAlternateDepth = 5;

// The folders that objects/info/alternates of the folder `object_dir` names;
// relative ones begin there. They may be anywhere, or nowhere.
std::vector<std::string> alternates_of(const std::string& object_dir);

// What git tells a hook about where objects are (git-receive-pack,
// "Quarantine Environment"); empty where it is not set.
struct HookEnvironment {
  std::string git_dir;           // GIT_DIR
  std::string object_directory;  // GIT_OBJECT_DIRECTORY
  std::string alternates;        // GIT_ALTERNATE_OBJECT_DIRECTORIES
  std::string quarantine;        // GIT_QUARANTINE_PATH
  std::string shallow;           // GIT_SHALLOW_FILE: as it is to be
};

// A repository that is being pushed to.
struct ReceivingRepository {
  Repository repository;  // as it was
  // What arrived, in a folder of its own; nothing where git set none apart.
  std::optional<Repository> quarantine;
};

// Fails as open_repository() does.
Result<ReceivingRepository> open_receiving(const HookEnvironment& environment);

}  // namespace leaksift
