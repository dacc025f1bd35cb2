// Records that are many and that nothing but scans reads, as one value: all
// sightings in one object (26 bytes for most; 96 as rows of their own), all
// refs of a repository (25 bytes for most; 96 as rows).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/sweep_records.h"

namespace leaksift {

// Does the object alone say so? What a name or an LFS object adds may come
// later, and stands in rows of its own.
bool can_be_packed(const ObjectSighting& sighting);

// Of each: the finding's id, the object's type, six numbers of 7 bits a byte
// (lowest first, the eighth bit: more follow), and whether it is allowed.
// REQUIRES: can_be_packed(), and all are of one object
std::string packed(const std::vector<const ObjectSighting*>& sightings);

// Adds them to `out`, without `rule_id`. False: that is not what packed()
// makes.
bool unpack(std::string_view object, std::string_view bytes,
            std::vector<ObjectSighting>& out);

// Of each: how many bytes of the name it shares with the one before, how many
// follow, and how many the tip has, as numbers like above; these bytes.
// REQUIRES: they are sorted
std::string packed(const std::vector<SweptRef>& refs);
bool unpack(std::string_view bytes, std::vector<SweptRef>& out);

}  // namespace leaksift
