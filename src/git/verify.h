// Checks the reader against git: is every object what its id says?
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/coverage.h"
#include "git/object_walk.h"

namespace leaksift {

struct VerifyResult {
  ObjectWalkStats walk;
  std::array<uint64_t, 5> count_by_type{};  // by ObjectType
  // Objects that could not be decoded, and, as kCorrupt, those whose content
  // does not have their id.
  std::vector<Skipped> problems;
};

// Decodes every object of the store on `jobs` threads and, with `hash`, takes
// the hash of each and compares it with its id.
VerifyResult verify_objects(const ObjectStore& store, unsigned jobs, bool hash,
                            uint64_t memory);

}  // namespace leaksift
