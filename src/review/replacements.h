// The file for `git filter-repo --replace-text` and `--replace-message`.
//
// It holds secrets in clear. filter-repo applies all literal lines in their
// order, then all regexes in theirs; what is applied first must not take away a
// part of what comes later.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "leaksift/result.h"

namespace leaksift {

// Bytes that are to go, and the name of the finding that they belong to.
struct Replacement {
  std::string bytes;
  std::string tag;  // hexadecimal; stands in what replaces the bytes
};

// What stands in place of a secret: "***REMOVED-0123456789ab***".
std::string placeholder(std::string_view tag);

// `text` without such placeholders, with or without their asterisks.
std::string without_placeholders(std::string_view text);

// The same bytes come once. Those with line ends are replaced whichever kind of
// them a file has.
std::string write_replacements(std::vector<Replacement> replacements);

// What write_replacements() wrote, the longest first, each with "\n" for its
// line ends; lines that were taken out since are not missed. Fails on a line
// that it cannot have written: a secret that is not looked for would pass for
// removed. `file` names it in errors.
Result<std::vector<Replacement>> read_replacements(std::string_view text,
                                                   const std::string& file);

}  // namespace leaksift
