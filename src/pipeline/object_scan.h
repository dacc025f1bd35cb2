// Scans some objects of a store, by their ids.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/coverage.h"
#include "core/memory.h"
#include "git/object_store.h"
#include "match/engine.h"
#include "pipeline/history_visitor.h"

namespace leaksift {

struct ObjectScanOptions {
  unsigned jobs = 1;
  uint64_t memory = kDefaultMemory;  // bytes: see ObjectWalkOptions
  std::optional<std::chrono::steady_clock::time_point> deadline;
  uint64_t max_object_bytes = 0;  // larger ones are only named; 0: any size
};

struct ObjectScan {
  std::vector<ObjectFindings> findings;  // in the order of ids
  std::vector<LfsBlob> lfs_pointers;
  Coverage coverage;
  std::vector<ObjectId> unscanned;  // to their ends, by the deadline; sorted
};

// Scans `wanted`: blobs, commits and tags; trees among them are passed over.
// Those that are many are decoded by a walk over the store, each once, a few
// are read one by one. The deadline cuts off what is not scanned by then, also
// in the middle of a large object, of which what was found before that stays.
// So that it cuts off little, `first` go first and large objects last.
// REQUIRES: both are sorted, without repetitions
ObjectScan scan_objects(const Engine& engine, const ObjectStore& store,
                        const std::vector<ObjectId>& wanted,
                        const std::vector<ObjectId>& first,
                        const ObjectScanOptions& options);

}  // namespace leaksift
