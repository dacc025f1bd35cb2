// How far a run has come, for whoever shows it to a person.
#pragma once

#include <atomic>
#include <cstdint>

namespace leaksift {

// Written by the workers, read from another thread at any time.
struct Progress {
  std::atomic<uint64_t> total{0};  // inputs, as far as known; 0: unknown
  std::atomic<uint64_t> done{0};
  std::atomic<uint64_t> bytes{0};  // scanned so far

  void add(uint64_t inputs, uint64_t scanned_bytes) {
    done.fetch_add(inputs, std::memory_order_relaxed);
    bytes.fetch_add(scanned_bytes, std::memory_order_relaxed);
  }
};

}  // namespace leaksift
