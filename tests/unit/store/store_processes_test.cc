// Several processes, and what may befall them.
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "lossy_proxy.h"
#include "stores.h"
#include "support/processes.h"

namespace leaksift {
namespace {

using namespace std::chrono_literals;

std::string name_of(size_t number) {
  return "group/repository-" + std::to_string(number);
}

// Of repository `number`: findings that all repositories share, and its own.
UnitResult result_of(size_t number, size_t occurrences) {
  std::vector<SweptOccurrence> all;
  for (size_t i = 0; i < occurrences; ++i) {
    const size_t finding = i % 2 == 0 ? i % 50 : 1000 * number + i % 100;
    all.push_back(occurrence(finding, 100'000 * number + i,
                             static_cast<SweptStanding>(i % 4)));
  }
  return result_for(name_of(number), std::move(all));
}

std::vector<SweepUnit> units_for(size_t count) {
  std::vector<SweepUnit> units;
  for (size_t i = 0; i < count; ++i) units.push_back(unit_for(name_of(i)));
  return units;
}

// All that a store says of a run and what came of it, but for times and
// attempts.
struct Content {
  std::vector<ObjectSighting> sightings;
  std::vector<ObjectPlace> places;
  std::vector<std::string> segments;
  std::vector<std::string> lives;
  std::vector<std::pair<std::string, SweptOccurrence>> occurrences;
  std::vector<FindingEvent> events;
  std::vector<SweptRef> refs;
  friend bool operator==(const Content&, const Content&) = default;
};
Content content_of(SweepStore& store, uint64_t run) {
  Content content;
  const std::string rules = unit_for("").rules;
  const SweepStore::Seen seen = value_of(store.seen(rules));
  content.segments = seen.segments;
  content.sightings = value_of(store.sightings_of(rules, seen.flagged));
  content.places = value_of(store.places_of(rules, seen.flagged));
  for (const FindingLife& life : value_of(store.findings(decided_too()))) {
    content.lives.push_back(
        life.finding.id + std::to_string(static_cast<int>(life.state)) + " " +
        std::to_string(life.first_run) + " " + std::to_string(life.state_run));
    for (auto& one : value_of(store.occurrences(life.finding.id))) {
      content.occurrences.emplace_back(one.repository, one.occurrence);
    }
  }
  content.events = value_of(store.events(run));
  for (const auto& [key, repository] : value_of(store.repositories())) {
    const auto refs = value_of(store.refs(key));
    content.refs.insert(content.refs.end(), refs.begin(), refs.end());
  }
  return content;
}

TEST_CASE("processes that make a store at once all find it whole") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    CHECK(all_succeed(6, [&](int number) {
      const auto store = SweepStore::open(place.where());
      return store &&
             (*store)->set_meta("worker " + std::to_string(number), "was here");
    }));
    for (int number = 0; number < 6; ++number) {
      CHECK(value_of(place.open()->meta("worker " + std::to_string(number))) ==
            "was here");
    }
  }
}

TEST_CASE("of processes that begin a run at once one does") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    place.open();
    std::vector<pid_t> children;
    for (int i = 0; i < 5; ++i) {
      children.push_back(in_process([&] {
        const auto store = SweepStore::open(place.where());
        return store && (*store)->begin_run({}, units_for(100));
      }));
    }
    CHECK(std::count_if(children.begin(), children.end(),
                        [](pid_t child) { return wait_for(child) == 0; }) == 1);
    CHECK(value_of(place.open()->runs()).size() == 1);
  }
}

TEST_CASE(
    "units done by several processes, twice and in any order, leave "
    "what one process leaves") {
  constexpr size_t kUnits = 8;
  for (const StoreKind kind : store_kinds()) {
    const StorePlace alone(kind);
    const auto expected_store = alone.open();
    std::vector<UnitResult> results;
    for (size_t i = 0; i < kUnits; ++i) results.push_back(result_of(i, 300));
    run_over(*expected_store, results);

    const StorePlace shared(kind);
    value_of(shared.open()->begin_run({}, units_for(kUnits)));
    CHECK(all_succeed(3, [&](int number) {
      const auto store = SweepStore::open(shared.where());
      for (size_t i = 0; store && i < kUnits; ++i) {
        const size_t unit = number % 2 == 0 ? i : kUnits - 1 - i;
        const std::string id = unit_for(name_of(unit)).id;
        if (!(*store)->start_unit(1, id, "w") ||
            !(*store)->finish_unit(1, id, result_of(unit, 300))) {
          return false;
        }
      }
      return bool(store);
    }));
    const auto store = shared.open();
    check_ok(store->finish_run(1));
    CHECK(content_of(*store, 1) == content_of(*expected_store, 1));
  }
}

TEST_CASE("a process that is killed leaves its unit whole or not at all") {
  constexpr size_t kUnits = 8;
  constexpr size_t kOccurrences = 3000;
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    value_of(place.open()->begin_run({}, units_for(kUnits)));
    size_t whole = 0;
    for (size_t i = 0; i < kUnits; ++i) {
      const std::string id = unit_for(name_of(i)).id;
      const pid_t child = in_process([&] {
        const auto store = SweepStore::open(place.where());
        return store &&
               (*store)->finish_unit(1, id, result_of(i, kOccurrences));
      });
      std::this_thread::sleep_for(i * 15ms);
      ::kill(child, SIGKILL);
      wait_for(child);
      const auto store = place.open();
      const bool is_done =
          value_of(store->unit(1, id))->state == UnitState::kDone;
      const auto known = value_of(store->repository(name_of(i)));
      CHECK(known.has_value() == is_done);
      const auto own = value_of(store->findings(in_repository(name_of(i))));
      CHECK(own.empty() == !is_done);
      CHECK(value_of(store->refs(name_of(i))).size() == (is_done ? 1 : 0));
      if (is_done) ++whole;
      // What is left is done by the next one.
      check_ok(store->finish_unit(1, id, result_of(i, kOccurrences)));
    }
    CHECK(whole < kUnits);
    const auto store = place.open();
    check_ok(store->finish_run(1));
    size_t stored = 0;
    for (const FindingLife& life : value_of(store->findings({}))) {
      stored += value_of(store->occurrences(life.finding.id)).size();
    }
    CHECK(stored == kUnits * kOccurrences);
  }
}

TEST_CASE("a disk that is full is named, and nothing is lost") {
  const StorePlace place(StoreKind::kSqlite);
  const auto store = place.open();
  const std::vector<SweepUnit> units = units_for(3);
  value_of(store->begin_run({}, units));
  check_ok(store->finish_unit(1, units[0].id, result_of(0, 200)));
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit former{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &former) == 0);
  const rlimit small{1'000'000, former.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const Status done = store->finish_unit(1, units[1].id, result_of(1, 10'000));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &former) == 0);
  REQUIRE(!done);
  CHECK_THAT(done.error().message(),
             Catch::Contains(place.where().folder + "/state.sqlite: "));
  CHECK(value_of(store->unit(1, units[1].id))->state == UnitState::kWaiting);
  CHECK(value_of(store->findings(in_repository(name_of(1)))).empty());
  CHECK(!value_of(store->findings(in_repository(name_of(0)))).empty());
  // There is room again.
  check_ok(store->finish_unit(1, units[1].id, result_of(1, 10'000)));
  check_ok(store->finish_unit(1, units[2].id, result_of(2, 10)));
  check_ok(store->finish_run(1));
  CHECK(value_of(place.open()->repositories()).size() == 3);
}

TEST_CASE("calls go on when the server is started again") {
  if (store_kinds().size() < 2) return;
  PostgresServer& server = *PostgresServer::shared();
  const StorePlace place(StoreKind::kPostgres);
  const auto store = place.open();
  server.stop();
  server.start();
  check_ok(store->set_meta("a", "b"));
  server.stop();
  const pid_t child =
      in_process([&] { return value_of(place.open()->meta("a")) == "b"; });
  std::this_thread::sleep_for(300ms);
  server.start();
  CHECK(wait_for(child) == 0);
  CHECK(value_of(store->meta("a")) == "b");
}

TEST_CASE("a server that was only starting a moment ago is asked again") {
  if (store_kinds().size() < 2) return;
  const StorePlace place(StoreKind::kPostgres);
  const LossyProxy proxy(PostgresServer::shared()->folder(), 1);
  check_ok(
      value_of(SweepStore::open(proxy.to(place.where())))->set_meta("a", "b"));
  CHECK(value_of(place.open()->meta("a")) == "b");
}

TEST_CASE("a server that crashes at work makes no call fail or happen twice") {
  if (store_kinds().size() < 2) return;
  constexpr size_t kUnits = 30;
  PostgresServer& server = *PostgresServer::shared();
  const StorePlace place(StoreKind::kPostgres);
  value_of(place.open()->begin_run({}, units_for(kUnits)));
  auto work = [&](size_t first) {
    const auto store = SweepStore::open(place.where());
    for (size_t i = first; store && i < kUnits; i += 2) {
      const std::string id = unit_for(name_of(i)).id;
      if (!(*store)->start_unit(1, id, "w") ||
          !(*store)->finish_unit(1, id, result_of(i, 300))) {
        return false;
      }
    }
    return bool(store);
  };
  const pid_t even = in_process([&] { return work(0); });
  const pid_t odd = in_process([&] { return work(1); });
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(150ms);
    server.stop();
    server.start();
  }
  CHECK(wait_for(even) == 0);
  CHECK(wait_for(odd) == 0);
  const auto store = place.open();
  check_ok(store->finish_run(1));
  for (const SweepUnit& unit : value_of(store->units(1))) {
    CHECK(unit.state == UnitState::kDone);
    CHECK(unit.attempts == 1);
  }
  const StorePlace alone(StoreKind::kSqlite);
  const auto expected = alone.open();
  std::vector<UnitResult> results;
  for (size_t i = 0; i < kUnits; ++i) results.push_back(result_of(i, 300));
  run_over(*expected, results);
  // Both kinds of store say the same.
  CHECK(content_of(*store, 1) == content_of(*expected, 1));
}

TEST_CASE("a commit whose answer is lost happens once") {
  if (store_kinds().size() < 2) return;
  const StorePlace place(StoreKind::kPostgres);
  place.open();
  const LossyProxy proxy(PostgresServer::shared()->folder());
  const auto store = value_of(SweepStore::open(proxy.to(place.where())));
  const std::vector<SweepUnit> units = units_for(5);
  CHECK(value_of(store->begin_run({}, units)) == 1);
  for (size_t i = 0; i < units.size(); ++i) {
    CHECK(value_of(store->start_unit(1, units[i].id, "w")) ==
          UnitState::kWaiting);
    check_ok(store->finish_unit(1, units[i].id, result_of(i, 20)));
  }
  check_ok(store->finish_run(1));
  CHECK(value_of(store->runs()).size() == 1);
  for (const SweepUnit& unit : value_of(store->units(1))) {
    CHECK(unit.attempts == 1);
  }
}

}  // namespace
}  // namespace leaksift
