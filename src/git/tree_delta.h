// Trees that were made out of other trees: which entries are the base's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/copy_run.h"

namespace leaksift {

// Where the entries of a tree begin, and where the last one ends.
using EntryOffsets = std::vector<uint32_t>;

// Entries [first, last) of the base.
struct EntryRange {
  size_t first = 0;
  size_t last = 0;
};

// Goes through `runs` beside a reader that goes through the result.
class TreeDelta {
 public:
  TreeDelta(std::span<const CopyRun> runs, const EntryOffsets& base)
      : runs_(runs), base_(base) {}

  // The base's entries that stand in the result from `offset` on, where one
  // begins; as many as were copied whole. Offsets must not decrease.
  EntryRange copied_at(uint64_t offset) {
    while (!runs_.empty() && runs_[0].to + runs_[0].size <= offset) {
      runs_ = runs_.subspan(1);
    }
    if (runs_.empty() || runs_[0].to > offset) return {};
    const uint64_t from = offset - runs_[0].to + runs_[0].from;
    const auto first = std::lower_bound(base_.begin(), base_.end(), from);
    // An id can look like an entry: only where one begins in both trees do the
    // same bytes say the same.
    if (first == base_.end() || *first != from) return {};
    const auto last =
        std::upper_bound(first, base_.end(), runs_[0].from + runs_[0].size) - 1;
    return {static_cast<size_t>(first - base_.begin()),
            static_cast<size_t>(last - base_.begin())};
  }

 private:
  std::span<const CopyRun> runs_;
  const EntryOffsets& base_;
};

}  // namespace leaksift
