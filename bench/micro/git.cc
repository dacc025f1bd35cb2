// Reading packs: inflating and applying deltas.
#include <benchmark/benchmark.h>
#include <libdeflate.h>

#include <memory>
#include <string>
#include <vector>

#include "git/delta.h"
#include "git/inflate.h"
#include "git/tree.h"
#include "micro/report_bytes.h"
#include "micro/sample.h"

namespace leaksift {
namespace {

std::string deflated(const std::string& text) {
  constexpr int kLevel = 6;  // git's, unless it is told otherwise
  const std::unique_ptr<libdeflate_compressor,
                        decltype(&libdeflate_free_compressor)>
      compressor(libdeflate_alloc_compressor(kLevel),
                 libdeflate_free_compressor);
  std::string out(libdeflate_zlib_compress_bound(compressor.get(), text.size()),
                  '\0');
  out.resize(libdeflate_zlib_compress(compressor.get(), text.data(),
                                      text.size(), out.data(), out.size()));
  return out;
}

void inflate(benchmark::State& state) {
  const std::string text = sample_source(static_cast<size_t>(state.range(0)));
  const std::string stream = deflated(text);
  std::string out(text.size() + kInflateSlack, '\0');
  Inflater inflater;
  for (auto _ : state) {
    benchmark::DoNotOptimize(inflater.inflate(stream, out.data(), text.size()));
  }
  out.resize(text.size());
  if (out != text) state.SkipWithError("it is not what was deflated");
  report_bytes(state, text.size());
}
BENCHMARK(inflate)->Arg(400)->Arg(16 << 10)->Arg(1 << 20);

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
  std::vector<CopyRun> runs;
  bool applied = true;
  for (auto _ : state) {
    applied &= apply_delta({base.data(), kBase}, ops, sizes, out.data(), runs);
  }
  if (!applied) state.SkipWithError("the delta was refused");
  report_bytes(state, sizes.result);
}
// Bytes that one operation copies.
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
  report_bytes(state, tree.size());
}
BENCHMARK(read_tree);

}  // namespace
}  // namespace leaksift
