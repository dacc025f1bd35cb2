// What is written comes back, on both databases.
#include <sys/stat.h>

#include <algorithm>
#include <ctime>

#include "stores.h"

namespace leaksift {
namespace {

// Neither UTF-8 nor without NUL, quotes and SQL.
const std::string kHostile(
    "it's \"x\"; DROP TABLE runs; -- $1 ?1 %s \\x41 \\\\ \xff\xc3\0\n\x1b[2J "
    "\xed\xa0\x80 \xf4\x90\x80\x80 \u202e\u00e9\U0001f511",
    sizeof("it's \"x\"; DROP TABLE runs; -- $1 ?1 %s \\x41 \\\\ \xff\xc3\0\n"
           "\x1b[2J \xed\xa0\x80 \xf4\x90\x80\x80 "
           "\u202e\u00e9\U0001f511") -
        1);

UnitResult hostile_result(const std::string& key) {
  SweptOccurrence one = occurrence(1, 2, SweptStanding::kTip);
  one.object = std::string(32, '\0');
  one.object_type = kHostile;
  one.path = kHostile + std::string(10'000, 'p');
  one.begin = {UINT32_MAX, 0};
  one.encoding = TextEncoding::kUtf32Be;
  one.commit = "";
  one.author_name = kHostile;
  one.author_email = kHostile;
  one.date = {INT64_MIN, INT16_MIN};
  UnitResult result = result_for(key, {one});
  result.repository.path = kHostile;
  result.repository.url = kHostile;
  result.repository.pool = kHostile;
  result.repository.fork_of = kHostile;
  result.repository.archived = true;
  result.repository.objects = uint64_t{1} << 60;
  result.findings[0].rule_id = kHostile;
  result.findings[0].description = kHostile;
  result.findings[0].masked = kHostile;
  result.findings[0].data_class = DataClass::kPhi;
  result.findings[0].severity = Severity::kCritical;
  result.sightings[0].rule_id = kHostile;
  result.sightings[0].path = kHostile;
  result.sightings[0].allowed_inline = true;
  result.refs = {{kHostile + std::string(5000, 'r'), id_of(9, 32)}};
  result.skipped = {{SkipReason::kLfsNotFetched, kHostile, kHostile}};
  result.segment = kHostile;
  result.cost = {1, 2, 3, 0.1, 1e300, uint64_t{1} << 62};
  return result;
}

TEST_CASE("whatever the bytes are, what is stored comes back as it was") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    const std::string key = "host/" + kHostile;
    SweepUnit unit = unit_for(key);
    unit.id = kHostile;
    unit.rules = kHostile;
    unit.after = {"a", "b"};
    SweepRun begun;
    begun.rules = kHostile;
    begun.problems = {{SkipReason::kVanished, kHostile, kHostile}};
    const uint64_t run = value_of(store->begin_run(begun, {unit}));
    value_of(store->start_unit(run, unit.id, kHostile));
    const UnitResult result = hostile_result(key);
    check_ok(store->finish_unit(run, unit.id, result));
    check_ok(store->finish_run(run));

    const SweepRun last = *value_of(store->last_run());
    CHECK(last.rules == kHostile);
    CHECK(last.problems == begun.problems);
    const SweepUnit done = *value_of(store->unit(run, unit.id));
    CHECK(done.worker == kHostile);
    CHECK(done.after == unit.after);
    CHECK(done.cost.wall_seconds == 1e300);
    CHECK(done.cost.peak_memory == uint64_t{1} << 62);
    const std::string id = result.findings[0].id;
    const auto places = value_of(store->occurrences(id));
    REQUIRE(places.size() == 1);
    CHECK(places[0].repository == key);
    CHECK(places[0].occurrence == result.occurrences[0]);
    const SweptRepository known = value_of(store->repositories()).at(key);
    CHECK(known.pool == kHostile);
    CHECK(known.archived);
    CHECK(known.objects == uint64_t{1} << 60);
    CHECK(known.run == run);
    CHECK(value_of(store->refs(key)) == result.refs);
    CHECK(value_of(store->skipped(key)) == result.skipped);
    const auto seen = value_of(store->seen(kHostile));
    CHECK(seen.segments == std::vector<std::string>{kHostile});
    CHECK(seen.flagged ==
          std::vector<std::string>{result.occurrences[0].object});
    CHECK(value_of(store->sightings_of(kHostile, seen.flagged)) ==
          result.sightings);
    CHECK(value_of(store->places_of(kHostile, seen.flagged)) == result.places);
    const auto lives = value_of(store->findings({}));
    REQUIRE(lives.size() == 1);
    CHECK(lives[0].finding.masked == kHostile);
    CHECK(lives[0].finding.data_class == DataClass::kPhi);
    CHECK(lives[0].finding.severity == Severity::kCritical);
    check_ok(store->set_owners({{id, kHostile}}));
    check_ok(store->decide({id, key, kHostile, kHostile, kHostile, 1, 0}));
    const auto decided = value_of(store->findings(decided_too()));
    CHECK(decided.at(0).owner == kHostile);
    CHECK(decided.at(0).decision->note == kHostile);
    check_ok(store->set_meta(kHostile, kHostile));
    CHECK(value_of(store->meta(kHostile)) == kHostile);
    CHECK(value_of(store->runs()).size() == 1);
  }
}

TEST_CASE("a unit goes from waiting to done, and stays there") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    CHECK(!value_of(store->last_run()));
    const SweepUnit unit = unit_for("a/b");
    CHECK(value_of(store->begin_run({}, {unit, unit_for("c/d")})) == 1);
    // One run at a time.
    CHECK(!store->begin_run({}, {}));
    CHECK(!store->finish_run(1));
    CHECK(!store->finish_run(2));
    CHECK(!store->start_unit(1, "none", "w"));
    CHECK(value_of(store->unit(1, unit.id))->began == 0);
    const int64_t before = std::time(nullptr);
    CHECK(!value_of(store->unit(1, "none")));
    CHECK(value_of(store->start_unit(1, unit.id, "w1")) == UnitState::kWaiting);
    CHECK(value_of(store->start_unit(1, unit.id, "w2")) == UnitState::kRunning);
    check_ok(store->fail_unit(1, unit.id, "killed", true));
    CHECK(value_of(store->start_unit(1, unit.id, "w3")) == UnitState::kWaiting);
    SweepUnit now = *value_of(store->unit(1, unit.id));
    CHECK(now.attempts == 3);
    CHECK(now.began >= before);
    CHECK(now.worker == "w3");
    CHECK(now.error == "killed");
    const UnitResult result =
        result_for("a/b", {occurrence(1, 1, SweptStanding::kHead)});
    check_ok(store->finish_unit(1, unit.id, result));
    // A second one that comes late changes nothing.
    check_ok(store->finish_unit(1, unit.id, result_for("a/b", {})));
    check_ok(store->fail_unit(1, unit.id, "late", false));
    CHECK(value_of(store->start_unit(1, unit.id, "w4")) == UnitState::kDone);
    now = *value_of(store->unit(1, unit.id));
    CHECK(now.state == UnitState::kDone);
    CHECK(now.attempts == 3);
    CHECK(value_of(store->occurrences(id_of(1, 16))).size() == 1);

    // What was given up takes no results: the next run does it.
    const std::string other = unit_for("c/d").id;
    check_ok(store->fail_unit(1, other, "no such folder", false));
    CHECK(value_of(store->start_unit(1, other, "w")) == UnitState::kFailed);
    CHECK(!store->finish_unit(1, other, result_for("c/d", {})));
    const auto units = value_of(store->units(1));
    REQUIRE(units.size() == 2);
    CHECK(units[0].repository == "a/b");
    CHECK(units[1].state == UnitState::kFailed);
    check_ok(store->finish_run(1));
    CHECK(value_of(store->last_run())->state == RunState::kDone);
    CHECK(value_of(store->begin_run({}, {})) == 2);
  }
}

TEST_CASE("part of a repository says nothing about the whole") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    SweepUnit unit = unit_for("a/b");
    unit.shard = 1;
    unit.shards = 2;
    value_of(store->begin_run({}, {unit}));
    UnitResult result =
        result_for("a/b", {occurrence(1, 1, SweptStanding::kHead)});
    result.occurrences.clear();
    check_ok(store->finish_unit(1, unit.id, result));
    check_ok(store->finish_run(1));
    CHECK(value_of(store->repositories()).empty());
    CHECK(value_of(store->seen(unit.rules)).flagged.size() == 1);
    // It has not stood anywhere yet: it is no finding before it does.
    CHECK(value_of(store->findings(decided_too())).empty());
    CHECK(value_of(store->events(1)).empty());
    run_over(*store,
             {result_for("a/b", {occurrence(1, 1, SweptStanding::kHead)})});
    CHECK(value_of(store->findings(new_in(2))).size() == 1);
    CHECK(value_of(store->events(2)).size() == 1);
  }
}

TEST_CASE("repositories are known before they are scanned") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    SweptRepository one;
    one.key = "a/b";
    one.path = "/srv/old";
    check_ok(store->note_repositories({one}));
    CHECK(value_of(store->repository("a/b"))->run == 0);
    CHECK(!value_of(store->repository("c/d")));
    run_over(*store, {result_for("a/b", {})});
    one.path = "/srv/new";
    check_ok(store->note_repositories({one, one}));
    const SweptRepository known = *value_of(store->repository("a/b"));
    CHECK(known.path == "/srv/new");
    CHECK(known.run == 1);
    CHECK(known.stamp == id_of(3, 16));
  }
}

TEST_CASE("objects are asked for by the thousand") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    std::vector<SweptOccurrence> all;
    std::vector<std::string> objects;
    for (size_t i = 0; i < 12'000; ++i) {
      all.push_back(occurrence(i % 100, i, SweptStanding::kTip));
      objects.push_back(all.back().object);
    }
    const UnitResult result = result_for("a/b", all);
    run_over(*store, {result});
    const auto sightings =
        value_of(store->sightings_of(unit_for("").rules, objects));
    CHECK(sightings.size() == 12'000);
    CHECK(std::is_sorted(sightings.begin(), sightings.end()));
    CHECK(value_of(store->places_of(unit_for("").rules, objects)).size() ==
          12'000);
    CHECK(value_of(store->places_of("other rules", objects)).empty());
    CHECK(value_of(store->places_of(unit_for("").rules, {})).empty());
    CHECK(value_of(store->findings({})).size() == 100);
  }
}

TEST_CASE("each channel is told each event once") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    run_over(*store,
             {result_for("a/b", {occurrence(1, 1, SweptStanding::kHead),
                                 occurrence(2, 2, SweptStanding::kHead)})});
    const auto events = value_of(store->untold("hook"));
    REQUIRE(events.size() == 2);
    check_ok(store->mark_told("hook", {events[0], events[0]}));
    CHECK(value_of(store->untold("hook")) == std::vector{events[1]});
    check_ok(store->mark_told("hook", events));
    CHECK(value_of(store->untold("hook")).empty());
    CHECK(value_of(store->untold("chat")) == events);
  }
}

TEST_CASE("garbage is what no repository and no rules need") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    const std::string rules = unit_for("").rules;
    run_over(*store,
             {result_for("a/b", {occurrence(1, 1, SweptStanding::kHead)}),
              result_for("c/d", {occurrence(2, 2, SweptStanding::kHead)})});
    CHECK(value_of(store->collect_garbage(rules, {"a/b"})).empty());
    CHECK(value_of(store->repositories()).size() == 1);
    CHECK(value_of(store->occurrences(id_of(1, 16))).empty());
    CHECK(value_of(store->refs("a/b")).empty());
    CHECK(value_of(store->refs("c/d")).size() == 1);
    check_ok(store->replace_segments(
        rules, {"segment-of-a/b", "segment-of-c/d"}, "merged"));
    CHECK(value_of(store->seen(rules)).segments ==
          std::vector<std::string>{"merged"});
    CHECK(value_of(store->collect_garbage("newer", {})) ==
          std::vector<std::string>{"merged"});
    CHECK(value_of(store->seen(rules)).flagged.empty());
    CHECK(value_of(store->findings({})).size() == 2);
  }
}

TEST_CASE("tables of a newer leaksift are left alone") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    check_ok(place.open()->set_meta("schema_version", "2"));
    const auto store = SweepStore::open(place.where());
    REQUIRE(!store);
    CHECK_THAT(store.error().message(),
               Catch::Contains("version 2") &&
                   Catch::Contains("use a newer leaksift"));
  }
}

TEST_CASE("a store in a file is its owner's alone") {
  const StorePlace place(StoreKind::kSqlite);
  const auto store = place.open();
  check_ok(store->set_meta("a", "b"));
  for (const char* name :
       {"/state.sqlite", "/state.sqlite-wal", "/state.sqlite-shm"}) {
    struct stat info {};
    REQUIRE(::stat((place.where().folder + name).c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
}

TEST_CASE("what is no database is named in the error") {
  const TempDir folder;
  folder.write("state.sqlite", std::string(5000, 'x'));
  const auto store = SweepStore::open({folder.path(), ""});
  REQUIRE(!store);
  CHECK_THAT(store.error().message(), Catch::Contains(folder / "state.sqlite"));
  CHECK(!SweepStore::open({folder / "missing", ""}));
}

TEST_CASE("no error of a URL says its password") {
  for (const std::string url :
       {"postgres://me:hunter2@localhost/x", "postgres://me:hunter2@[::1/x",
        "postgres://me:hunter2%zz@localhost/x",
        "postgres://me@localhost/x?password=hunter2",
        "postgres://me@localhost/x?hunter2"}) {
    const auto store = SweepStore::open({"", url});
    REQUIRE(!store);
    CHECK_THAT(store.error().message(), !Catch::Contains("hunter2"));
    CHECK_THAT(store.error().message(), Catch::Contains("URL"));
  }
}

TEST_CASE("a server's refusal comes at once and says where") {
  if (store_kinds().size() < 2) return;
  PostgresServer& server = *PostgresServer::shared();
  const auto missing = SweepStore::open({"", server.url("no_such_database")});
  REQUIRE(!missing);
  CHECK_THAT(missing.error().message(),
             Catch::Contains("/no_such_database: ") &&
                 Catch::Contains("does not exist"));
  server.create_database("bytes", "SQL_ASCII");
  const auto bytes = SweepStore::open({"", server.url("bytes")});
  REQUIRE(!bytes);
  CHECK_THAT(bytes.error().message(), Catch::Contains("--encoding=UTF8"));
}

}  // namespace
}  // namespace leaksift
