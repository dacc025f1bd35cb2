// From sightings and places to what stands where in one repository.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "findings/allowed.h"
#include "git/object_store.h"
#include "git/refs.h"
#include "match/engine.h"
#include "store/sweep_records.h"

namespace leaksift {

// A pure function of its input and the repository: what of it came from this
// scan, and what from earlier ones or other repositories, has no say.
// `sightings` and `places` are sorted; places whose commit the store does not
// hold, or whose path a rule does not look at, are passed over. Sorted, each
// once.
std::vector<SweptOccurrence> find_occurrences(
    const Engine& engine, const PlaceRules& rules, const ObjectStore& store,
    const RefSet& refs, const std::vector<ObjectSighting>& sightings,
    const std::vector<ObjectPlace>& places, uint64_t memory);

}  // namespace leaksift
