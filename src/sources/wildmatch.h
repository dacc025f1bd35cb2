// The wildcards of ignore rules.
#pragma once

#include <string_view>

namespace leaksift {

// What a wildcard pattern is matched with.
enum class WildText {
  kName,  // a name without slashes: ** is the same as *
  kPath,  // *, ? and [] do not match a slash; a ** between slashes does
};

// Does `pattern` match all of `text`? As git has it: *, **, ?, [a-z], [!a-z],
// [[:alpha:]], and \ before a character that stands for itself; by bytes, with
// case. A pattern that makes no sense matches nothing.
//
// Takes at most time in proportion to both lengths multiplied, unlike trying
// what a * may stand for one after another: patterns come from hostile trees.
bool wildmatch(std::string_view pattern, std::string_view text, WildText kind);

// Is `c` one of the characters that have a meaning in a pattern?
bool is_wild(char c);

}  // namespace leaksift
