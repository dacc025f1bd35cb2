#include "rules/name_pattern.h"

#include <algorithm>

#include "rules/regex_syntax.h"
#include "rules/shape.h"

namespace leaksift {
namespace {

using Kind = RegexNode::Kind;

// Can every match of `node` only end where the text does?
bool ends_text(const RegexNode& node) {
  const auto& children = node.children;
  switch (node.kind) {
    case Kind::kAssert:
      return node.at_end;
    case Kind::kCapture:
      return ends_text(children[0]);
    case Kind::kConcat:
      return !children.empty() && ends_text(children.back());
    case Kind::kAlternate:
      return std::all_of(children.begin(), children.end(), ends_text);
    case Kind::kEmpty:
    case Kind::kBytes:
    case Kind::kRepeat:
      return false;
  }
  return false;
}

// What matches end with. Assertions are left out: it may match more.
struct Ending {
  std::string pattern;
  bool whole = true;  // there is nothing before it
};

Ending ending_of(const RegexNode& node);

Ending ending_of_bytes(const ByteSet& bytes) {
  if (bytes['/'] || bytes['\\']) return {"", false};
  return {class_text(bytes), true};
}

Ending ending_of_branches(const RegexNode& node) {
  Ending all{"(?:"};
  for (const RegexNode& child : node.children) {
    const Ending one = ending_of(child);
    if (&child != &node.children.front()) all.pattern += "|";
    all.pattern += one.pattern;
    all.whole = all.whole && one.whole;
  }
  all.pattern += ")";
  return all;
}

Ending ending_of_repeat(const RegexNode& node) {
  const Ending one = ending_of(node.children[0]);
  if (!one.whole) return {"", false};
  const std::string max =
      node.max == kUnbounded ? "" : std::to_string(node.max);
  return {
      "(?:" + one.pattern + "){" + std::to_string(node.min) + "," + max + "}",
      true};
}

Ending ending_of_row(const RegexNode& node) {
  Ending all;
  for (auto child = node.children.rbegin();
       all.whole && child != node.children.rend(); ++child) {
    const Ending one = ending_of(*child);
    all = {one.pattern + all.pattern, one.whole};
  }
  return all;
}

Ending ending_of(const RegexNode& node) {
  switch (node.kind) {
    case Kind::kEmpty:
    case Kind::kAssert:
      return {};
    case Kind::kBytes:
      return ending_of_bytes(node.bytes);
    case Kind::kCapture:
      return ending_of(node.children[0]);
    case Kind::kAlternate:
      return ending_of_branches(node);
    case Kind::kRepeat:
      return ending_of_repeat(node);
    case Kind::kConcat:
      break;
  }
  return ending_of_row(node);
}

}  // namespace

std::string name_pattern(std::string_view path_pattern) {
  const Result<RegexNode> tree =
      parse_regex(path_pattern, regex_unit(path_pattern));
  if (!tree || !ends_text(*tree)) return "";
  return "(?:" + ending_of(*tree).pattern + ")$";
}

}  // namespace leaksift
