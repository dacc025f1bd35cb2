// How far a run has come, for whoever shows it to a person.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

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

  // What one thread does, told every now and then: at each of many small inputs
  // threads would wait for each other.
  class Share {
   public:
    explicit Share(Progress& all) : all_(all) {}
    ~Share() { all_.add(inputs_, bytes_); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    void add(uint64_t inputs, uint64_t scanned_bytes) {
      inputs_ += inputs;
      bytes_ += scanned_bytes;
      if (inputs_ < kInputs && bytes_ < kBytes) return;
      all_.add(std::exchange(inputs_, 0), std::exchange(bytes_, 0));
    }

   private:
    static constexpr uint64_t kInputs = 64;
    static constexpr uint64_t kBytes = 1 << 20;

    Progress& all_;
    uint64_t inputs_ = 0;
    uint64_t bytes_ = 0;
  };
};

}  // namespace leaksift
