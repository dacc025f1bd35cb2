// A regex asked before it is compiled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/regex_syntax.h"

namespace leaksift {

// Goes through a regex's tree with the set of all places that a match may have
// come to: K. Thompson, Regular Expression Search Algorithm (1968), without the
// compiling. Of the rules that a push asks RE2 takes 340 us for that, the tree
// 30, and a question half a microsecond. Immutable and safe to share between
// threads.
class TreeMatch {
 public:
  // REQUIRES: parse_regex() takes the pattern.
  explicit TreeMatch(std::string pattern);

  // Does a match begin in [first, last] and end at `end` or before? True may be
  // wrong, false is not. Nothing where it would take long to say.
  // REQUIRES: first <= last && last <= end && end <= text.size()
  std::optional<bool> may_begin_in(std::string_view text, uint64_t first,
                                   uint64_t last, uint64_t end) const;

 private:
  std::string pattern_;
  RegexNode tree_;
};

}  // namespace leaksift
