// Texts that a regex matches, drawn from its tree.
#pragma once

#include <algorithm>
#include <string>

#include "rules/regex_syntax.h"
#include "support/random.h"

namespace leaksift {

inline char sample_byte(const ByteSet& bytes, Random& random) {
  std::string printable;
  std::string others;
  for (size_t b = 0; b < bytes.size(); ++b) {
    const bool shown = b >= ' ' && b <= '~';
    if (bytes[b]) (shown ? printable : others) += static_cast<char>(b);
  }
  if (others.empty() || (!printable.empty() && !random.one_in(8))) {
    return random.pick(printable);
  }
  return random.pick(others);
}

// Appends a text that `node` matches; assertions are not looked at, so the
// text may fail them.
inline void sample_regex(const RegexNode& node, Random& random,
                         std::string& out) {
  using Kind = RegexNode::Kind;
  constexpr uint32_t kManyMore = 20;
  switch (node.kind) {
    case Kind::kEmpty:
    case Kind::kAssert:
      return;
    case Kind::kBytes:
      if (node.bytes.any()) out += sample_byte(node.bytes, random);
      return;
    case Kind::kAlternate:
      return sample_regex(random.pick(node.children), random, out);
    case Kind::kRepeat: {
      const uint32_t most = std::min(node.max - node.min, kManyMore);
      uint64_t more = random.below(uint64_t{most} + 1);
      if (random.one_in(8)) more = 0;
      if (random.one_in(8)) more = most;
      for (uint64_t i = 0; i < node.min + more; ++i) {
        sample_regex(node.children[0], random, out);
      }
      return;
    }
    case Kind::kConcat:
    case Kind::kCapture:
      for (const RegexNode& child : node.children) {
        sample_regex(child, random, out);
      }
  }
}

inline std::string sample_of(const RegexNode& node, Random& random) {
  std::string out;
  sample_regex(node, random, out);
  return out;
}

}  // namespace leaksift
