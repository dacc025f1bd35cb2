// Findings of sweeps for programs, one JSON object a line.
//
// A finding:
//   type "finding", id (32 hexadecimal digits: keyed, of rule and secret),
//   rule_id, description, class, severity, confidence, secret (masked), state
//   ("open", "resolved"), in_history (if resolved: it is still stored
//   somewhere), first_run, state_run, decision {reason, note, by, at, until},
//   owner, event ("new", "resolved", "reopened": what a run made of it),
//   occurrences: [{repository, path, line, column, end_line, end_column,
//     encoding, object, object_type, commit, author_name, author_email, date,
//     standing ("head", "tip", "message", "history"), versions (of the file
//     that have it, if several)}],
//   occurrence_count
// A unit:
//   type "unit", id, repository, shard, shards, after [ids], bytes (of packs),
//   state ("waiting", "running", "done", "failed"), attempts, began (the last
//   one), worker, error; if done: objects, new_objects, bytes_scanned,
//   cpu_seconds, wall_seconds, peak_memory
// How a run went:
//   type "summary", run, rules, version, started, finished, repositories,
//   unchanged, units {done, failed, left, running}, bytes {all, left} (of
//   packs), seconds_left (an estimate), objects, new_objects, bytes_scanned,
//   cpu_seconds, peak_memory, findings {new, resolved, reopened}, incomplete
//   (repositories of which not all was looked at), complete, problems [{reason,
//   name, detail}]
// What does not apply is left out. Text is ASCII; see report/json.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sweep_store.h"
#include "sweep/run_summary.h"

namespace leaksift {

std::string_view to_string(SweptStanding standing);
std::string_view to_string(FindingState state);
std::string_view to_string(EventKind kind);
std::string_view to_string(UnitState state);

// With the line's end. Of the occurrences the first `most` are listed; 0: all.
std::string to_jsonl(const FindingLife& life,
                     const std::vector<RepositoryOccurrence>& occurrences,
                     std::optional<EventKind> event = std::nullopt,
                     size_t most = 0);
std::string to_jsonl(const SweepUnit& unit);
std::string to_jsonl(const RunSummary& summary);

}  // namespace leaksift
