// The stages of looking for secrets in bytes that are at hand.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "bench/micro/sample.h"
#include "core/entropy.h"
#include "core/hash.h"
#include "match/worker.h"
#include "pack/builtin.h"
#include "pipeline/blob_scanner.h"

namespace leaksift {
namespace {

const Engine& engine() {
  static const std::unique_ptr<Engine> kEngine =
      *Engine::build(*builtin_rules(), prefilter_cache().get());
  return *kEngine;
}

void prefilter(benchmark::State& state) {
  const std::string text = sample_source(1 << 20);
  PrefilterScanner scanner(engine().prefilter());
  std::vector<PrefilterHit> hits;
  for (auto _ : state) scanner.scan(text, hits);
  state.counters["hits/KB"] = static_cast<double>(hits.size()) / 1024;
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(text.size()));
}
BENCHMARK(prefilter);

void scan_clean_source(benchmark::State& state) {
  const std::string text = sample_source(1 << 20);
  BlobScanner scanner(engine());
  std::vector<BlobMatch> found;
  for (auto _ : state) scanner.scan(text, found);
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(text.size()));
}
BENCHMARK(scan_clean_source);

void scan_small_blobs(benchmark::State& state) {
  const std::string text = sample_source(400);
  BlobScanner scanner(engine());
  std::vector<BlobMatch> found;
  for (auto _ : state) scanner.scan(text, found);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(scan_small_blobs);

void confirm_assignments(benchmark::State& state) {
  const std::string text = sample_assignments(1000);
  Worker worker(engine());
  std::vector<Match> matches;
  for (auto _ : state) worker.scan(text, matches);
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(confirm_assignments);

void entropy(benchmark::State& state) {
  const std::string secret = sample_base64(40);
  for (auto _ : state) benchmark::DoNotOptimize(shannon_entropy(secret));
}
BENCHMARK(entropy);

void hash_content(benchmark::State& state) {
  const std::string text = sample_source(1 << 16);
  for (auto _ : state) benchmark::DoNotOptimize(content_hash(text));
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(text.size()));
}
BENCHMARK(hash_content);

}  // namespace
}  // namespace leaksift
