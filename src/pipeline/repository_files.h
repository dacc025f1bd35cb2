// What a repository's folder holds besides objects and refs.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/coverage.h"
#include "git/repository.h"
#include "pipeline/stored_file.h"

namespace leaksift {

// A file in which something was found.
struct FileFindings {
  // From the work tree (".git/config"), or in a bare one. A reflog in a
  // reftable has the table's folder and the ref (".git/reftable/HEAD").
  std::string path;
  bool is_reflog = false;
  std::vector<BlobMatch> matches;
};

// Scans every regular file in the repository's folder: configuration (with
// the URLs of remotes), reflogs, hooks, messages of commits under way, what
// other tools leave there; reflogs in reftables; also those of submodules and
// linked worktrees. Left out are only objects, refs and the index, git's sample
// hooks, and LFS objects in `lfs_scanned` (by name). Symbolic links are not
// followed, but named; so are repositories of submodules, whose objects are a
// history of their own.
std::vector<FileFindings> scan_repository_files(
    const Repository& repository, const std::set<std::string>& lfs_scanned,
    StoredFileScanner& scanner, Coverage& coverage);

}  // namespace leaksift
