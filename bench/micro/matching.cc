// The stages of looking for secrets in bytes that are at hand.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/entropy.h"
#include "core/hash.h"
#include "match/worker.h"
#include "micro/report_bytes.h"
#include "micro/sample.h"
#include "pack/builtin.h"
#include "pipeline/blob_scanner.h"

namespace leaksift {
namespace {

const Engine& engine() {
  static const std::unique_ptr<Engine> kEngine = [] {
    BuiltinRules builtin = builtin_rules();
    // As without --pack.
    std::erase_if(builtin.set.rules,
                  [](const Rule& rule) { return !rule.pack.empty(); });
    return *Engine::build(std::move(builtin.set), builtin.cache);
  }();
  return *kEngine;
}

void prefilter(benchmark::State& state) {
  const std::string text = sample_source(1 << 20);
  PrefilterScanner scanner(engine().prefilter());
  std::vector<PrefilterHit> hits;
  for (auto _ : state) scanner.scan(text, hits);
  state.counters["hits/KB"] =
      1024.0 * static_cast<double>(hits.size()) / static_cast<double>(1 << 20);
  report_bytes(state, text.size());
}
BENCHMARK(prefilter);

RuleSet rules_with_examples() {
  RuleSet rules = builtin_rules().set;
  add_builtin_examples(rules);
  return rules;
}

// All of Worker's stages over texts in which confirming is most of the work.
void confirm(benchmark::State& state, const std::string& text) {
  Worker worker(engine());
  std::vector<Match> matches;
  worker.scan(text, matches);  // compiles the regexes
  if (matches.empty()) state.SkipWithError("nothing was found");
  state.counters["tries"] = static_cast<double>(worker.stats().tries);
  state.counters["matches"] = static_cast<double>(matches.size());
  for (auto _ : state) worker.scan(text, matches);
  report_bytes(state, text.size());
}
BENCHMARK_CAPTURE(confirm, secrets, sample_secrets(rules_with_examples()));
BENCHMARK_CAPTURE(confirm, assignments, sample_assignments(1000));

void scan_source(benchmark::State& state) {
  const std::string text = sample_source(static_cast<size_t>(state.range(0)));
  BlobScanner scanner(engine());
  std::vector<BlobMatch> found;
  for (auto _ : state) scanner.scan(text, found);
  if (!found.empty()) state.SkipWithError("a look-alike passed for a secret");
  const MatchStats stats = scanner.stats();
  const auto iterations = static_cast<double>(state.iterations());
  state.counters["hits"] = static_cast<double>(stats.hits) / iterations;
  state.counters["tries"] = static_cast<double>(stats.tries) / iterations;
  report_bytes(state, text.size());
}
BENCHMARK(scan_source)->Arg(400)->Arg(16 << 10)->Arg(1 << 20);

// A version of a file that differs from the last one in one line.
void scan_delta(benchmark::State& state) {
  const std::string base = sample_source(static_cast<size_t>(state.range(0)));
  const std::string line = "a line that was not there before\n";
  const uint64_t half = base.size() / 2;
  const std::string text = base.substr(0, half) + line + base.substr(half);
  const CopyRun runs[] = {{0, 0, half},
                          {half + line.size(), half, base.size() - half}};

  Worker worker(engine());
  std::vector<Match> matches;
  ScanTrace base_trace;
  worker.scan(base, nullptr, base_trace, matches);
  const DeltaSource source{runs, base.size(), &base_trace};
  for (auto _ : state) {
    ScanTrace trace;
    worker.scan(text, &source, trace, matches);
  }
  report_bytes(state, text.size());
}
BENCHMARK(scan_delta)->Arg(16 << 10)->Arg(1 << 20);

void entropy(benchmark::State& state) {
  const std::string secret = sample_base64(40);
  for (auto _ : state) benchmark::DoNotOptimize(shannon_entropy(secret));
  report_bytes(state, secret.size());
}
BENCHMARK(entropy);

void hash_content(benchmark::State& state) {
  const std::string text = sample_source(1 << 16);
  for (auto _ : state) benchmark::DoNotOptimize(content_hash(text));
  report_bytes(state, text.size());
}
BENCHMARK(hash_content);

}  // namespace
}  // namespace leaksift
