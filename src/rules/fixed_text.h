// The fixed texts in a regex.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rules/regex_syntax.h"

namespace leaksift {

struct FixedText {
  std::string bytes;
  bool fold_case = false;  // letters may come in either case
};
using Texts = std::vector<FixedText>;

// The row of elements that `node` matches one after the other: concatenations
// and groups are spelt out, assertions left out (they take no bytes and only
// forbid). Points into `node`.
std::vector<const RegexNode*> lay_out(const RegexNode& node);

// The texts that `node` can match, where they are few; some may differ from
// what it matches in the case of letters.
std::optional<Texts> texts_of(const RegexNode& node);

// Each of `left` with each of `right` behind it, unless that gets too many or
// too long.
std::optional<Texts> product(const Texts& left, const Texts& right);

size_t shortest(const Texts& texts);

// Is this byte an ASCII letter?
bool is_letter(size_t byte);

}  // namespace leaksift
