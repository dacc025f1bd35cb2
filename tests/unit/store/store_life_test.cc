// What becomes of findings from run to run.
#include <ctime>

#include "stores.h"

namespace leaksift {
namespace {

constexpr auto kHead = SweptStanding::kHead;
constexpr auto kTip = SweptStanding::kTip;
constexpr auto kMessage = SweptStanding::kMessage;
constexpr auto kHistory = SweptStanding::kHistory;

// A run over one repository, "a/b", where finding 1 stands like this, if at
// all, and what it says of the finding.
struct Told {
  std::vector<EventKind> events;
  FindingState state = FindingState::kOpen;
  bool in_history = false;
  friend bool operator==(const Told&, const Told&) = default;
};
Told run_with(SweepStore& store, std::vector<SweptStanding> standings,
              bool complete = true) {
  std::vector<SweptOccurrence> all;
  for (size_t i = 0; i < standings.size(); ++i) {
    all.push_back(occurrence(1, i, standings[i]));
  }
  UnitResult result = result_for("a/b", all);
  result.repository.complete = complete;
  const uint64_t run = run_over(store, {result});
  Told told;
  for (const FindingEvent& event : value_of(store.events(run))) {
    told.events.push_back(event.kind);
  }
  // Once more is no harm.
  check_ok(store.finish_run(run));
  CHECK(value_of(store.events(run)).size() == told.events.size());
  const auto lives = value_of(store.findings(decided_too()));
  REQUIRE(lives.size() == 1);
  CHECK(lives[0].first_run == 1);
  told.state = lives[0].state;
  told.in_history = lives[0].in_history;
  if (!told.events.empty()) CHECK(lives[0].state_run == run);
  return told;
}

const Told kNewOne{{EventKind::kNew}, FindingState::kOpen, false};
const Told kStillOpen{{}, FindingState::kOpen, false};
const Told kReopenedOne{{EventKind::kReopened}, FindingState::kOpen, false};
const Told kGone{{EventKind::kResolved}, FindingState::kResolved, false};
const Told kBehind{{EventKind::kResolved}, FindingState::kResolved, true};
const Told kStillGone{{}, FindingState::kResolved, false};
const Told kStillBehind{{}, FindingState::kResolved, true};

TEST_CASE("a finding is open while it stands in a tip or a message") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    CHECK(run_with(*store, {kHead, kHistory}) == kNewOne);
    CHECK(run_with(*store, {kTip}) == kStillOpen);
    CHECK(run_with(*store, {kHistory, kMessage}) == kStillOpen);
    CHECK(run_with(*store, {kHistory}) == kBehind);
    CHECK(run_with(*store, {kHistory}) == kStillBehind);
    CHECK(run_with(*store, {}) == kStillGone);
    CHECK(run_with(*store, {kHistory, kTip}) == kReopenedOne);
    CHECK(run_with(*store, {}) == kGone);
  }
}

TEST_CASE("what was only ever in history is open until that is gone") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    CHECK(run_with(*store, {kHistory}) == kNewOne);
    CHECK(run_with(*store, {kHistory, kHistory}) == kStillOpen);
    CHECK(run_with(*store, {}) == kGone);
    CHECK(run_with(*store, {kHistory}) == kReopenedOne);
    CHECK(run_with(*store, {kHead}) == kStillOpen);
    CHECK(run_with(*store, {kHistory}) == kBehind);
  }
}

TEST_CASE("a scan that was not complete resolves nothing") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    CHECK(run_with(*store, {kHead, kTip}) == kNewOne);
    CHECK(run_with(*store, {}, false) == kStillOpen);
    CHECK(run_with(*store, {kHistory, kHistory}, false) == kStillOpen);
    CHECK(run_with(*store, {kHistory, kHistory, kHistory}, false) ==
          kStillOpen);
    // One for each place, and where it was seen nearest to the tips.
    const auto places = value_of(store->occurrences(id_of(1, 16)));
    REQUIRE(places.size() == 3);
    CHECK(places[0].occurrence.standing == kHead);
    CHECK(places[1].occurrence.standing == kTip);
    CHECK(places[2].occurrence.standing == kHistory);
    CHECK(run_with(*store, {kHistory}) == kBehind);
  }
}

TEST_CASE("a finding is resolved when the last repository has lost it") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    const auto with = {occurrence(1, 1, kHead)};
    run_over(*store, {result_for("a/b", with), result_for("fork/b", with)});
    run_over(*store, {result_for("a/b", {})});
    CHECK(value_of(store->events(2)).empty());
    CHECK(value_of(store->occurrences(id_of(1, 16))).size() == 1);
    run_over(*store, {result_for("fork/b", {})});
    CHECK(value_of(store->events(3)) ==
          std::vector<FindingEvent>{{3, id_of(1, 16), EventKind::kResolved}});
    FindingFilter open;
    open.state = FindingState::kOpen;
    CHECK(value_of(store->findings(open)).empty());
  }
}

TEST_CASE("a repository that could not be scanned keeps its findings open") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    run_over(*store, {result_for("a/b", {occurrence(1, 1, kHead)})});
    const SweepUnit unit = unit_for("a/b");
    value_of(store->begin_run({}, {unit}));
    check_ok(store->fail_unit(2, unit.id, "corrupt", false));
    check_ok(store->finish_run(2));
    CHECK(value_of(store->events(2)).empty());
    CHECK(value_of(store->findings({})).at(0).state == FindingState::kOpen);
  }
}

TEST_CASE("findings are listed by what is asked, the worst first") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    UnitResult first =
        result_for("a/b", {occurrence(1, 1, kHead), occurrence(2, 2, kHead),
                           occurrence(3, 3, kHead)});
    first.findings[1].severity = Severity::kCritical;
    first.findings[2].rule_id = "aaa";
    first.findings[2].confidence = Confidence::kLow;
    run_over(*store, {first});
    UnitResult second =
        result_for("c/d", {occurrence(4, 4, kHead), occurrence(3, 3, kHead)});
    second.findings[1].rule_id = "aaa";
    second.findings[1].confidence = Confidence::kHigh;
    run_over(*store, {second});
    auto ids = [&](const FindingFilter& filter) {
      std::vector<std::string> found;
      for (const FindingLife& life : value_of(store->findings(filter))) {
        found.push_back(life.finding.id);
      }
      return found;
    };
    auto numbers = [](std::initializer_list<size_t> all) {
      std::vector<std::string> found;
      for (const size_t one : all) found.push_back(id_of(one, 16));
      return found;
    };
    CHECK(ids({}) == numbers({2, 3, 1, 4}));
    CHECK(ids(new_in(2)) == numbers({4}));
    CHECK(ids(in_repository("c/d")) == numbers({3, 4}));
    FindingFilter high;
    high.min_severity = Severity::kHigh;
    CHECK(ids(high) == numbers({2}));
    // It is as sure as where it is surest.
    CHECK(value_of(store->findings({})).at(1).finding.confidence ==
          Confidence::kHigh);
  }
}

TEST_CASE("a decision hides a finding where it holds, for as long") {
  for (const StoreKind kind : store_kinds()) {
    const StorePlace place(kind);
    const auto store = place.open();
    const auto with = {occurrence(1, 1, kHead)};
    run_over(*store, {result_for("a/b", with), result_for("c/d", with)});
    const std::string id = id_of(1, 16);
    const int64_t now = std::time(nullptr);
    auto shown = [&](const FindingFilter& filter) {
      return value_of(store->findings(filter)).size() == 1;
    };
    CHECK(!store->decide({id_of(9, 16), "", "test", "", "me", now, 0}));
    // It has expired.
    check_ok(store->decide({id, "", "test", "", "me", now - 9, now - 1}));
    CHECK(shown({}));
    // In one repository.
    check_ok(store->decide({id, "a/b", "test", "", "me", now, now + 1000}));
    CHECK(shown({}));
    CHECK(!shown(in_repository("a/b")));
    FindingFilter all = in_repository("a/b");
    all.decided = true;
    CHECK(shown(all));
    CHECK(shown(in_repository("c/d")));
    // In both.
    check_ok(store->decide({id, "c/d", "test", "", "me", now, 0}));
    CHECK(!shown({}));
    // Not any more in one of them.
    check_ok(store->decide({id, "a/b", "test", "", "me", now + 1, now}));
    CHECK(shown({}));
    // Everywhere.
    check_ok(store->decide({id, "", "revoked", "x", "me", now, 0}));
    CHECK(!shown({}));
    CHECK(!shown(in_repository("a/b")));
    const auto decided = value_of(store->findings(decided_too()));
    REQUIRE(decided.at(0).decision);
    CHECK(decided[0].decision->reason == "revoked");
    CHECK(decided[0].state == FindingState::kOpen);
  }
}

}  // namespace
}  // namespace leaksift
