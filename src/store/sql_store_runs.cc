#include <algorithm>
#include <ctime>

#include "core/sort_unique.h"
#include "store/rows.h"
#include "store/sql_store.h"

namespace leaksift {
namespace {

const std::string kSelectRun =
    "SELECT number, " + std::string(kRunColumns) + " FROM runs";
const std::string kSelectUnit =
    "SELECT waits_for, " + std::string(kUnitColumns) + " FROM units";

Status add_problems(Database& database, uint64_t run,
                    std::vector<Skipped> problems) {
  sort_unique(problems);
  const std::string columns = "run, id, " + std::string(kSkippedColumns);
  std::string id;
  return database.insert(
      {"run_problems", columns, ""}, problems.size(),
      [&](size_t i, Values& values) {
        put(problems[i], values);
        id = content_id(values);
        values.insert(values.begin(), {number(run), Blob{id}});
      });
}

Status add_units(Database& database, uint64_t run,
                 const std::vector<SweepUnit>& units) {
  const std::string columns =
      "run, position, waits_for, " + std::string(kUnitColumns);
  std::vector<std::string> waits_for;
  for (const SweepUnit& unit : units) waits_for.push_back(joined(unit.after));
  return database.insert(
      {"units", columns, ""}, units.size(), [&](size_t i, Values& values) {
        values = {number(run), number(i), Text{waits_for[i]}};
        put(units[i], values);
      });
}

Result<std::vector<SweepRun>> read_runs(Database& database,
                                        const std::string& which) {
  auto all = records<SweepRun>(database, kSelectRun + which, {});
  if (!all) return all;
  for (SweepRun& run : *all) {
    auto problems = records<Skipped>(database,
                                     "SELECT " + std::string(kSkippedColumns) +
                                         " FROM run_problems WHERE run = $1",
                                     {number(run.number)});
    if (!problems) return std::move(problems).error();
    run.problems = *std::move(problems);
    std::sort(run.problems.begin(), run.problems.end());
  }
  return all;
}

Result<std::vector<SweepUnit>> read_units(Database& database,
                                          const std::string& which,
                                          const Values& values) {
  std::vector<SweepUnit> all;
  Status read = database.run(kSelectUnit + which, values, [&](Row& row) {
    SweepUnit& unit = all.emplace_back();
    unit.after = unjoined(row.text());
    take(row, unit);
  });
  if (!read) return std::move(read).error();
  return all;
}

Result<std::vector<SweepUnit>> read_unit(Database& database, uint64_t run,
                                         std::string_view id) {
  return read_units(database, " WHERE run = $1 AND id = $2",
                    {number(run), Text{id}});
}

bool is_over(const SweepUnit& unit) {
  return unit.state == UnitState::kDone || unit.state == UnitState::kFailed;
}

// What each finding that ever stood somewhere should be now. It is open while
// it stands in a tip or a message. One that never stood there is open as long
// as any history has it.
std::string states_now() {
  const std::string stands =
      "o.best < " + std::to_string(static_cast<int>(SweptStanding::kHistory));
  return "SELECT f.id AS id, CASE WHEN " + stands +
         " OR (o.best IS NOT NULL AND f.had_stood = 0) THEN 0 ELSE 1 END "
         "AS state, CASE WHEN o.best IS NULL THEN 0 ELSE 1 END AS is_stored, "
         "CASE WHEN " +
         stands +
         " THEN 1 ELSE f.had_stood END AS had_stood "
         "FROM findings f LEFT JOIN (SELECT finding, MIN(standing) AS best "
         "FROM occurrences GROUP BY finding) o ON o.finding = f.id "
         "WHERE f.first_run > 0";
}
static_assert(static_cast<int>(FindingState::kOpen) == 0);
static_assert(static_cast<int>(FindingState::kResolved) == 1);

Status add_events(Database& database, uint64_t run) {
  Status added = database.run(
      "INSERT INTO events (run, finding, kind) "
      "SELECT first_run, id, $1 FROM findings WHERE first_run = $2",
      {number(EventKind::kNew), number(run)});
  if (!added) return added;
  return database.run(
      "INSERT INTO events (run, finding, kind) "
      "SELECT $1, f.id, CASE WHEN n.state = 0 THEN $2 ELSE $3 END "
      "FROM findings f JOIN (" +
          states_now() +
          ") n ON n.id = f.id WHERE n.state <> f.state AND f.first_run < $4",
      {number(run), number(EventKind::kReopened), number(EventKind::kResolved),
       number(run)});
}

Status set_states(Database& database, uint64_t run) {
  return database.run(
      "UPDATE findings SET state_run = "
      "CASE WHEN findings.state = n.state THEN findings.state_run ELSE $1 END, "
      "state = n.state, in_history = n.state * n.is_stored, "
      "had_stood = n.had_stood FROM (" +
          states_now() +
          ") n WHERE n.id = findings.id AND (n.state <> findings.state OR "
          "n.state * n.is_stored <> findings.in_history OR "
          "n.had_stood <> findings.had_stood)",
      {number(run)});
}

}  // namespace

Result<SweepUnit> unit_of(Database& database, uint64_t run,
                          std::string_view id) {
  auto found = read_unit(database, run, id);
  if (!found) return std::move(found).error();
  if (found->empty()) {
    return Error(database.name() + ": run " + std::to_string(run) +
                 " has no unit " + std::string(id));
  }
  return std::move(found->front());
}

Status hold_unit(Database& database, uint64_t run, std::string_view id) {
  return database.hold("unit " + std::to_string(run) + " " + std::string(id));
}

Result<std::optional<SweepRun>> SqlStore::last_run() {
  auto last = database_->read(
      [&] { return read_runs(*database_, " ORDER BY number DESC LIMIT 1"); });
  if (!last) return std::move(last).error();
  if (last->empty()) return std::optional<SweepRun>();
  return std::optional(std::move(last->front()));
}

Result<std::vector<SweepRun>> SqlStore::runs() {
  return database_->read(
      [&] { return read_runs(*database_, " ORDER BY number"); });
}

Result<uint64_t> SqlStore::begin_run(const SweepRun& run,
                                     const std::vector<SweepUnit>& units) {
  return database_->write([&]() -> Result<uint64_t> {
    if (Status held = database_->hold("run"); !held) return held.error();
    const auto last = read_runs(*database_, " ORDER BY number DESC LIMIT 1");
    if (!last) return last.error();
    uint64_t number_of_run = 1;
    if (!last->empty()) {
      if (last->front().state == RunState::kRunning) {
        return Error(database_->name() + ": run " +
                     std::to_string(last->front().number) +
                     " is not finished; leaksift sweep resume goes on with it");
      }
      number_of_run = last->front().number + 1;
    }
    Values values = {number(number_of_run)};
    put(run, values);
    Status added =
        database_->run("INSERT INTO runs (number, " + std::string(kRunColumns) +
                           ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                       values);
    if (added) added = add_problems(*database_, number_of_run, run.problems);
    if (added) added = add_units(*database_, number_of_run, units);
    if (!added) return std::move(added).error();
    return number_of_run;
  });
}

Result<std::vector<SweepUnit>> SqlStore::units(uint64_t run) {
  return database_->read([&] {
    return read_units(*database_, " WHERE run = $1 ORDER BY position",
                      {number(run)});
  });
}

Result<std::optional<SweepUnit>> SqlStore::unit(uint64_t run,
                                                std::string_view id) {
  auto found = database_->read([&] { return read_unit(*database_, run, id); });
  if (!found) return std::move(found).error();
  if (found->empty()) return std::optional<SweepUnit>();
  return std::optional(std::move(found->front()));
}

Result<UnitState> SqlStore::start_unit(uint64_t run, std::string_view id,
                                       std::string_view worker) {
  return database_->write([&]() -> Result<UnitState> {
    if (Status held = hold_unit(*database_, run, id); !held) {
      return std::move(held).error();
    }
    const Result<SweepUnit> unit = unit_of(*database_, run, id);
    if (!unit) return unit.error();
    if (is_over(*unit)) return unit->state;
    Status started = database_->run(
        "UPDATE units SET state = $1, attempts = attempts + 1, began = $2, "
        "worker = $3 WHERE run = $4 AND id = $5",
        {number(UnitState::kRunning), number(std::time(nullptr)), Text{worker},
         number(run), Text{id}});
    if (!started) return std::move(started).error();
    return unit->state;
  });
}

Status SqlStore::fail_unit(uint64_t run, std::string_view id,
                           std::string_view error, bool again) {
  const UnitState state = again ? UnitState::kWaiting : UnitState::kFailed;
  return database_->write([&]() -> Status {
    if (Status held = hold_unit(*database_, run, id); !held) return held;
    const Result<SweepUnit> unit = unit_of(*database_, run, id);
    if (!unit) return unit.error();
    if (is_over(*unit)) return Ok{};
    return database_->run(
        "UPDATE units SET state = $1, error = $2 WHERE run = $3 AND id = $4",
        {number(state), Text{error}, number(run), Text{id}});
  });
}

Status SqlStore::finish_run(uint64_t run) {
  return database_->write([&]() -> Status {
    if (Status held = database_->hold("run"); !held) return held;
    const std::string which = " WHERE number = " + std::to_string(run);
    const auto known = read_runs(*database_, which);
    if (!known) return known.error();
    if (known->empty()) {
      return Error(database_->name() + ": there is no run " +
                   std::to_string(run));
    }
    if (known->front().state == RunState::kDone) return Ok{};
    const auto all = read_units(*database_, " WHERE run = $1", {number(run)});
    if (!all) return all.error();
    const auto left =
        std::count_if(all->begin(), all->end(),
                      [](const SweepUnit& unit) { return !is_over(unit); });
    if (left != 0) {
      return Error(database_->name() + ": " + std::to_string(left) +
                   " units of run " + std::to_string(run) +
                   " are still to be done");
    }
    Status done = add_events(*database_, run);
    if (done) done = set_states(*database_, run);
    if (!done) return done;
    return database_->run(
        "UPDATE runs SET state = $1, finished = $2 WHERE number = $3",
        {number(RunState::kDone), number(std::time(nullptr)), number(run)});
  });
}

}  // namespace leaksift
