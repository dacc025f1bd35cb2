// What tells whether a repository is still as it was.
#pragma once

#include <string>

#include "git/refs.h"
#include "git/repository.h"

namespace leaksift {

// 16 bytes: of all refs, of the packs and folders of loose objects that are
// there, and of the repository's configuration. Costs a few system calls; no
// object is read. Where it is the same, so is what a scan would find.
std::string stamp_of(const Repository& repository, const RefSet& refs);

}  // namespace leaksift
