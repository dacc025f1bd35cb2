// The store of sweeps: SQLite in a folder, or PostgreSQL.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leaksift/result.h"
#include "store/sweep_records.h"

namespace leaksift {

// Where a sweep's state is.
struct StateLocation {
  // The folder of the key, the segments of seen objects and, without a
  // database, of the SQLite file "state.sqlite".
  std::string folder;
  std::string database;  // "postgres://…"; empty: SQLite
};

struct FindingFilter {
  std::optional<uint64_t> new_in_run;  // first seen in this run
  std::optional<FindingState> state;
  std::optional<std::string> repository;  // key
  std::optional<Severity> min_severity;
  bool decided = false;  // also those that a decision hides
};

struct RepositoryOccurrence {
  std::string repository;
  SweptOccurrence occurrence;
};

// One connection. Not thread-safe: each thread, and each process after a fork,
// opens its own. Several may work at the same time: what is written is written
// in transactions, each whole or not at all, on the disk when a call returns;
// one that finds the database busy waits (30 s at most) or tries again.
// Every call fails with what the database says, and where it is.
class SweepStore {
 public:
  // Opens or makes it (not the folder); an older schema is brought up to date,
  // a newer one is an error. A server that does not answer is given ten
  // seconds, and a minute once it has. A URL with a password in it is an error:
  // passwords come from PGPASSWORD or a password file.
  static Result<std::unique_ptr<SweepStore>> open(const StateLocation& where);
  virtual ~SweepStore() = default;

  // A value by name; empty: there is none.
  virtual Result<std::string> meta(std::string_view name) = 0;
  virtual Status set_meta(std::string_view name, std::string_view value) = 0;

  // --- runs and units
  virtual Result<std::optional<SweepRun>> last_run() = 0;
  virtual Result<std::vector<SweepRun>> runs() = 0;
  // The number of the new run. Fails while another one is not finished.
  virtual Result<uint64_t> begin_run(const SweepRun& run,
                                     const std::vector<SweepUnit>& units) = 0;
  virtual Result<std::vector<SweepUnit>> units(uint64_t run) = 0;
  virtual Result<std::optional<SweepUnit>> unit(uint64_t run,
                                                std::string_view id) = 0;
  // Counts an attempt. Says what the state was before: kDone and kFailed stay.
  virtual Result<UnitState> start_unit(uint64_t run, std::string_view id,
                                       std::string_view worker) = 0;
  // All of it in one transaction; nothing if the unit is done already, and an
  // error if it was given up. What is said of the repository is replaced, but a
  // scan that was not complete takes no occurrence away, nor any farther from
  // the tips; all else is added to what is there. Of a shard only findings,
  // sightings, places, the segment and the cost count.
  virtual Status finish_unit(uint64_t run, std::string_view id,
                             const UnitResult& result) = 0;
  // `again`: it waits for its next attempt; else it is kFailed.
  virtual Status fail_unit(uint64_t run, std::string_view id,
                           std::string_view error, bool again) = 0;
  // When all units are kDone or kFailed: tells each finding's state from all
  // occurrences, and what became of it in this run. A finding begins with its
  // first occurrence. It is open while one stands in a tip or a message; one
  // that never stood there, while there is any. Findings in repositories whose
  // last scan was not complete do not become resolved by that.
  virtual Status finish_run(uint64_t run) = 0;

  // --- what is known
  // Adds repositories and what is known of them by themselves; what scans have
  // told stays.
  virtual Status note_repositories(
      const std::vector<SweptRepository>& repositories) = 0;
  virtual Result<std::optional<SweptRepository>> repository(
      std::string_view key) = 0;
  virtual Result<std::map<std::string, SweptRepository>> repositories() = 0;
  virtual Result<std::vector<SweptRef>> refs(std::string_view repository) = 0;
  virtual Result<std::vector<Skipped>> skipped(std::string_view repository) = 0;
  // What one state of the store says about seen objects.
  struct Seen {
    std::vector<std::string> segments;  // names of files, sorted
    // Objects with sightings: ids, sorted, each once.
    std::vector<std::string> flagged;
  };
  virtual Result<Seen> seen(std::string_view rules) = 0;
  virtual Result<std::vector<ObjectSighting>> sightings_of(
      std::string_view rules, const std::vector<std::string>& objects) = 0;
  virtual Result<std::vector<ObjectPlace>> places_of(
      std::string_view rules, const std::vector<std::string>& objects) = 0;
  // Segments that were merged into one; it takes their place at once.
  virtual Status replace_segments(std::string_view rules,
                                  const std::vector<std::string>& old_names,
                                  const std::string& new_name) = 0;

  // --- findings and their life
  // In the order of severity (worst first), rule id, finding id.
  virtual Result<std::vector<FindingLife>> findings(
      const FindingFilter& filter) = 0;
  // In the order of repository, path, place.
  virtual Result<std::vector<RepositoryOccurrence>> occurrences(
      std::string_view finding) = 0;
  virtual Result<std::vector<FindingEvent>> events(uint64_t run) = 0;
  // The last one for a finding and a repository, or all repositories, counts.
  virtual Status decide(const Decision& decision) = 0;
  // Makes the findings of these rules say what the rules do.
  virtual Status describe_rules(const std::vector<RuleDescription>& texts) = 0;
  // By finding.
  virtual Status set_owners(
      const std::map<std::string, std::string>& owners) = 0;

  // --- notifications: each event is told once on each channel
  virtual Result<std::vector<FindingEvent>> untold(
      std::string_view channel) = 0;
  virtual Status mark_told(std::string_view channel,
                           const std::vector<FindingEvent>& events) = 0;

  // --- cleaning up
  // Forgets repositories with these keys, sightings and places under other
  // rules than `rules`, segments of others. Returns names of segments that may
  // be deleted.
  virtual Result<std::vector<std::string>> collect_garbage(
      std::string_view rules, const std::vector<std::string>& gone) = 0;
};

}  // namespace leaksift
