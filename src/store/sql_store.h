// The store of sweeps in SQL.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/database.h"
#include "store/sweep_store.h"

namespace leaksift {

class SqlStore : public SweepStore {
 public:
  explicit SqlStore(std::unique_ptr<Database> database)
      : database_(std::move(database)) {}

  Result<std::string> meta(std::string_view name) override;
  Status set_meta(std::string_view name, std::string_view value) override;

  // sql_store_runs.cc
  Result<std::optional<SweepRun>> last_run() override;
  Result<std::vector<SweepRun>> runs() override;
  Result<uint64_t> begin_run(const SweepRun& run,
                             const std::vector<SweepUnit>& units) override;
  Result<std::vector<SweepUnit>> units(uint64_t run) override;
  Result<std::optional<SweepUnit>> unit(uint64_t run,
                                        std::string_view id) override;
  Result<UnitState> start_unit(uint64_t run, std::string_view id,
                               std::string_view worker) override;
  Status fail_unit(uint64_t run, std::string_view id, std::string_view error,
                   bool again) override;
  Status finish_run(uint64_t run) override;

  // sql_store_units.cc
  Status finish_unit(uint64_t run, std::string_view id,
                     const UnitResult& result) override;

  // sql_store.cc
  Status note_repositories(
      const std::vector<SweptRepository>& repositories) override;
  Result<std::optional<SweptRepository>> repository(
      std::string_view key) override;
  Result<std::map<std::string, SweptRepository>> repositories() override;
  Result<std::vector<SweptRef>> refs(std::string_view repository) override;
  Result<std::vector<Skipped>> skipped(std::string_view repository) override;
  Result<Seen> seen(std::string_view rules) override;
  Result<std::vector<ObjectSighting>> sightings_of(
      std::string_view rules, const std::vector<std::string>& objects) override;
  Result<std::vector<ObjectPlace>> places_of(
      std::string_view rules, const std::vector<std::string>& objects) override;
  Status replace_segments(std::string_view rules,
                          const std::vector<std::string>& old_names,
                          const std::string& new_name) override;
  Result<std::vector<std::string>> collect_garbage(
      std::string_view rules, const std::vector<std::string>& gone) override;

  // sql_store_findings.cc
  Result<std::vector<FindingLife>> findings(
      const FindingFilter& filter) override;
  Result<std::vector<RepositoryOccurrence>> occurrences(
      std::string_view finding) override;
  Result<std::vector<FindingEvent>> events(uint64_t run) override;
  Status decide(const Decision& decision) override;
  Status describe_rules(const std::vector<RuleDescription>& texts) override;
  Status set_owners(const std::map<std::string, std::string>& owners) override;
  Result<std::vector<FindingEvent>> untold(std::string_view channel) override;
  Status mark_told(std::string_view channel,
                   const std::vector<FindingEvent>& events) override;

 private:
  std::unique_ptr<Database> database_;
};

// What a repository is called in other tables' rows.
std::string repository_id(std::string_view key);

// A run's unit; an error where there is none. Within a transaction.
Result<SweepUnit> unit_of(Database& database, uint64_t run,
                          std::string_view id);
// Nobody else touches the unit until the end of the transaction.
Status hold_unit(Database& database, uint64_t run, std::string_view id);

// All the records that a statement returns. Within a transaction.
template <typename Record>
Result<std::vector<Record>> records(Database& database, const std::string& sql,
                                    const Values& values) {
  std::vector<Record> all;
  Status read = database.run(sql, values,
                             [&](Row& row) { take(row, all.emplace_back()); });
  if (!read) return std::move(read).error();
  return all;
}

}  // namespace leaksift
