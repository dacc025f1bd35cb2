// What of a blob has to be scanned if another blob that it is made out of has
// been scanned before.
//
// A verdict is local: it depends on some bytes before a match's begin and on
// some from there on (RuleContext). Where all of these lie in one run that was
// copied from the base, the verdict is the base's. What remains are the
// neighbourhoods of seams: of inserted bytes, of joints between two runs, and
// of the blob's two ends, unless they are the base's ends as well.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "core/copy_run.h"
#include "leaksift/span.h"

namespace leaksift {

// The bytes that a verdict on a match from `at` on can depend on:
// [at - before, at + after).
struct RuleContext {
  uint32_t before = 0;
  uint32_t after = 0;
};

class DeltaPlan {
 public:
  // Plans for `size` bytes made of `runs` (in order, within both blobs) and
  // `base_size` bytes of base. Around a seam, `left` bytes before it and
  // `right` bytes behind it are to be scanned.
  void make(std::span<const CopyRun> runs, uint64_t base_size, uint64_t size,
            uint64_t left, uint64_t right);

  // What is to be scanned: disjoint, in order.
  const std::vector<Span>& windows() const { return windows_; }
  uint64_t window_bytes() const { return window_bytes_; }

  // A run with the ends of both blobs taken in where they are the same: what
  // lies beyond them is nothing in both.
  struct Piece {
    uint64_t to = 0;
    uint64_t end = 0;
    uint64_t shift = 0;  // to - from
    bool at_begin = false;
    bool at_end = false;

    // Are the contexts of all matches that begin in [first, last] of the result
    // in the piece, so that the base has the verdict?
    bool holds(uint64_t first, uint64_t last, RuleContext context) const {
      const bool begins = at_begin || first >= to + context.before;
      const bool ends = at_end || last + context.after <= end;
      return first >= to && last <= end && begins && ends;
    }

    // Are so many bytes around a place of the result?
    bool holds_around(uint64_t place, uint64_t before, uint64_t after) const {
      return (at_begin || place >= to + before) &&
             (at_end || place + after <= end);
    }
  };

  // Calls each(shift) for every run that holds the base's bytes [begin, end)
  // with `context` around them (and `begin` as the match's begin): the bytes
  // stand in the result at begin + shift. Shifts wrap around.
  template <typename Each>
  void for_each_copy(uint64_t begin, uint64_t end, RuleContext context,
                     Each each) const;

  // Calls each(places, piece) for every piece with the base's places that end
  // in it, in the result's order. `places` are sorted by what end_of() says of
  // them, their ends.
  template <typename Place, typename EndOf, typename Each>
  void for_each_piece_of(std::span<const Place> places, EndOf end_of,
                         Each each);

 private:
  void add_window(uint64_t seam_begin, uint64_t seam_end, uint64_t left,
                  uint64_t right);

  std::vector<Piece> pieces_;
  std::vector<Span> windows_;
  uint64_t window_bytes_ = 0;
  uint64_t size_ = 0;
  // Scratch: of each stretch of the base the first place in it. Pieces come
  // from anywhere, and most hold none: to search all places for each of them
  // took a twelfth of the histories of aws-sdk-go and libgit2.
  std::vector<uint32_t> first_;
};

template <typename Each>
void DeltaPlan::for_each_copy(uint64_t begin, uint64_t end, RuleContext context,
                              Each each) const {
  for (const Piece& piece : pieces_) {
    const uint64_t to = begin + piece.shift;
    if (piece.holds(to, to, context) && end + piece.shift <= piece.end) {
      each(piece.shift);
    }
  }
}

template <typename Place, typename EndOf, typename Each>
void DeltaPlan::for_each_piece_of(std::span<const Place> places, EndOf end_of,
                                  Each each) {
  if (places.empty()) return;
  const uint64_t last_end = end_of(places.back());
  const auto shift =
      static_cast<unsigned>(std::bit_width(last_end / places.size()));
  first_.clear();
  for (uint32_t i = 0; i < places.size(); ++i) {
    first_.resize((end_of(places[i]) >> shift) + 1, i);
  }
  first_.push_back(static_cast<uint32_t>(places.size()));
  for (const Piece& piece : pieces_) {
    const uint64_t from = piece.to - piece.shift;
    const uint64_t end = piece.end - piece.shift;
    if (from > last_end) continue;
    const auto next = std::partition_point(
        places.begin() + first_[from >> shift],
        places.begin() + first_[(from >> shift) + 1],
        [&](const Place& place) { return end_of(place) < from; });
    auto last = next;
    while (last != places.end() && end_of(*last) <= end) ++last;
    if (next != last) each(std::span(next, last), piece);
  }
}

}  // namespace leaksift
