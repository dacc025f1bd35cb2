// Looks whether what follows an anchor's text is worth a confirm.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/plan.h"

namespace leaksift {

// A tail as a bit-parallel automaton: one bit for each of its bytes, all of
// them moved at once. The optional ones follow the method of G. Navarro and
// M. Raffinot, Flexible Pattern Matching in Strings (2002), section 4.2.3.
// 2 KB. Immutable and safe to share between threads.
class TailCheck {
 public:
  explicit TailCheck(const std::vector<TailByte>& tail);

  // Does the tail stand at text[at]? Takes 2 ns for each byte that fits.
  bool passes(std::string_view text, uint64_t at) const {
    return run(text, at, false);
  }

  // Might it, if `text` went on?
  bool may_pass(std::string_view text, uint64_t at) const {
    return run(text, at, true);
  }

  // Bytes that it may look at.
  uint32_t reach() const {
    return static_cast<uint32_t>(std::countr_zero(last_));
  }

 private:
  // True if the tail stands there; `undecided` if the text ends before that.
  bool run(std::string_view text, uint64_t at, bool undecided) const {
    const uint64_t probed = at + probe_at_;
    if (probed < text.size() &&
        (moves_[static_cast<uint8_t>(text[probed])] & probe_) == 0) {
      return false;
    }
    uint64_t state = skip_optional(1);
    for (; at < text.size(); ++at) {
      state =
          skip_optional(state << 1 & moves_[static_cast<uint8_t>(text[at])]);
      if ((state & last_) != 0) return true;
      if (state == 0) return false;
    }
    return undecided;
  }

  void choose_probe(const std::vector<TailByte>& tail);

  // Bits of optional bytes become set behind a set one.
  uint64_t skip_optional(uint64_t state) const {
    const uint64_t with_ends = state | block_end_;
    return state | (optional_ & (~(with_ends - block_begin_) ^ with_ends));
  }

  uint64_t optional_ = 0;
  uint64_t block_begin_ = 0;  // the bit before each run of optional bytes
  uint64_t block_end_ = 0;    // the last bit of each
  uint64_t last_ = 0;
  // Of the bytes whose place is known the one that fewest could be, which is
  // looked at first: the dash of a UUID, the dot between two random parts.
  uint64_t probe_ = 0;                 // its bit
  uint64_t probe_at_ = 0;              // bytes before it
  std::array<uint64_t, 256> moves_{};  // bytes of the tail that take this one
};

// The bytes that a tail may begin with. REQUIRES: !tail.empty()
ByteSet first_bytes(const std::vector<TailByte>& tail);

}  // namespace leaksift
