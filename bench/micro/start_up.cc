// From rules to an engine: what a run pays before it reads a byte.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/file.h"
#include "match/engine.h"
#include "micro/report_bytes.h"
#include "pack/builtin.h"
#include "pack/embedded.h"
#include "rules/loader.h"
#include "rules/plan.h"
#include "rules/regex_syntax.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

const BuiltinRules& builtin() {
  static const BuiltinRules kBuiltin = builtin_rules();
  return kBuiltin;
}

size_t bytes_of_regexes() {
  size_t bytes = 0;
  for (const Rule& rule : builtin().set.rules) bytes += rule.regex.size();
  return bytes;
}

// The built-in rules as the build stored them: what most runs begin with.
void load_builtin(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(builtin_rules());
  report_bytes(state, kEmbeddedRules.size());
}
BENCHMARK(load_builtin)->Unit(benchmark::kMillisecond);

// The same rules from the files that they are written in.
void load_rule_files(benchmark::State& state) {
  std::vector<std::string> files;
  size_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(LEAKSIFT_PATTERNS)) {
    if (entry.path().extension() != ".toml") continue;
    files.push_back(*read_file(entry.path().string()));
    bytes += files.back().size();
  }
  for (auto _ : state) {
    for (const std::string& file : files) {
      if (!parse_rules(file, "rules.toml", {})) {
        state.SkipWithError("the rules were not read");
      }
    }
  }
  report_bytes(state, bytes);
}
BENCHMARK(load_rule_files)->Unit(benchmark::kMillisecond);

void parse_regexes(benchmark::State& state) {
  for (auto _ : state) {
    for (const Rule& rule : builtin().set.rules) {
      benchmark::DoNotOptimize(parse_regex(rule.regex, regex_unit(rule.regex)));
    }
  }
  report_bytes(state, bytes_of_regexes());
}
BENCHMARK(parse_regexes)->Unit(benchmark::kMillisecond);

void plan_rules(benchmark::State& state) {
  for (auto _ : state) {
    for (const Rule& rule : builtin().set.rules) {
      if (!rule.regex.empty()) benchmark::DoNotOptimize(plan_rule(rule));
    }
  }
  report_bytes(state, bytes_of_regexes());
}
BENCHMARK(plan_rules)->Unit(benchmark::kMillisecond);

// With the plans and anchors that the build made, as a run with the built-in
// rules begins, and without, as the first one with somebody's own rules does.
void build_engine(benchmark::State& state, bool use_cache) {
  const auto cache = use_cache ? builtin().cache : nullptr;
  for (auto _ : state) {
    if (!Engine::build(builtin().set, cache)) {
      state.SkipWithError("the engine was not built");
    }
  }
  report_bytes(state, bytes_of_regexes());
}
BENCHMARK_CAPTURE(build_engine, cached, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(build_engine, uncached, false)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace leaksift
