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
    const size_t first = find(from);
    // An id can look like an entry: only where one begins in both trees do the
    // same bytes say the same.
    if (first == base_.size() || base_[first] != from) return {};
    next_ = last_within(first, runs_[0].from + runs_[0].size);
    return {first, next_};
  }

 private:
  // The first entry of the base from `offset` on. Mostly entries were replaced
  // one by one: what is copied next is the one behind the next.
  size_t find(uint64_t offset) const {
    for (size_t at = next_; at < std::min(next_ + 3, base_.size()); ++at) {
      if (base_[at] == offset) return at;
    }
    return static_cast<size_t>(
        std::lower_bound(base_.begin(), base_.end(), offset) - base_.begin());
  }

  // The last entry that begins at `end` or before it.
  size_t last_within(size_t first, uint64_t end) const {
    if (base_.back() <= end) return base_.size() - 1;
    const auto from = base_.begin() + static_cast<ptrdiff_t>(first);
    return static_cast<size_t>(std::upper_bound(from, base_.end(), end) -
                               base_.begin()) -
           1;
  }

  std::span<const CopyRun> runs_;
  const EntryOffsets& base_;
  size_t next_ = 0;  // behind what was copied last
};

}  // namespace leaksift
