// The scan of one repository for a sweep.
#pragma once

#include <cstdint>
#include <string>

#include "core/memory.h"
#include "git/repository.h"
#include "leaksift/result.h"
#include "match/engine.h"
#include "store/sweep_store.h"
#include "sweep/finding_ids.h"

namespace leaksift {

struct UnitScanOptions {
  unsigned jobs = 1;
  uint64_t memory = kDefaultMemory;  // bytes: see ObjectWalkOptions
  Confidence min_confidence = Confidence::kMedium;
  std::string rules;        // what the engine was made from
  std::string seen_folder;  // of segments
};

// Scans what no sweep has seen, and tells where in the repository everything
// stands that this and all earlier scans found in its objects. A repository of
// which most is new is scanned like a history; one that grew is read by its new
// commits, each compared with its parents. Both give the same.
//
// Writes the segment with what it saw into `seen_folder`, and nothing into the
// store. What could not be read is not among the seen, and named in `skipped`:
// the next scan tries again. Fails only where the store or the folder of
// segments do.
Result<UnitResult> scan_unit(const Engine& engine, const FindingIds& ids,
                             const Repository& repository, SweepStore& store,
                             const SweptRepository& about,
                             const UnitScanOptions& options);

}  // namespace leaksift
