// Finds the anchors in the versions of files, most of whose lines have been
// seen before.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/line_hash.h"
#include "core/time_limit.h"
#include "leaksift/span.h"
#include "match/engine.h"

namespace leaksift {

// Of one blob that is scanned as a whole.
inline constexpr size_t kMaxBlobHits = 1'000'000;

// An anchor whose tail fits: where its text ends, and which it is
// (Engine::use).
struct AnchorHit {
  uint32_t end = 0;
  uint32_t use = 0;
  friend auto operator<=>(const AnchorHit&, const AnchorHit&) = default;
};

// Remembers lines that hold no anchor, whatever may follow them. What a delta
// inserts has mostly been there before, in a version that is not its base: over
// the histories of curl and redis three bytes of four are in lines that are
// known. Not thread-safe: each thread has its own.
class AnchorFinder {
 public:
  explicit AnchorFinder(const Engine& engine);

  // Appends the anchors whose texts lie within one of `windows`, which are
  // disjoint and in order, in order of place. Stops soon where there are more
  // than kMaxBlobHits, or the limit is over.
  // REQUIRES: blob.size() <= kMaxPrefilterText
  void find(std::string_view blob, std::span<const Span> windows,
            TimeLimit& limit, std::vector<AnchorHit>& found);

  uint64_t scanned_bytes() const { return scanned_bytes_; }
  uint64_t hits() const { return hit_count_; }

 private:
  // At most 16 MB: a twelfth to a third less to scan than with 4, of histories
  // from four to thirteen GB, and never slower. The cache holds the places that
  // are asked for next. To begin with that much would cost a small push 0.4 ms
  // of 12.
  static constexpr size_t kFirstSlots = 1 << 11;
  static constexpr size_t kMostSlots = 1 << 21;

  // A stretch of unknown lines, and where it stands in what is scanned.
  struct Stretch {
    uint32_t begin;
    uint32_t end;
    uint32_t joined;
  };

  // Two lines share a place, and of these the older one goes: a twentieth less
  // to scan than with twice the places for one each.
  bool is_known(const HashedLine& line) const {
    const uint64_t* two = &known_[place_of(line.hash)];
    return line.hash != kNoHash && (two[0] == line.hash || two[1] == line.hash);
  }
  void remember(uint64_t hash) {
    uint64_t* two = &known_[place_of(hash)];
    two[1] = two[0];
    two[0] = hash;
  }
  size_t place_of(uint64_t hash) const { return hash & slot_mask_; }
  void resize(size_t slots);
  void choose_lines(std::string_view blob, std::span<const Span> windows);
  void drop_known_lines();
  static size_t batch_of(std::span<const HashedLine> lines);
  void scan_lines(std::string_view blob, std::span<const HashedLine> lines);
  void note(std::string_view blob, std::span<HashedLine> lines,
            std::vector<AnchorHit>& found);
  bool note_uses(std::string_view blob, uint32_t pattern, uint32_t place,
                 const HashedLine& line, std::vector<AnchorHit>& found) const;

  const Engine& engine_;
  PrefilterScanner scanner_;
  std::vector<uint64_t> known_;  // lines, by the lowest bits of their hashes
  // Its size, a power of two, less two. To ask for the size at each line takes
  // histories 2 % more CPU.
  size_t slot_mask_ = 0;
  uint64_t noted_ = 0;  // lines that were new to it
  // Reused.
  std::vector<HashedLine> lines_;
  std::vector<Stretch> stretches_;
  std::string joined_;
  std::vector<PrefilterHit> hits_;
  uint64_t scanned_bytes_ = 0;
  uint64_t hit_count_ = 0;
};

}  // namespace leaksift
