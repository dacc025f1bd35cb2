// Random regexes without assertions: what they match is decided by bytes alone.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "support/random.h"

namespace leaksift {

inline std::string random_atom(Random& random) {
  constexpr std::array<std::string_view, 14> kAtoms = {
      "a",   "key", "tok_", "-",     "[0-9]", "[a-f0-9]", "[^\\n ]",
      "\\w", "\\d", "K",    "[A-C]", ".",     "\\.",      "(?i:secret)"};
  return std::string(random.pick(kAtoms));
}

inline std::string random_quantifier(Random& random) {
  constexpr std::array<std::string_view, 10> kQuantifiers = {
      "?", "*", "+", "??", "{2}", "{0,3}", "{1,4}?", "{3,}", "{2,9}", "+?"};
  return std::string(random.pick(kQuantifiers));
}

inline std::string random_regex(Random& random, int depth) {
  std::string out;
  for (uint64_t left = random.between(1, 4); left > 0; --left) {
    if (depth > 0 && random.one_in(3)) {
      out += random.one_in(2) ? "(" : "(?:";
      out += random_regex(random, depth - 1);
      if (random.one_in(2)) out += "|" + random_regex(random, depth - 1);
      out += ")";
    } else {
      // In a group: a quantifier is about all of it, or there is none.
      out += "(?:" + random_atom(random) + ")";
    }
    if (random.one_in(3)) out += random_quantifier(random);
  }
  return out;
}

}  // namespace leaksift
