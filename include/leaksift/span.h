// A half-open byte range inside one blob.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>

namespace leaksift {

// Bytes [begin, end) of one blob, counted from the blob's first byte.
//
// A Span may outlive the bytes it describes. A std::string_view into a blob
// may not: it never leaves the task that scans the blob.
struct Span {
  uint64_t begin = 0;
  uint64_t end = 0;

  uint64_t size() const { return end - begin; }
  bool contains(const Span& other) const {
    return begin <= other.begin && other.end <= end;
  }
  bool overlaps(const Span& other) const {
    return begin < other.end && other.begin < end;
  }
  friend auto operator<=>(const Span&, const Span&) = default;
};

// The place `distance` bytes before `end`; the first one if there are fewer.
inline uint64_t back_from(uint64_t end, uint64_t distance) {
  return end - std::min(end, distance);
}

}  // namespace leaksift
