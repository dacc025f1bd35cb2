// Results of scans under earlier rules that stand under those of today.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "git/object_id.h"
#include "git/object_store.h"
#include "leaksift/result.h"
#include "match/engine.h"
#include "store/sweep_store.h"
#include "sweep/rule_change.h"
#include "sweep/unit_scan.h"

namespace leaksift {

struct CarryOver {
  // Objects that were seen then and in which no rule that changed matches.
  // Sorted, as all that follow.
  std::vector<ObjectId> same;
  // With sightings then: of the repository's objects, whether the same or not.
  std::vector<std::string> flagged;
  // Of the same objects; and places of all that are flagged, since these go by
  // commits, not by rules.
  std::vector<ObjectSighting> sightings;
  std::vector<ObjectPlace> places;
  // Names of files and refs, of which nobody keeps which were seen, may tell
  // something else now: only `same` and `flagged` are to be relied on.
  bool names_changed = false;

  bool is_same(const ObjectId& id) const {
    return std::binary_search(same.begin(), same.end(), id);
  }
};

// Those of `ids` (raw, of any size) that the store has.
std::vector<std::string> ids_in(const ObjectStore& objects,
                                const std::vector<std::string>& ids);

// Notes what the next run is scanned with, and what that changes.
Status note_rules(SweepStore& store, const RuleProfile& rules);

// The change of rules that led to `rules`, if it is known and provable.
Result<std::optional<RuleChange>> change_to(SweepStore& store,
                                            const std::string& rules);

// Of the objects that no scan under today's rules has seen. Objects in which
// gained rules match are found by looking for these alone, in all of them: that
// takes two thirds of a whole scan, nearly all of it for reading. Lost rules
// have left traces.
Result<CarryOver> carry_over(const RuleChange& change, const Engine& engine,
                             const ObjectStore& objects, SweepStore& store,
                             const std::vector<ObjectId>& unseen,
                             const UnitScanOptions& options);

}  // namespace leaksift
