#include "rules/shape.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "rules/fixed_text.h"

namespace leaksift {
namespace {

using Kind = RegexNode::Kind;

void append_byte(std::string& out, size_t byte) {
  std::array<char, 8> hex;
  std::snprintf(hex.data(), hex.size(), "\\x%02x", static_cast<unsigned>(byte));
  out += hex.data();
}

std::string write_count(uint32_t min, uint32_t max) {
  return "{" + std::to_string(min) + "," + std::to_string(max) + "}";
}

std::string write_node(const RegexNode& node);

std::string write_branches(const RegexNode& node) {
  std::string out = "(?:";
  for (const RegexNode& child : node.children) {
    if (&child != &node.children.front()) out += "|";
    out += write_node(child);
  }
  return out + ")";
}

// REQUIRES: the node's width is bounded.
std::string write_node(const RegexNode& node) {
  switch (node.kind) {
    case Kind::kEmpty:
    case Kind::kAssert:
      return "";
    case Kind::kBytes:
      return class_text(node.bytes);
    case Kind::kCapture:
      return write_node(node.children[0]);
    case Kind::kAlternate:
      return write_branches(node);
    case Kind::kRepeat:
      // An assertion may be repeated without limit.
      if (width_of(node).max == 0) return "";
      return "(?:" + write_node(node.children[0]) + ")" +
             write_count(node.min, node.max);
    case Kind::kConcat:
      break;
  }
  std::string out;
  for (const RegexNode& child : node.children) out += write_node(child);
  return out;
}

// The first bytes of an element that is too long, or without limit.
Shape beginning_of(const RegexNode& element, uint32_t max_width) {
  if (element.kind == Kind::kRepeat && element.min > 0) {
    if (element.children[0].kind != Kind::kBytes) {
      return shape_of(lay_out(element.children[0]), max_width);
    }
    const uint32_t kept = std::min(element.min, max_width);
    return {class_text(element.children[0].bytes) + write_count(kept, kept),
            {kept, kept}};
  }
  if (element.kind != Kind::kAlternate) return {};
  Shape all{"(?:", {max_width, 0}};
  for (const RegexNode& branch : element.children) {
    const Shape shape = shape_of(lay_out(branch), max_width);
    if (shape.width.min == 0) return {};
    if (&branch != &element.children.front()) all.expression += "|";
    all.expression += shape.expression;
    all.width = {std::min(all.width.min, shape.width.min),
                 std::max(all.width.max, shape.width.max)};
  }
  all.expression += ")";
  return all;
}

}  // namespace

std::string class_text(const ByteSet& bytes) {
  std::string out = "[";
  for (size_t first = 0; first < bytes.size(); ++first) {
    if (!bytes[first]) continue;
    size_t last = first;
    while (last + 1 < bytes.size() && bytes[last + 1]) ++last;
    append_byte(out, first);
    if (last > first) {
      out.push_back('-');
      append_byte(out, last);
    }
    first = last;
  }
  return out + "]";
}

Shape shape_of(const std::vector<const RegexNode*>& row, uint32_t max_width) {
  Shape shape;
  for (const RegexNode* element : row) {
    const Width w = width_of(*element);
    if (saturating_add(shape.width.max, w.max) <= max_width) {
      shape.expression += write_node(*element);
      shape.width = {shape.width.min + w.min, shape.width.max + w.max};
      continue;
    }
    const Shape rest = beginning_of(*element, max_width - shape.width.max);
    if (rest.width.min > 0) {
      shape.expression += rest.expression;
      shape.width = {shape.width.min + rest.width.min,
                     shape.width.max + rest.width.max};
    }
    break;
  }
  return shape.width.min == 0 ? Shape() : shape;
}

}  // namespace leaksift
