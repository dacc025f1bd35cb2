// Repositories on this disk, as Gitolite, Gitea, GitLab, Gerrit and people keep
// them.
#pragma once

#include <string>
#include <vector>

#include "core/coverage.h"
#include "leaksift/result.h"
#include "sweep/inventory.h"

namespace leaksift {

// Adds every repository in `folders` and below: bare ones, whatever they are
// called, work trees and the submodules in their `.git`. A folder is a
// repository if it has HEAD, objects and refs; git itself is not run, and of
// the configuration only gitlab.fullpath is read, which is a name.
//
// Nothing outside of `folders` is looked at. A link or a `.git` file that leads
// out is named in out.coverage; so is a repository that borrows objects from
// outside, or from a folder that is not there: it is listed, and incomplete.
// Sizes are those of packs; loose objects are not counted.
//
// Fails if one of `folders` cannot be read at all. Takes some 60 system calls
// a repository.
Status list_folders(const std::vector<std::string>& folders, Inventory& out);

// Adds to entries that have a path what the disk knows of them. One where there
// is no repository is taken out and named in out.coverage. They may borrow
// objects from one another, and from nowhere else.
void describe_local(Inventory& out);

}  // namespace leaksift
