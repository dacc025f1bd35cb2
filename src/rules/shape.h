// Classes in Hyperscan's syntax, for rules that hold no fixed text.
#pragma once

#include <string>
#include <vector>

#include "rules/regex_syntax.h"

namespace leaksift {

struct Shape {
  std::string expression;
  Width width;  // bounded
};

// What every match of `row` (elements, one after the other) begins with, of at
// most `max_width` bytes; empty if that is not even one byte.
Shape shape_of(const std::vector<const RegexNode*>& row, uint32_t max_width);

}  // namespace leaksift
