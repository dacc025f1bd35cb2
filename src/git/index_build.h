// Indexes for packs that come without one.
#pragma once

#include <cstdint>
#include <vector>

#include "core/coverage.h"
#include "git/object_id.h"
#include "git/object_store.h"
#include "git/pack.h"

namespace leaksift {

struct BuiltIndex {
  PackIndex index;
  // What could not be indexed: entries behind damage, deltas without a base
  // (these by the base's id: kMissingObject).
  std::vector<Skipped> problems;
};

// Reads the pack from front to back, makes every object and hashes it, as `git
// index-pack` does. Bases that the pack lacks are looked for in `others`.
// Takes 100 bytes an entry while it works, 30 afterwards, and at most
// `max_bytes` for an object with the bases that wait, and as much for a delta:
// what is over that is made in temporary files. Objects over 4 GiB that deltas
// make are named.
BuiltIndex build_index(const Pack& pack, const ObjectStore& others,
                       uint64_t max_bytes);

}  // namespace leaksift
