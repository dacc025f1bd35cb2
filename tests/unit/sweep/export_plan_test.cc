#include "sweep/export_plan.h"

#include <algorithm>
#include <limits>
#include <map>

#include "support/catch.h"
#include "support/command.h"
#include "support/random.h"
#include "support/temp_dir.h"

namespace leaksift {
namespace {

constexpr uint64_t kGiga = 1'000'000'000;

SweepUnit make_unit(size_t number, uint64_t size,
                    std::vector<std::string> after = {}) {
  SweepUnit unit;
  unit.id = "unit" + std::to_string(number);
  unit.repository = "repository" + std::to_string(number);
  unit.size = size;
  unit.after = std::move(after);
  return unit;
}

std::vector<SweepUnit> units_of(const std::vector<uint64_t>& gigabytes) {
  std::vector<SweepUnit> units;
  for (const uint64_t size : gigabytes) {
    units.push_back(make_unit(units.size(), size * kGiga));
  }
  return units;
}

// Some of them forks of one before.
std::vector<SweepUnit> random_units(uint64_t seed) {
  Random random(seed);
  std::vector<SweepUnit> units;
  std::vector<size_t> leaders;
  const size_t count = 1 + random.below(200);
  for (size_t i = 0; i < count; ++i) {
    const uint64_t size = uint64_t{1} << random.below(34);
    if (!leaders.empty() && random.below(3) == 0) {
      const size_t leader = leaders[random.below(leaders.size())];
      units.push_back(make_unit(i, size, {units[leader].id}));
    } else {
      leaders.push_back(i);
      units.push_back(make_unit(i, size));
    }
  }
  return units;
}

TEST_CASE("the largest go first, each to the bucket that has least",
          "[sweep][export]") {
  const std::vector<std::vector<size_t>> buckets = {{0, 4, 6}, {1, 5}, {2, 3}};
  CHECK(fill_buckets(units_of({5, 5, 4, 4, 3, 3, 3}), 3) == buckets);
}

TEST_CASE("no bucket is empty", "[sweep][export]") {
  CHECK(fill_buckets({}, 5).empty());
  CHECK(fill_buckets(units_of({1, 1}), 5).size() == 2);
}

TEST_CASE("a family is in one bucket, in the order of the plan",
          "[sweep][export]") {
  std::vector<SweepUnit> units = units_of({9, 8, 7});
  units.push_back(make_unit(3, kGiga, {"unit1"}));
  units.push_back(make_unit(4, kGiga, {"unit0"}));
  units.push_back(make_unit(5, kGiga, {"unit1"}));
  const std::vector<std::vector<size_t>> buckets = {{0, 4}, {1, 3, 5}, {2}};
  CHECK(fill_buckets(units, 3) == buckets);
}

TEST_CASE("parts of a giant are in any bucket, and the whole is the last",
          "[sweep][export]") {
  std::vector<SweepUnit> units = units_of({9, 9});
  for (uint32_t i = 0; i < 2; ++i) units[i].shard = i + 1;
  units.push_back(make_unit(2, 5 * kGiga, {"unit0", "unit1"}));
  units.push_back(make_unit(3, 9 * kGiga, {"unit2"}));
  for (size_t i = 4; i < 7; ++i) units.push_back(make_unit(i, 3 * kGiga));
  const std::vector<std::vector<size_t>> buckets = {{0, 6, 2, 3}, {1, 4, 5}};
  CHECK(fill_buckets(units, 2) == buckets);
}

TEST_CASE("whatever the plan, each unit is in one bucket, behind its relatives",
          "[sweep][export]") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const std::vector<SweepUnit> units = random_units(seed);
    const auto buckets = fill_buckets(units, 1 + seed % 13);
    std::map<std::string, std::pair<size_t, size_t>> places;
    for (size_t i = 0; i < buckets.size(); ++i) {
      CHECK_FALSE(buckets[i].empty());
      for (size_t k = 0; k < buckets[i].size(); ++k) {
        const bool is_new =
            places.emplace(units[buckets[i][k]].id, std::pair{i, k}).second;
        CHECK(is_new);
      }
    }
    CHECK(places.size() == units.size());
    for (const SweepUnit& unit : units) {
      for (const std::string& id : unit.after) {
        CHECK(places[id].first == places[unit.id].first);
        CHECK(places[id].second < places[unit.id].second);
      }
    }
  }
}

// LPT: when the last unit came into the fullest bucket, no other had less.
TEST_CASE("without its smallest unit the fullest bucket has least",
          "[sweep][export]") {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<SweepUnit> units = random_units(seed);
    for (SweepUnit& unit : units) unit.after.clear();
    uint64_t least = std::numeric_limits<uint64_t>::max();
    uint64_t most = 0;
    constexpr uint64_t kEach = uint64_t{1} << 20;
    for (const auto& bucket : fill_buckets(units, 1 + seed % 13)) {
      uint64_t load = 0;
      uint64_t smallest = std::numeric_limits<uint64_t>::max();
      for (const size_t i : bucket) {
        load += units[i].size + kEach;
        smallest = std::min(smallest, units[i].size + kEach);
      }
      least = std::min(least, load);
      most = std::max(most, load - smallest);
    }
    CHECK(most <= least);
  }
}

ExportOptions options_for(ExportForm form) {
  ExportOptions options;
  options.form = form;
  options.run = 7;
  options.version = "1.2.3";
  options.buckets = 2;
  options.finish_arguments = {"--state", "postgres://db/it's \"ours\""};
  options.unit_arguments = options.finish_arguments;
  options.jobs = 3;
  options.memory = uint64_t{1} << 30;
  options.repositories = {"/srv/a \"b\""};
  options.cache = "/srv/cache";
  return options;
}

constexpr auto kForms = {ExportForm::kKubernetesJob, ExportForm::kSlurm,
                         ExportForm::kParallel};

TEST_CASE("what is over is not exported", "[sweep][export]") {
  std::vector<SweepUnit> units = units_of({3, 2, 1});
  units[0].state = UnitState::kDone;
  units[2].state = UnitState::kFailed;
  for (const ExportForm form : kForms) {
    const auto text = export_plan(units, options_for(form));
    REQUIRE(text);
    CHECK(text->find("unit1") != std::string::npos);
    CHECK(text->find("unit0") == std::string::npos);
    CHECK(text->find("unit2") == std::string::npos);
  }
  units[1].state = UnitState::kDone;
  for (const ExportForm form : kForms) {
    const auto text = export_plan(units, options_for(form));
    REQUIRE_FALSE(text);
    CHECK(text.error().message().find("leaksift sweep finish --state") !=
          std::string::npos);
  }
}

TEST_CASE("what would tear a script is not exported", "[sweep][export]") {
  for (const ExportForm form : kForms) {
    ExportOptions options = options_for(form);
    options.unit_arguments.emplace_back("two\nlines");
    CHECK_FALSE(export_plan(units_of({1}), options));
  }
  ExportOptions options = options_for(ExportForm::kParallel);
  options.unit_arguments.emplace_back("{}");
  CHECK_FALSE(export_plan(units_of({1}), options));
}

// Stands in for leaksift: writes down its arguments, and ends as it is told.
class Stub {
 public:
  Stub() {
    folder_.write("leaksift",
                  "#!/bin/sh\n"
                  "printf '%s|' \"$@\" >>log\n"
                  "echo >>log\n"
                  "read -r code <codes\n"
                  "sed -i 1d codes\n"
                  "exit $code\n");
    run_command({"chmod", "+x", folder_ / "leaksift"}, "/");
  }

  // The script's exit code, with those of the program one after the other.
  int run(const std::string& script, const std::string& codes,
          const std::string& index) const {
    folder_.write("script", script);
    folder_.write("codes", codes);
    folder_.write("log", "");
    return run_command(
               {"env", "PATH=" + folder_.path() + ":/usr/bin:/bin",
                "SLURM_ARRAY_TASK_ID=" + index, "bash", folder_ / "script"},
               folder_.path())
        .exit_code;
  }
  std::string calls() const { return read_bytes(folder_ / "log"); }

 private:
  TempDir folder_;
};

TEST_CASE("a Slurm task scans its units, again as long as that has a use",
          "[sweep][export]") {
  const auto script =
      export_plan(units_of({3, 2, 1}), options_for(ExportForm::kSlurm));
  REQUIRE(script);
  CHECK(script->starts_with("#!/bin/bash\n#SBATCH "));
  CHECK(script->find("--array=0-1\n") != std::string::npos);
  CHECK(script->find("--mem=2048M\n") != std::string::npos);
  const std::string call = "sweep|unit|--state|postgres://db/it's \"ours\"|";
  const Stub stub;
  CHECK(stub.run(*script, "0\n", "0") == 0);
  CHECK(stub.calls() == call + "unit0|\n");
  CHECK(stub.run(*script, "3\n0\n", "1") == 0);
  CHECK(stub.calls() == call + "unit1|unit2|\n" + call + "unit1|unit2|\n");
  CHECK(stub.run(*script, "3\n3\n3\n", "0") == 3);
  CHECK(stub.run(*script, "2\n", "0") == 2);
}

TEST_CASE("a plan larger than a ConfigMap is put into several",
          "[sweep][export]") {
  std::vector<SweepUnit> units;
  for (size_t i = 0; i < 120'000; ++i) units.push_back(make_unit(i, 1));
  ExportOptions options = options_for(ExportForm::kKubernetesJob);
  options.buckets = 500;
  const auto text = export_plan(units, options);
  REQUIRE(text);
  const std::string kind = "kind: ConfigMap\n";
  std::vector<size_t> starts;
  for (size_t at = text->find(kind); at != std::string::npos;
       at = text->find(kind, at + 1)) {
    starts.push_back(at);
  }
  REQUIRE(starts.size() == 3);
  CHECK(starts[1] - starts[0] < size_t{1} << 20);
  CHECK(starts[2] - starts[1] < size_t{1} << 20);
  CHECK(text->find("name: leaksift-sweep-7-2\n") != std::string::npos);

  options.buckets = 1;
  CHECK_FALSE(export_plan(units, options));
}

}  // namespace
}  // namespace leaksift
