// The structure of a regular expression, for reasoning about what it can
// match: its widths and the bytes that it cannot do without.
//
// RE2 does all the matching; this parser only reads the same syntax
// (https://github.com/google/re2/wiki/Syntax) into a tree over bytes. Where it
// cannot be exact (classes beyond ASCII) the tree matches more than the
// pattern does, never less, so that what is derived from it stays true.
#pragma once

#include <bitset>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "core/regex.h"
#include "leaksift/result.h"
#include "leaksift/span.h"

namespace leaksift {

using ByteSet = std::bitset<256>;

inline constexpr uint32_t kUnbounded = std::numeric_limits<uint32_t>::max();

struct RegexNode {
  enum class Kind {
    kEmpty,
    kBytes,      // one byte out of `bytes`
    kAssert,     // no byte: ^ $ \b \B \A \z
    kConcat,     // all children, one after another
    kAlternate,  // one of the children
    kRepeat,     // children[0], min to max times
    kCapture,    // children[0], kept as a group
  };

  Kind kind = Kind::kEmpty;
  ByteSet bytes;
  uint32_t min = 0;
  uint32_t max = 0;  // kUnbounded where there is no limit
  bool greedy = true;
  bool at_end = false;  // of kAssert: at the end of the text and nowhere else
  std::vector<RegexNode> children;
  Span source;  // where in the pattern this node was written
};

// Fails where RE2 would fail too, with a message that names the place.
Result<RegexNode> parse_regex(std::string_view pattern, RegexUnit unit);

// Bytes that a match of `node` takes; saturates at kUnbounded.
struct Width {
  uint32_t min = 0;
  uint32_t max = 0;

  bool bounded() const { return max != kUnbounded; }
};
Width width_of(const RegexNode& node);

// `a` + `b` and `a` * `b`, kUnbounded where the result would not fit.
uint32_t saturating_add(uint32_t a, uint32_t b);
uint32_t saturating_multiply(uint32_t a, uint32_t b);

}  // namespace leaksift
