// Stores of both kinds, and what goes into them.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "store/sweep_store.h"
#include "support/catch.h"
#include "support/postgres_server.h"
#include "support/temp_dir.h"

namespace leaksift {

enum class StoreKind { kSqlite, kPostgres };

// An empty store.
class StorePlace {
 public:
  explicit StorePlace(StoreKind kind) {
    where_.folder = folder_.path();
    if (kind == StoreKind::kSqlite) return;
    static int number = 0;
    const std::string name = "store_" + std::to_string(++number);
    PostgresServer::shared()->create_database(name);
    where_.database = PostgresServer::shared()->url(name);
  }

  const StateLocation& where() const { return where_; }
  std::unique_ptr<SweepStore> open() const {
    auto store = SweepStore::open(where_);
    if (!store) FAIL(store.error().message());
    return *std::move(store);
  }

 private:
  TempDir folder_;
  StateLocation where_;
};

// Those that can be tried here.
inline std::vector<StoreKind> store_kinds() {
  if (PostgresServer::shared() != nullptr) {
    return {StoreKind::kSqlite, StoreKind::kPostgres};
  }
  WARN("PostgreSQL is not tested: its server is not installed");
  return {StoreKind::kSqlite};
}

// What a call returned; the test fails with its error.
template <typename T>
T value_of(Result<T> result) {
  if (!result) FAIL(result.error().message());
  return *std::move(result);
}
inline void check_ok(const Status& status) {
  INFO((status ? "" : status.error().message()));
  REQUIRE(bool(status));
}

// Filters with one condition.
inline FindingFilter decided_too() {
  FindingFilter filter;
  filter.decided = true;
  return filter;
}
inline FindingFilter in_repository(const std::string& key) {
  FindingFilter filter;
  filter.repository = key;
  return filter;
}
inline FindingFilter new_in(uint64_t run) {
  FindingFilter filter;
  filter.new_in_run = run;
  return filter;
}

inline std::string id_of(size_t number, size_t size) {
  std::string id(size, '\0');
  for (size_t i = 0; i < 8; ++i) id[i] = static_cast<char>(number >> (8 * i));
  return id;
}

inline SweptFinding finding(size_t number) {
  SweptFinding one;
  one.id = id_of(number, 16);
  one.rule_id = "acme-token";
  one.description = "a token of Acme";
  one.masked = "acme_****";
  return one;
}

inline SweptOccurrence occurrence(size_t finding, size_t object,
                                  SweptStanding standing) {
  SweptOccurrence one;
  one.finding = id_of(finding, 16);
  one.object = id_of(object, 20);
  one.object_type = "blob";
  one.path = "src/settings/" + std::to_string(object) + ".yaml";
  one.begin = {7, 12};
  one.end = {7, 52};
  one.standing = standing;
  one.commit = id_of(object + 1'000'000, 20);
  one.author_name = "Ada Example";
  one.author_email = "ada@example.com";
  one.date = {1'700'000'000 + static_cast<int64_t>(object), 60};
  return one;
}

inline ObjectSighting sighting(const SweptOccurrence& of) {
  ObjectSighting one;
  one.object = of.object;
  one.finding = of.finding;
  one.rule_id = "acme-token";
  one.object_type = of.object_type;
  one.begin = of.begin;
  one.end = of.end;
  one.if_place_agrees = ~uint64_t{0};
  return one;
}

inline SweepUnit unit_for(const std::string& repository) {
  SweepUnit unit;
  unit.id = "unit-of-" + repository;
  unit.repository = repository;
  unit.rules = "0123456789abcdef";
  unit.stamp = id_of(3, 16);
  return unit;
}

// What a unit found: these occurrences, with all that belongs to them.
inline UnitResult result_for(const std::string& repository,
                             std::vector<SweptOccurrence> occurrences) {
  UnitResult result;
  result.repository.key = repository;
  result.repository.path = "/srv/" + repository;
  result.repository.rules = "0123456789abcdef";
  result.repository.stamp = id_of(3, 16);
  result.repository.complete = true;
  for (const SweptOccurrence& one : occurrences) {
    SweptFinding found = finding(0);
    found.id = one.finding;
    result.findings.push_back(found);
    result.sightings.push_back(sighting(one));
    result.places.push_back({one.object, one.path, one.commit});
  }
  result.refs = {{"refs/heads/main", id_of(1, 20)}};
  result.segment = "segment-of-" + repository;
  result.occurrences = std::move(occurrences);
  return result;
}

// A whole run over repositories of which each has one unit.
inline uint64_t run_over(SweepStore& store,
                         const std::vector<UnitResult>& results) {
  std::vector<SweepUnit> units;
  for (const UnitResult& one : results) {
    units.push_back(unit_for(one.repository.key));
  }
  const uint64_t run = value_of(store.begin_run({}, units));
  for (size_t i = 0; i < results.size(); ++i) {
    value_of(store.start_unit(run, units[i].id, "worker"));
    check_ok(store.finish_unit(run, units[i].id, results[i]));
  }
  check_ok(store.finish_run(run));
  return run;
}

}  // namespace leaksift
