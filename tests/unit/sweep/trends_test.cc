#include "sweep/trends.h"

#include "support/catch.h"

namespace leaksift {
namespace {

SweepRun run_at(uint64_t number, int64_t finished) {
  SweepRun run;
  run.number = number;
  run.finished = finished;
  run.state = RunState::kDone;
  return run;
}

FindingLife life(const std::string& id, Severity severity) {
  FindingLife one;
  one.finding.id = id;
  one.finding.severity = severity;
  return one;
}

TEST_CASE("trends tell what was open after each run, and for how long") {
  std::vector<FindingLife> findings = {
      life("a", Severity::kHigh), life("b", Severity::kHigh),
      life("c", Severity::kLow), life("d", Severity::kLow)};
  findings[3].decision = Decision{"d", "", "test", "", "ann", 250, 0};
  std::vector<SweepRun> runs = {run_at(1, 100), run_at(2, 200), run_at(3, 300),
                                run_at(4, 400)};
  runs.push_back(run_at(5, 0));
  runs.back().state = RunState::kRunning;
  const std::vector<FindingEvent> events = {
      {1, "a", EventKind::kNew},      {1, "b", EventKind::kNew},
      {1, "d", EventKind::kNew},      {2, "c", EventKind::kNew},
      {3, "a", EventKind::kResolved}, {3, "c", EventKind::kResolved},
      {4, "a", EventKind::kReopened}};
  const auto points = find_trends(runs, findings, [&](uint64_t run) {
    std::vector<FindingEvent> of_run;
    for (const FindingEvent& event : events) {
      if (event.run == run) of_run.push_back(event);
    }
    return Result(of_run);
  });
  REQUIRE(points);
  REQUIRE(points->size() == 4);
  CHECK(to_jsonl((*points)[0]) ==
        "{\"type\":\"trend\",\"run\":1,\"finished\":\"1970-01-01T00:01:40Z\","
        "\"open\":3,\"open_by_severity\":{\"info\":0,\"low\":1,\"medium\":0,"
        "\"high\":2,\"critical\":0},\"decided\":0,\"new\":3,\"resolved\":0,"
        "\"reopened\":0,\"median_age_seconds\":0}\n");
  CHECK((*points)[1].open == 4);
  CHECK((*points)[1].median_age == 100);
  const TrendPoint& third = (*points)[2];
  CHECK(third.open == 1);  // b; d was decided about
  CHECK(third.decided == 1);
  CHECK(third.resolved == 2);
  CHECK(third.median_age == 200);
  CHECK(third.mean_time_to_resolve == 150);  // a 200, c 100
  const TrendPoint& fourth = (*points)[3];
  CHECK(fourth.open == 2);
  CHECK(fourth.reopened == 1);
  CHECK(fourth.median_age == 300);  // a is open since run 4, b since run 1
  CHECK(!fourth.mean_time_to_resolve);
}

}  // namespace
}  // namespace leaksift
