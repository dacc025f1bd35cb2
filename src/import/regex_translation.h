// From other tools' regular expressions to RE2's syntax.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "leaksift/result.h"

namespace leaksift {

enum class RegexDialect {
  kGo,    // Go's regexp package: RE2's own syntax but for (?<name>…)
  kRust,  // the regex crate over bytes, behind Vectorscan: (?x), \s with \v
};

struct TranslatedRegex {
  std::string pattern;
  std::vector<std::string> groups;  // their names in order; empty: without one
};

// A pattern that matches in RE2 (over bytes) what `pattern` matches in its own
// engine, from the same places and with the same groups: extended mode is
// written out, comments go, repeats beyond RE2's limit of 1000 are split up.
// Fails on what RE2 has no counterpart for, and says what: look-arounds,
// backreferences, possessive and atomic groups, arithmetic on classes. What
// comes out may still be a pattern that does not compile.
Result<TranslatedRegex> translate_regex(std::string_view pattern,
                                        RegexDialect dialect);

}  // namespace leaksift
