#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "core/sort_unique.h"
#include "store/packed.h"
#include "store/rows.h"
#include "store/sql_store.h"

namespace leaksift {
namespace {

template <typename Record>
std::vector<std::string> ids_of(const std::vector<Record>& records) {
  std::vector<std::string> ids;
  ids.reserve(records.size());
  Values values;
  for (const Record& record : records) {
    values.clear();
    put(record, values);
    ids.push_back(content_id(values));
  }
  return ids;
}

// The indexes of those ids, in their order and each once.
std::vector<size_t> in_order(const std::vector<std::string>& ids) {
  std::vector<size_t> order(ids.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return ids[a] < ids[b]; });
  order.erase(std::unique(order.begin(), order.end(),
                          [&](size_t a, size_t b) { return ids[a] == ids[b]; }),
              order.end());
  return order;
}

// Findings in the order of their ids, in which everybody writes them: else two
// could wait for each other. Of one that comes twice the surest counts.
std::vector<SweptFinding> merged(std::vector<SweptFinding> findings) {
  std::sort(findings.begin(), findings.end(),
            [](const SweptFinding& a, const SweptFinding& b) {
              return a.id != b.id ? a.id < b.id : a.confidence > b.confidence;
            });
  findings.erase(std::unique(findings.begin(), findings.end(),
                             [](const SweptFinding& a, const SweptFinding& b) {
                               return a.id == b.id;
                             }),
                 findings.end());
  return findings;
}

// A finding's first run is that of its first occurrence.
constexpr std::string_view kFindingConflict =
    "ON CONFLICT (id) DO UPDATE SET rule_id = excluded.rule_id, "
    "description = excluded.description, data_class = excluded.data_class, "
    "severity = excluded.severity, masked = excluded.masked, confidence = "
    "CASE WHEN excluded.confidence > findings.confidence "
    "THEN excluded.confidence ELSE findings.confidence END, "
    "first_run = CASE WHEN findings.first_run = 0 THEN excluded.first_run "
    "ELSE findings.first_run END, "
    "state_run = CASE WHEN findings.first_run = 0 THEN excluded.state_run "
    "ELSE findings.state_run END "
    "WHERE findings.rule_id <> excluded.rule_id "
    "OR findings.description <> excluded.description "
    "OR findings.data_class <> excluded.data_class "
    "OR findings.severity <> excluded.severity "
    "OR findings.masked <> excluded.masked "
    "OR findings.confidence < excluded.confidence "
    "OR (findings.first_run = 0 AND excluded.first_run > 0)";

Status add_findings(Database& database, uint64_t run,
                    const UnitResult& result) {
  const std::vector<SweptFinding> findings = merged(result.findings);
  std::set<std::string_view> standing;
  for (const SweptOccurrence& one : result.occurrences) {
    standing.insert(one.finding);
  }
  const std::string columns =
      std::string(kFindingColumns) +
      ", first_run, state, state_run, in_history, had_stood, owner";
  return database.insert(
      {"findings", columns, kFindingConflict}, findings.size(),
      [&](size_t i, Values& values) {
        const Value first = number(standing.contains(findings[i].id) ? run : 0);
        put(findings[i], values);
        values.insert(values.end(), {first, number(FindingState::kOpen), first,
                                     number(0), number(0), Text{""}});
      });
}

// Adds what is known of objects; what is there already stays.
template <typename Record>
Status add_to_objects(Database& database, std::string_view table,
                      std::string_view columns, std::string_view rules,
                      std::vector<Record> records) {
  sort_unique(records);
  const std::vector<std::string> ids = ids_of(records);
  const std::string all = "rules, object, id, " + std::string(columns);
  return database.insert(
      {table, all, "ON CONFLICT DO NOTHING"}, records.size(),
      [&](size_t i, Values& values) {
        values = {Text{rules}, Blob{records[i].object}, Blob{ids[i]}};
        put(records[i], values);
      });
}

// What an object's bytes say is the same whoever says it.
Status add_packed(Database& database, std::string_view rules,
                  const std::vector<ObjectSighting>& sightings) {
  std::map<std::string_view, std::vector<const ObjectSighting*>> by_object;
  for (const ObjectSighting& one : sightings)
    by_object[one.object].push_back(&one);
  std::string bytes;
  auto next = by_object.begin();
  return database.insert(
      {"packed_sightings", "rules, object, sightings",
       "ON CONFLICT DO NOTHING"},
      by_object.size(), [&](size_t, Values& values) {
        bytes = packed(next->second);
        values = {Text{rules}, Blob{next->first}, Blob{bytes}};
        ++next;
      });
}

Status add_sightings(Database& database, std::string_view rules,
                     std::vector<ObjectSighting> sightings) {
  sort_unique(sightings);
  const auto others =
      std::stable_partition(sightings.begin(), sightings.end(), can_be_packed);
  Status added =
      add_to_objects(database, "sightings", kSightingColumns, rules,
                     std::vector<ObjectSighting>(others, sightings.end()));
  if (!added) return added;
  sightings.erase(others, sightings.end());
  return add_packed(database, rules, sightings);
}

// Makes the repository's rows in a table these: removes and adds only what is
// different.
template <typename Record>
Status replace_rows(Database& database, std::string_view table,
                    std::string_view columns, std::string_view repository,
                    const std::vector<Record>& records) {
  const std::vector<std::string> ids = ids_of(records);
  std::vector<size_t> news = in_order(ids);
  std::vector<std::string> gone;
  Status done = database.run("SELECT id FROM " + std::string(table) +
                                 " WHERE repository = $1 ORDER BY id",
                             {Blob{repository}},
                             [&](Row& row) { gone.push_back(row.blob()); });
  if (!done) return done;
  const std::vector<std::string> before = gone;
  std::erase_if(gone, [&](const std::string& id) {
    const auto at = std::lower_bound(
        news.begin(), news.end(), id,
        [&](size_t i, const std::string& sought) { return ids[i] < sought; });
    return at != news.end() && ids[*at] == id;
  });
  std::erase_if(news, [&](size_t i) {
    return std::binary_search(before.begin(), before.end(), ids[i]);
  });
  done = database.run_for_all("DELETE FROM " + std::string(table) +
                                  " WHERE repository = $1 AND id IN ({list})",
                              {Blob{repository}}, gone);
  if (!done) return done;
  const std::string all = "repository, id, " + std::string(columns);
  return database.insert({table, all, ""}, news.size(),
                         [&](size_t i, Values& values) {
                           values = {Blob{repository}, Blob{ids[news[i]]}};
                           put(records[news[i]], values);
                         });
}

// A scan that was not complete takes nothing away: what it did not come across
// may well be there still, where it was.
Result<std::vector<SweptOccurrence>> with_former(
    Database& database, std::string_view repository,
    std::vector<SweptOccurrence> found) {
  auto former =
      records<SweptOccurrence>(database,
                               "SELECT " + std::string(kOccurrenceColumns) +
                                   " FROM occurrences WHERE repository = $1",
                               {Blob{repository}});
  if (!former) return former;
  auto place = [](const SweptOccurrence& one) {
    // Messages have no path: each is a place of its own.
    return std::tuple<std::string_view, std::string_view, std::string_view,
                      std::string_view>(
        one.finding, one.object_type, one.path,
        one.path.empty() ? std::string_view(one.object) : "");
  };
  // Of the same place what stands nearer to the tips counts, else what is new.
  found.insert(found.end(), former->begin(), former->end());
  std::stable_sort(found.begin(), found.end(),
                   [&](const SweptOccurrence& a, const SweptOccurrence& b) {
                     return std::tuple(place(a), a.standing) <
                            std::tuple(place(b), b.standing);
                   });
  found.erase(
      std::unique(found.begin(), found.end(),
                  [&](const SweptOccurrence& a, const SweptOccurrence& b) {
                    return place(a) == place(b);
                  }),
      found.end());
  return found;
}

Status set_refs(Database& database, const std::string& id,
                std::vector<SweptRef> refs) {
  sort_unique(refs);
  const std::string bytes = packed(refs);
  return database.insert(
      {"refs", "repository, refs",
       "ON CONFLICT (repository) DO UPDATE SET refs = excluded.refs"},
      1, [&](size_t, Values& values) {
        values = {Blob{id}, Blob{bytes}};
      });
}

Status set_repository(Database& database, uint64_t run,
                      const SweptRepository& repository,
                      const std::string& id) {
  SweptRepository scanned = repository;
  scanned.run = run;
  const std::string columns = "id, " + std::string(kRepositoryColumns) + ", " +
                              std::string(kScanColumns);
  return database.insert(
      {"repositories", columns,
       "ON CONFLICT (id) DO UPDATE SET path = excluded.path, "
       "url = excluded.url, pool = excluded.pool, fork_of = excluded.fork_of, "
       "archived = excluded.archived, run = excluded.run, "
       "rules = excluded.rules, stamp = excluded.stamp, "
       "objects = excluded.objects, complete = excluded.complete"},
      1, [&](size_t, Values& values) {
        values.push_back(Blob{id});
        put_itself(scanned, values);
        put_scan(scanned, values);
      });
}

// What a unit tells of its repository, which a part of it does not.
Status set_all_of_repository(Database& database, uint64_t run,
                             const UnitResult& result) {
  const std::string id = repository_id(result.repository.key);
  Result<std::vector<SweptOccurrence>> occurrences = result.occurrences;
  if (!result.repository.complete) {
    occurrences = with_former(database, id, result.occurrences);
  }
  if (!occurrences) return std::move(occurrences).error();
  Status done = set_repository(database, run, result.repository, id);
  if (done) {
    done = set_refs(database, id, result.refs);
  }
  if (done) {
    done =
        replace_rows(database, "skipped", kSkippedColumns, id, result.skipped);
  }
  if (done) {
    done = replace_rows(database, "occurrences", kOccurrenceColumns, id,
                        *occurrences);
  }
  return done;
}

Status set_done(Database& database, uint64_t run, std::string_view id,
                const UnitCost& cost) {
  Values values = {number(UnitState::kDone)};
  put(cost, values);
  values.insert(values.end(), {number(run), Text{id}});
  return database.run(
      "UPDATE units SET state = $1, error = '', objects = $2, "
      "new_objects = $3, bytes = $4, cpu_seconds = $5, wall_seconds = $6, "
      "peak_memory = $7 WHERE run = $8 AND id = $9",
      values);
}

Status add_result(Database& database, uint64_t run, const SweepUnit& unit,
                  const UnitResult& result) {
  Status done = add_findings(database, run, result);
  if (done) {
    done = add_sightings(database, unit.rules, result.sightings);
  }
  if (done) {
    done = add_to_objects(database, "places", kPlaceColumns, unit.rules,
                          result.places);
  }
  if (done && !result.segment.empty()) {
    done = database.run(
        "INSERT INTO segments (rules, name) VALUES ($1, $2) "
        "ON CONFLICT DO NOTHING",
        {Text{unit.rules}, Text{result.segment}});
  }
  if (done && unit.shard == 0) {
    done = set_all_of_repository(database, run, result);
  }
  if (done) done = set_done(database, run, unit.id, result.cost);
  return done;
}

}  // namespace

Status SqlStore::finish_unit(uint64_t run, std::string_view id,
                             const UnitResult& result) {
  return database_->write([&]() -> Status {
    if (Status held = hold_unit(*database_, run, id); !held) return held;
    const Result<SweepUnit> unit = unit_of(*database_, run, id);
    if (!unit) return unit.error();
    if (unit->state == UnitState::kDone) return Ok{};
    if (unit->state == UnitState::kFailed) {
      return Error(database_->name() + ": unit " + unit->id + " of run " +
                   std::to_string(run) + " was given up: " + unit->error);
    }
    return add_result(*database_, run, *unit, result);
  });
}

}  // namespace leaksift
