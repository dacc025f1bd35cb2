// What reports say about a commit.
#pragma once

#include "findings/finding.h"
#include "git/object_store.h"

namespace leaksift {

// All but `order`; only the id where the commit cannot be read.
CommitInfo read_commit_info(ObjectReader& reader, const ObjectId& id,
                            HashKind hash);

}  // namespace leaksift
