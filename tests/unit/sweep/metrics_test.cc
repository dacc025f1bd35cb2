#include "sweep/metrics.h"

#include <set>

#include "core/regex.h"
#include "core/text.h"
#include "support/catch.h"
#include "unit/store/stores.h"

namespace leaksift {
namespace {

std::string name_in(const Regex& form, const std::string& line) {
  Captures groups;
  REQUIRE(form.match_at(line, 0, line.size(), groups));
  REQUIRE(groups[0].size() == line.size());
  return line.substr(groups[1].begin, groups[1].size());
}

// The samples of an exposition, which is checked against the format: each is
// behind the HELP and TYPE lines of its metric, and each metric comes once.
std::set<std::string> samples_of(const std::string& text) {
  const auto help = Regex::compile("# HELP ([a-z_]+) [^\n]+$");
  const auto sample = Regex::compile(
      "([a-z_]+)(\\{[a-z]+=\"([^\"\\\\]|\\\\[\\\\\"n])*\""
      "(,[a-z]+=\"([^\"\\\\]|\\\\[\\\\\"n])*\")*\\})? [-+.0-9e]+$");
  REQUIRE(help);
  REQUIRE(sample);
  std::set<std::string> samples;
  std::set<std::string> names;
  std::string name;
  REQUIRE(text.ends_with('\n'));
  const auto lines = split(text, '\n');
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    const std::string line(lines[i]);
    CAPTURE(line);
    if (line.starts_with('#')) {
      name = name_in(*help, line);
      CHECK(names.insert(name).second);
      ++i;
      CHECK(lines[i] == "# TYPE " + name + " gauge");
      continue;
    }
    CHECK(name_in(*sample, line) == name);
    CHECK(samples.insert(line).second);
  }
  return samples;
}

TEST_CASE("metrics tell of the run as it is in the store") {
  const StorePlace place(StoreKind::kSqlite);
  const auto store = place.open();
  run_over(*store,
           {result_for("a/b", {occurrence(1, 1, SweptStanding::kHead),
                               occurrence(2, 2, SweptStanding::kTip)})});
  check_ok(store->decide({id_of(2, 16), "", "test", "", "ann", 1, 0}));
  SweepRun run;
  run.started = 1000;
  run.version = "1 \"x\"\n\\";
  run.repositories = 3;
  SweepUnit big = unit_for("c/d");
  big.size = 300;
  SweepUnit small = unit_for("e/f");
  small.size = 100;
  SweepUnit waiting = unit_for("g/h");
  waiting.size = 50;
  value_of(store->begin_run(run, {big, small, waiting}));
  value_of(store->start_unit(2, small.id, "host:1"));
  UnitResult result = result_for("e/f", {});
  result.cost.wall_seconds = 2;
  result.cost.bytes = 77;
  check_ok(store->finish_unit(2, small.id, result));
  value_of(store->start_unit(2, big.id, "host:2"));

  const auto last = value_of(store->last_run());
  const SweepMetrics metrics = value_of(read_metrics(*store, *last, 1060));
  const std::set<std::string> samples = samples_of(to_prometheus(metrics));
  for (const char* const expected : {
           "leaksift_sweep_run 2",
           "leaksift_sweep_running 1",
           "leaksift_sweep_duration_seconds 60",
           "leaksift_sweep_repositories 3",
           "leaksift_sweep_units{state=\"waiting\"} 1",
           "leaksift_sweep_units{state=\"running\"} 1",
           "leaksift_sweep_units{state=\"done\"} 1",
           "leaksift_sweep_units{state=\"failed\"} 0",
           "leaksift_sweep_pack_bytes 450",
           "leaksift_sweep_left_pack_bytes 350",
           "leaksift_sweep_scanned_bytes 77",
           "leaksift_sweep_findings{state=\"open\",severity=\"medium\"} 1",
           "leaksift_sweep_decided_findings 1",
           "leaksift_sweep_events{kind=\"new\"} 0",
           "leaksift_sweep_info{version=\"1 \\\"x\\\"\\n\\\\\","
           "rules=\"\"} 1",
       }) {
    CAPTURE(expected);
    CHECK(samples.contains(expected));
  }
  // 100 bytes took 2 seconds; one unit runs, and 350 bytes are left.
  CHECK(seconds_left(metrics.summary) == 7.0);
}

TEST_CASE("a success is a run in which everything was looked at") {
  const StorePlace place(StoreKind::kSqlite);
  const auto store = place.open();
  UnitResult result = result_for("a/b", {});
  result.repository.complete = false;
  run_over(*store, {result});
  RunSummary summary =
      value_of(summarize(*store, *value_of(store->last_run())));
  check_ok(note_success(*store, summary));
  CHECK(value_of(last_success(*store)) == 0);
  run_over(*store, {result_for("a/b", {})});
  summary = value_of(summarize(*store, *value_of(store->last_run())));
  check_ok(note_success(*store, summary));
  CHECK(value_of(last_success(*store)) == summary.run.finished);
}

TEST_CASE("a label's value is escaped, and is UTF-8") {
  CHECK(label_value("a\"b\\c\nd") == R"("a\"b\\c\nd")");
  CHECK(label_value("\xff") == R"("\\xff")");
}

}  // namespace
}  // namespace leaksift
