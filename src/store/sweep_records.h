// What sweeps remember, as it is handed to and from their store. No secret is
// among it: findings go by keyed ids and by masks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/coverage.h"
#include "core/position.h"
#include "findings/finding.h"
#include "leaksift/finding.h"

namespace leaksift {

// A rule's secret, wherever it stands.
struct SweptFinding {
  std::string id;  // 16 bytes: keyed, of rule and secret
  std::string rule_id;
  std::string description;
  DataClass data_class = DataClass::kSecret;
  Severity severity = Severity::kMedium;
  Confidence confidence = Confidence::kMedium;  // where it is surest
  std::string masked;
};

// What a rule says about all its findings.
struct RuleDescription {
  std::string rule_id;
  std::string description;
  Severity severity = Severity::kMedium;
};

// A secret in an object, whoever has that object: where it stands first in it,
// of several places that rules and allowlists see alike. Ids of objects and
// commits are 20 or 32 raw bytes here and below.
struct ObjectSighting {
  std::string object;
  std::string finding;
  std::string rule_id;      // the finding's
  std::string object_type;  // "blob", "commit", "tag", "lfs", "path"
  // Where it counts: at this path only (the name itself is what was found);
  // empty: wherever the object stands.
  std::string path;
  Position begin;
  Position end;
  TextEncoding encoding = TextEncoding::kBytes;
  uint64_t if_place_agrees = 0;  // Verdict::if_place_agrees
  bool allowed_inline = false;
  friend auto operator<=>(const ObjectSighting&,
                          const ObjectSighting&) = default;
};

// The commit has the object at the path, and no parent of it does. Without a
// commit: a tree that a ref names itself has it there.
struct ObjectPlace {
  std::string object;
  std::string path;
  std::string commit;
  friend auto operator<=>(const ObjectPlace&, const ObjectPlace&) = default;
};

// Where something stands in a repository at the time of its last scan.
enum class SweptStanding : uint8_t {
  kHead,     // in HEAD's tree
  kTip,      // in that of another branch or tag; or it is a ref's name
  kMessage,  // in the message of a commit or tag: no later commit takes it away
  kHistory,  // only in what is behind
};

// A finding at a place of one repository: at a path, whichever versions of the
// file have it there.
struct SweptOccurrence {
  std::string finding;
  // The version that stands nearest to the tips, the newest of several; empty:
  // it is in a file or the name of a ref.
  std::string object;
  std::string object_type;  // as above, or "ref", "file", "reflog"
  std::string path;         // empty: a message, or no path is known
  Position begin;
  Position end;
  TextEncoding encoding = TextEncoding::kBytes;
  SweptStanding standing = SweptStanding::kHistory;
  uint64_t versions = 1;  // objects that have it there
  std::string commit;  // the earliest by date that brought it there; or empty
  std::string author_name;
  std::string author_email;
  Timestamp date;  // the author's
  friend auto operator<=>(const SweptOccurrence&,
                          const SweptOccurrence&) = default;
};

struct SweptRef {
  std::string name;
  std::string tip;
  friend auto operator<=>(const SweptRef&, const SweptRef&) = default;
};

// What is known of a repository before and after its scan.
struct SweptRepository {
  std::string key;   // host/path, or a folder: see sweep/inventory.h
  std::string path;  // the folder that is read
  std::string url;
  std::string pool;     // the repository whose objects it borrows; or empty
  std::string fork_of;  // key
  bool archived = false;
  // Of the last scan whose results are in the store; nothing was scanned where
  // `run` is 0.
  uint64_t run = 0;
  std::string rules;  // what it was scanned with: 16 hexadecimal digits
  std::string stamp;  // 16 bytes: of refs and packs as they were then
  uint64_t objects = 0;
  bool complete = false;
};

enum class RunState : uint8_t { kRunning, kDone };

struct SweepRun {
  uint64_t number = 0;  // from 1
  std::string rules;
  std::string version;   // of leaksift
  int64_t started = 0;   // seconds since 1970
  int64_t finished = 0;  // 0: not yet
  RunState state = RunState::kRunning;
  uint64_t repositories = 0;  // that the inventory has
  uint64_t unchanged = 0;     // of these; they have no unit
  // That could not be looked at at all (not fetched, not found), and why.
  std::vector<Skipped> problems;
};

enum class UnitState : uint8_t {
  kWaiting,
  kRunning,
  kDone,
  kFailed,  // it is given up: too many attempts, or no use in trying again
};

// What a unit took.
struct UnitCost {
  uint64_t objects = 0;      // in the repository
  uint64_t new_objects = 0;  // that no sweep had seen
  uint64_t bytes = 0;        // scanned
  double cpu_seconds = 0;
  double wall_seconds = 0;
  uint64_t peak_memory = 0;  // bytes
};

// A piece of work: one repository as it is now, or a part of a giant's objects
// that is scanned ahead of it. Doing it twice is no harm.
struct SweepUnit {
  std::string id;          // of all below: 16 hexadecimal digits
  std::string repository;  // key
  std::string rules;
  std::string stamp;
  uint32_t shard = 0;  // 1 to `shards`; 0: the whole, with its history
  uint32_t shards = 0;
  // Units that come first: what this one shares with them is scanned there.
  std::vector<std::string> after;
  uint64_t size = 0;  // bytes of packs: what it is expected to take

  UnitState state = UnitState::kWaiting;
  uint32_t attempts = 0;
  int64_t began = 0;  // the last attempt, seconds since 1970; 0: none yet
  std::string worker;
  std::string error;  // of the last attempt that failed
  UnitCost cost;      // of the one that did not
};

// All that a unit found, complete for its repository.
struct UnitResult {
  SweptRepository repository;
  std::vector<SweptRef> refs;
  std::vector<SweptFinding> findings;  // of sightings and occurrences
  // New ones: those of objects that no sweep had seen.
  std::vector<ObjectSighting> sightings;
  std::vector<ObjectPlace> places;
  // All of the repository; not for a shard.
  std::vector<SweptOccurrence> occurrences;
  std::vector<Skipped> skipped;  // what was not looked at
  // The file with the ids of objects that were seen now; empty: none.
  std::string segment;
  UnitCost cost;
};

enum class FindingState : uint8_t { kOpen, kResolved };

// What became of a finding in a run.
enum class EventKind : uint8_t { kNew, kResolved, kReopened };

struct FindingEvent {
  uint64_t run = 0;
  std::string finding;
  EventKind kind = EventKind::kNew;
  friend auto operator<=>(const FindingEvent&, const FindingEvent&) = default;
};

// What people decided about a finding. It is listed no more, until `until`.
struct Decision {
  std::string finding;
  std::string repository;  // key; empty: everywhere
  std::string reason;      // "false-positive", "test", "accepted", "revoked"
  std::string note;
  std::string by;
  int64_t at = 0;
  int64_t until = 0;  // 0: for good
};

// A finding with its life so far.
struct FindingLife {
  SweptFinding finding;
  FindingState state = FindingState::kOpen;
  uint64_t first_run = 0;
  uint64_t state_run = 0;   // since when it is in this state
  bool in_history = false;  // kResolved: some repository still stores it
  std::optional<Decision> decision;  // in force now, for all its repositories
  std::string owner;
};

}  // namespace leaksift
