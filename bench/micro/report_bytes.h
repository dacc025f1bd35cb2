// What every micro benchmark reports: bytes per second.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

namespace leaksift {

inline void report_bytes(benchmark::State& state, size_t per_iteration) {
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(per_iteration));
}

}  // namespace leaksift
