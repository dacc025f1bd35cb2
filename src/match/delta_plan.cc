#include "match/delta_plan.h"

#include <algorithm>

namespace leaksift {
namespace {

// A gap that costs less to scan than to begin anew behind it.
constexpr uint64_t kMinGap = 16;

}  // namespace

void DeltaPlan::make(std::span<const CopyRun> runs, uint64_t base_size,
                     uint64_t size, uint64_t left, uint64_t right) {
  pieces_.clear();
  windows_.clear();
  window_bytes_ = 0;
  size_ = size;
  uint64_t done = 0;  // the result's bytes so far
  bool open = true;   // is there a seam in front of the next run?
  for (const CopyRun& run : runs) {
    const uint64_t end = run.to + run.size;
    const bool at_begin = run.to == 0 && run.from == 0;
    const bool at_end = end == size && run.from + run.size == base_size;
    pieces_.push_back({run.to, end, run.to - run.from, at_begin, at_end});
    if (!at_begin) add_window(done, run.to, left, right);
    done = end;
    open = !at_end;
  }
  if (open) add_window(done, size, left, right);
  for (const Span& window : windows_) window_bytes_ += window.size();
}

void DeltaPlan::add_window(uint64_t seam_begin, uint64_t seam_end,
                           uint64_t left, uint64_t right) {
  const Span window{seam_begin - std::min(seam_begin, left),
                    std::min(seam_end + right, size_)};
  if (!windows_.empty() && window.begin <= windows_.back().end + kMinGap) {
    windows_.back().end = std::max(windows_.back().end, window.end);
  } else {
    windows_.push_back(window);
  }
}

}  // namespace leaksift
