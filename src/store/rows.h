// Records as rows: `kColumns…` are the columns, put() appends their values to
// `values`, which refer to the record, and take() reads them from a row.
#pragma once

#include <string>
#include <string_view>

#include "store/database.h"
#include "store/sweep_records.h"

namespace leaksift {

inline constexpr std::string_view kRunColumns =
    "rules, version, started, finished, state, repositories, unchanged";
void put(const SweepRun& run, Values& values);
void take(Row& row, SweepRun& run);  // with its number in front

inline constexpr std::string_view kSkippedColumns = "reason, name, detail";
void put(const Skipped& skipped, Values& values);
void take(Row& row, Skipped& skipped);

// Without `after`: see joined().
inline constexpr std::string_view kUnitColumns =
    "id, repository, rules, stamp, shard, shards, size, state, attempts, "
    "began, worker, error, objects, new_objects, bytes, cpu_seconds, "
    "wall_seconds, "
    "peak_memory";
void put(const SweepUnit& unit, Values& values);
void take(Row& row, SweepUnit& unit);
void put(const UnitCost& cost, Values& values);

// Unit ids with blanks between them, and back.
std::string joined(const std::vector<std::string>& ids);
std::vector<std::string> unjoined(const std::string& ids);

// What is known of a repository by itself, and what a scan tells of it.
inline constexpr std::string_view kRepositoryColumns =
    "name, path, url, pool, fork_of, archived";
inline constexpr std::string_view kScanColumns =
    "run, rules, stamp, objects, complete";
void put_itself(const SweptRepository& repository, Values& values);
void put_scan(const SweptRepository& repository, Values& values);
void take(Row& row, SweptRepository& repository);  // both

inline constexpr std::string_view kFindingColumns =
    "id, rule_id, description, data_class, severity, confidence, masked";
void put(const SweptFinding& finding, Values& values);
void take(Row& row, SweptFinding& finding);

// Without `object` and `rule_id`, which are taken from the finding.
inline constexpr std::string_view kSightingColumns =
    "finding, object_type, path, begin_line, begin_column, end_line, "
    "end_column, encoding, if_place_agrees, allowed_inline";
void put(const ObjectSighting& sighting, Values& values);
void take(Row& row, ObjectSighting& sighting);

// Without `object`.
inline constexpr std::string_view kPlaceColumns = "path, commit_id";
void put(const ObjectPlace& place, Values& values);
void take(Row& row, ObjectPlace& place);

inline constexpr std::string_view kOccurrenceColumns =
    "finding, object, object_type, path, begin_line, begin_column, end_line, "
    "end_column, encoding, standing, versions, commit_id, author_name, "
    "author_email, author_seconds, author_offset";
void put(const SweptOccurrence& occurrence, Values& values);
void take(Row& row, SweptOccurrence& occurrence);

inline constexpr std::string_view kDecisionColumns =
    "finding, repository, reason, note, decided_by, decided_at, until";
void put(const Decision& decision, Values& values);
void take(Row& row, Decision& decision);

inline constexpr std::string_view kEventColumns = "run, finding, kind";
void put(const FindingEvent& event, Values& values);
void take(Row& row, FindingEvent& event);

// A number of any kind as a value.
template <typename T>
Value number(T value) {
  return static_cast<int64_t>(value);
}

}  // namespace leaksift
