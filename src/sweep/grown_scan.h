// Scans what a repository has more than before.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/coverage.h"
#include "findings/allowed.h"
#include "git/refs.h"
#include "match/engine.h"
#include "pipeline/history_visitor.h"
#include "sweep/facts.h"

namespace leaksift {

struct GrownScan {
  const Engine& engine;
  const PlaceRules& rules;
  const Repository& repository;
  const ObjectStore& store;
  const RefSet& refs;
  unsigned jobs = 1;
  uint64_t memory = 0;
  // Objects that are new, sorted. All commits that are not among them have been
  // compared with their parents before.
  const std::vector<ObjectId>& unseen;
  // Is something in this object, as far as earlier scans know?
  std::function<bool(const ObjectId& object)> flagged;
};

struct GrownCoverage {
  Coverage coverage;
  std::vector<LfsBlob> lfs_pointers;
};

// Scans new objects; finds the places that new commits bring new and known
// objects with sightings to.
GrownCoverage scan_grown(const GrownScan& task, FactCollector& facts);

}  // namespace leaksift
