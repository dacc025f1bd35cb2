// What `git commit` is about to commit: the index against the commits that the
// new one will have as parents.
#pragma once

#include <vector>

#include "git/incoming.h"
#include "git/index_file.h"
#include "git/object_store.h"

namespace leaksift {

// As one commit without an id. Files that a parent has, unchanged, are not
// among it: those of a merge are the ones that are like in no parent. Paths in
// conflict and those that are only intended are no part of a commit.
//
// Folders whose tree git has worked out already are not gone into where a
// parent has the same tree. What cannot be read of a parent is named and counts
// as not there, so that more is looked at.
Incoming find_staged(const TrackedPaths& index, const ObjectStore& store,
                     std::vector<ObjectId> parents);

}  // namespace leaksift
