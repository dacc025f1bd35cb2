// What a scan may note as seen.
#pragma once

#include <string>
#include <vector>

#include "core/coverage.h"
#include "git/object_id.h"
#include "leaksift/result.h"

namespace leaksift {

// Writes a segment with `ids` into the folder and returns its name; empty where
// there is nothing to note. Left out is what is to be looked at again: what
// `coverage` says was lost, and LFS pointers, whose object may come.
// REQUIRES: `ids` are sorted, each once
Result<std::string> keep_seen(const std::string& folder,
                              std::vector<ObjectId> ids,
                              const Coverage& coverage, HashKind hash);

}  // namespace leaksift
