// Reading packs: inflating and applying deltas.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>

#include "bench/micro/sample.h"
#include "git/delta.h"
#include "git/inflate.h"
#include "git/tree.h"

namespace leaksift {
namespace {

void append_size(std::string& delta, uint64_t size) {
  for (; size >= 0x80; size >>= 7) {
    delta.push_back(static_cast<char>(0x80 | (size & 0x7f)));
  }
  delta.push_back(static_cast<char>(size));
}

// Copies the base in pieces of `piece` bytes with four inserted between them.
std::string sample_delta(size_t base_size, size_t piece) {
  std::string ops;
  uint64_t result = 0;
  for (size_t at = 0; at + piece <= base_size; at += piece) {
    ops.push_back(static_cast<char>(0x80 | 0x0f | 0x30));
    for (int i = 0; i < 4; ++i) ops.push_back(static_cast<char>(at >> 8 * i));
    for (int i = 0; i < 2; ++i) {
      ops.push_back(static_cast<char>(piece >> 8 * i));
    }
    ops += std::string("\x04new ");
    result += piece + 4;
  }
  std::string delta;
  append_size(delta, base_size);
  append_size(delta, result);
  return delta + ops;
}

void apply(benchmark::State& state) {
  constexpr size_t kBase = 1 << 16;
  std::string base = sample_source(kBase);
  std::string delta = sample_delta(kBase, static_cast<size_t>(state.range(0)));
  const size_t delta_size = delta.size();
  base.resize(base.size() + kDeltaSlack);
  delta.resize(delta.size() + kDeltaSlack);
  const std::string_view ops(delta.data(), delta_size);
  const DeltaSizes sizes = *read_delta_sizes(ops);
  std::string out(sizes.result + kDeltaSlack, '\0');
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        apply_delta({base.data(), kBase}, ops, sizes, out.data()));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(sizes.result));
}
BENCHMARK(apply)->Arg(32)->Arg(256)->Arg(4096);

void read_tree(benchmark::State& state) {
  std::string tree;
  for (int i = 0; i < 200; ++i) {
    tree += "100644 source_file_" + std::to_string(i) + ".c";
    tree.push_back('\0');
    tree += sample_base64(20);
  }
  for (auto _ : state) {
    TreeReader reader(tree, 20);
    TreeEntry entry;
    while (reader.next(entry)) benchmark::DoNotOptimize(entry);
  }
  state.SetItemsProcessed(state.iterations() * 200);
}
BENCHMARK(read_tree);

}  // namespace
}  // namespace leaksift

BENCHMARK_MAIN();
