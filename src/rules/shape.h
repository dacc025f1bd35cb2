// Classes in the syntax of Hyperscan and RE2, for rules that hold no fixed
// text.
#pragma once

#include <string>
#include <vector>

#include "rules/regex_syntax.h"

namespace leaksift {

// "[\x30-\x39]"
std::string class_text(const ByteSet& bytes);

struct Shape {
  std::string expression;
  Width width;  // bounded
};

// What every match of `row` (elements, one after the other) begins with, of at
// most `max_width` bytes; empty if that is not even one byte.
Shape shape_of(const std::vector<const RegexNode*>& row, uint32_t max_width);

}  // namespace leaksift
