#include "sweep/keep_seen.h"

#include <set>
#include <utility>

#include "sweep/seen_objects.h"

namespace leaksift {
namespace {

bool is_to_be_tried_again(SkipReason reason) {
  return is_failure(reason) || reason == SkipReason::kLfsNotFetched;
}

}  // namespace

Result<std::string> keep_seen(const std::string& folder,
                              std::vector<ObjectId> ids,
                              const Coverage& coverage, HashKind hash) {
  for (const auto& [reason, count] : coverage.skip_counts) {
    // Which they were nobody knows.
    if (is_to_be_tried_again(reason) && !coverage.names_all(reason)) {
      return std::string();
    }
  }
  std::set<ObjectId> lost;
  for (const Skipped& entry : coverage.skipped) {
    const auto id = ObjectId::from_hex(entry.name, hash);
    if (id && is_to_be_tried_again(entry.reason)) lost.insert(*id);
  }
  std::erase_if(ids, [&](const ObjectId& id) { return lost.contains(id); });
  if (ids.empty()) return std::string();
  return SeenSegment::write(folder, ids, hash);
}

}  // namespace leaksift
