// The scan of a part of a giant, ahead of the rest.
#pragma once

#include "git/repository.h"
#include "leaksift/result.h"
#include "match/engine.h"
#include "store/sweep_store.h"
#include "sweep/finding_ids.h"
#include "sweep/unit_scan.h"

namespace leaksift {

// Scans the blobs of one range of the repository's packs: `unit.shard` of
// `unit.shards`, which may be scanned on as many machines. Blobs are what takes
// time, and what is in one does not depend on any other object; commits, trees
// and places are left to the unit of the whole, to which these blobs are then
// like those of a fork that was scanned before. So the parts change nothing
// about what that one tells, not even if some of them never end.
Result<UnitResult> scan_part(const Engine& engine, const FindingIds& ids,
                             const Repository& repository, SweepStore& store,
                             const SweepUnit& unit,
                             const UnitScanOptions& options);

}  // namespace leaksift
