// Bundles: a pack in a file, with the refs that lead into it
// (gitformat-bundle, versions 2 and 3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "git/object_id.h"
#include "git/refs.h"
#include "leaksift/result.h"

namespace leaksift {

struct Bundle {
  HashKind hash = HashKind::kSha1;
  bool filtered = false;  // made with --filter: objects are missing by design
  std::vector<ObjectId> prerequisites;  // commits that it builds on, sorted
  std::vector<Ref> refs;                // sorted by name, each once
  uint64_t pack_offset = 0;             // where the pack begins in the file
};

bool looks_like_bundle(std::string_view bytes);

// Reads the front of a bundle. Fails on a capability that is not known, on a
// line that is no ref, and where the front is cut off.
Result<Bundle> parse_bundle(std::string_view bytes);

}  // namespace leaksift
