// Who is to look at a finding.
#pragma once

#include "leaksift/result.h"
#include "store/sweep_store.h"

namespace leaksift {

// Gives findings that the runs since the last call opened an owner: of the
// occurrence that is most in view, and of those the latest, whom the CODEOWNERS
// file of its repository's HEAD names for its path, else who brought it there.
// Who has one keeps it. Each repository's file is read in a process of its own,
// which has a minute; where a secret was found in it, it is not used.
// REQUIRES: this process has no other thread
Status assign_owners(const StateLocation& where);

}  // namespace leaksift
