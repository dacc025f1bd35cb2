// Scans the history of a repository.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/memory.h"
#include "findings/finding.h"
#include "git/repository.h"
#include "leaksift/result.h"
#include "match/engine.h"
#include "pipeline/history_visitor.h"
#include "pipeline/progress.h"
#include "pipeline/scanned_before.h"

namespace leaksift {

struct HistoryOptions {
  unsigned jobs = 1;
  // What may be held of objects at once: see ObjectWalkOptions.
  uint64_t memory = kDefaultMemory;
  // Only what refs reach; else every object of the store, dangling ones too.
  bool refs_only = false;
  std::string range;  // "A..B"; empty: no narrowing
  // Scans every object whole as well, and fails at the first whose findings
  // are not the same: a check of delta-aware scanning.
  bool verify_deltas = false;
};

struct NamedRepository {
  std::string name;  // as the user wrote it
  Repository repository;
};

// Blobs, commits and tags are decoded once, in parallel, and scanned as they
// come. Then trees are, to tell which commits brought in what was found, and
// for the rules about paths alone. The report does not depend on packing or
// `jobs`. Fails on a range that names no commits, and where verify_deltas finds
// a difference.
//
// Of several repositories one report is made. Objects that more than one holds
// are scanned once, and found in each; occurrences say in which.
Result<Report> scan_history(const Engine& engine,
                            std::vector<NamedRepository> repositories,
                            const HistoryOptions& options, Progress& progress);

// What a scan saw before places had a say in it, for those who keep it.
struct HistoryFacts {
  // A commit has the object at the path, and no parent of it does. A null
  // commit: only trees that refs name themselves have it there.
  struct Place {
    ObjectId object;
    std::string path;
    ObjectId commit;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  std::vector<ObjectFindings> objects;  // in the order of ids
  std::vector<Place> places;            // of these; sorted, each once
};

// The same for one repository of which some objects were scanned before.
Result<Report> scan_history(const Engine& engine, const Repository& repository,
                            const HistoryOptions& options, Progress& progress,
                            ScannedBefore& before, HistoryFacts& facts);

}  // namespace leaksift
