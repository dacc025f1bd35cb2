// Scans what a push or a commit brings, and tells what of it was there before.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/coverage.h"
#include "core/memory.h"
#include "findings/group.h"
#include "git/incoming.h"
#include "leaksift/result.h"
#include "match/engine.h"

namespace leaksift {

struct ChangeScanOptions {
  unsigned jobs = 1;
  uint64_t memory = kDefaultMemory;  // bytes: see ObjectWalkOptions
  // What is not scanned by then is counted and named.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  // Later than that: what was found and is not compared by then with what was
  // there before counts as not scanned, too.
  std::optional<std::chrono::steady_clock::time_point> judged_by;
  uint64_t max_object_bytes = 0;  // larger ones are only named; 0: any size
  // Commits that the change replaces, and what they hold: a secret in them is
  // not new (a branch that was rebased). Asked for only where something is
  // found.
  std::vector<ObjectId> replaced;
  // Names of refs that come to be.
  std::vector<std::string> new_refs;
};

// Of a secret in one object, places that are told: copies of a file, or of its
// folder, may be a million paths.
inline constexpr uint32_t kMaxPlacesOfObject = 1'000;

// Sightings of one rule with one confidence, of each kind below, that are kept:
// to sort 100,000 takes half a second, and nobody reads more than the first
// thousand. Whatever the others are, the first of its rule is there.
inline constexpr uint32_t kMaxSightingsOfRule = 2'000;

// What was found, to be grouped (findings/group.h). Occurrences have the path,
// object, and commit that brought it there.
struct ChangeFindings {
  // A secret that the commit brings: no parent had it at that path, nor does
  // the commit take it out of another file, nor did a replaced commit have it.
  std::vector<Sighting> introduced;
  // In a file that the commit changes, but it was there before.
  std::vector<Sighting> known;
  // In objects that came along and to which no ref leads.
  std::vector<Sighting> stray;

  // Further ones.
  uint64_t left_out = 0;

  Coverage coverage;
  // Objects that the deadlines left out, or of which they left out the end,
  // sorted: part of the coverage too.
  std::vector<ObjectId> unscanned;
  // They did so to names of files and folders.
  bool names_cut = false;
};

// Fails only on rules that do not compile.
Result<ChangeFindings> scan_change(const Engine& engine,
                                   const IncomingStore& store,
                                   const Incoming& incoming,
                                   const ChangeScanOptions& options);

}  // namespace leaksift
