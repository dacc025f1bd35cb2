#include "rules/fixed_text.h"

#include <algorithm>

#include "core/text.h"
#include "rules/plan.h"

namespace leaksift {
namespace {

using Kind = RegexNode::Kind;

constexpr size_t kMaxTexts = 64;  // alternatives of one stretch of text
constexpr size_t kMaxTextSize = 32;

void append_row(const RegexNode& node, std::vector<const RegexNode*>& row) {
  switch (node.kind) {
    case Kind::kEmpty:
    case Kind::kAssert:
      return;
    case Kind::kConcat:
    case Kind::kCapture:
      for (const RegexNode& child : node.children) append_row(child, row);
      return;
    case Kind::kRepeat:
      if (node.min == 1 && node.max == 1) {
        return append_row(node.children[0], row);
      }
      row.push_back(&node);
      return;
    case Kind::kBytes:
    case Kind::kAlternate:
      row.push_back(&node);
      return;
  }
}

std::optional<Texts> texts_of_bytes(const ByteSet& bytes) {
  constexpr size_t kMaxMembers = 10;  // a digit, not a letter
  Texts texts;
  for (size_t b = 0; b < bytes.size(); ++b) {
    if (!bytes[b]) continue;
    const bool upper_of_pair = is_letter(b) && b < 'a' && bytes[b | 0x20];
    if (upper_of_pair) continue;
    const bool pair = is_letter(b) && b >= 'a' && bytes[b & ~size_t{0x20}];
    texts.push_back({std::string(1, static_cast<char>(b)), pair});
  }
  if (texts.empty() || texts.size() > kMaxMembers) return std::nullopt;
  return texts;
}

std::optional<Texts> texts_of_row(const std::vector<const RegexNode*>& row) {
  std::optional<Texts> texts = Texts{{"", false}};
  for (const RegexNode* element : row) {
    const std::optional<Texts> next = texts_of(*element);
    texts = next ? product(*texts, *next) : std::nullopt;
    if (!texts) return std::nullopt;
  }
  return texts;
}

std::optional<Texts> texts_of_repeat(const RegexNode& node) {
  constexpr uint32_t kMaxCopies = 8;
  if (node.max > kMaxCopies) return std::nullopt;
  Texts all;
  for (uint32_t count = node.min; count <= node.max; ++count) {
    const std::vector<const RegexNode*> copies(count, &node.children[0]);
    const std::optional<Texts> texts = texts_of_row(copies);
    if (!texts || all.size() + texts->size() > kMaxTexts) return std::nullopt;
    all.insert(all.end(), texts->begin(), texts->end());
  }
  return all;
}

bool holds_one_of(std::string_view text,
                  const std::vector<std::string>& keywords) {
  return std::any_of(keywords.begin(), keywords.end(),
                     [&](const std::string& keyword) {
                       return text.find(keyword) != std::string_view::npos;
                     });
}

bool all_hold_one_of(const Texts& texts,
                     const std::vector<std::string>& keywords) {
  return std::all_of(texts.begin(), texts.end(), [&](const FixedText& text) {
    return holds_one_of(ascii_lower(text.bytes), keywords);
  });
}

}  // namespace

bool is_letter(size_t byte) {
  return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z' && byte < 0x80;
}

std::vector<const RegexNode*> lay_out(const RegexNode& node) {
  std::vector<const RegexNode*> row;
  append_row(node, row);
  return row;
}

size_t shortest(const Texts& texts) {
  size_t size = kMaxTextSize;
  for (const FixedText& text : texts) size = std::min(size, text.bytes.size());
  return size;
}

std::optional<Texts> product(const Texts& left, const Texts& right) {
  if (left.size() * right.size() > kMaxTexts) return std::nullopt;
  Texts texts;
  for (const FixedText& a : left) {
    for (const FixedText& b : right) {
      if (a.bytes.size() + b.bytes.size() > kMaxTextSize) return std::nullopt;
      texts.push_back({a.bytes + b.bytes, a.fold_case || b.fold_case});
    }
  }
  return texts;
}

std::optional<Texts> texts_of(const RegexNode& node) {
  if (node.kind == Kind::kBytes) return texts_of_bytes(node.bytes);
  if (node.kind == Kind::kRepeat) return texts_of_repeat(node);
  if (node.kind != Kind::kAlternate) {
    return texts_of_row(lay_out(node));
  }
  Texts all;
  for (const RegexNode& branch : node.children) {
    const std::optional<Texts> texts = texts_of(branch);
    if (!texts || all.size() + texts->size() > kMaxTexts) return std::nullopt;
    all.insert(all.end(), texts->begin(), texts->end());
  }
  return all;
}

bool always_holds(const RegexNode& core,
                  const std::vector<std::string>& keywords) {
  const std::vector<const RegexNode*> row = lay_out(core);
  for (size_t first = 0; first < row.size(); ++first) {
    const RegexNode& element = *row[first];
    Texts texts{{"", false}};
    for (size_t i = first; i < row.size(); ++i) {
      const std::optional<Texts> next = texts_of(*row[i]);
      const std::optional<Texts> longer =
          next ? product(texts, *next) : std::nullopt;
      if (!longer) break;
      texts = *longer;
      if (all_hold_one_of(texts, keywords)) return true;
    }
    if (element.kind == Kind::kRepeat && element.min > 0 &&
        always_holds(element.children[0], keywords)) {
      return true;
    }
    if (element.kind == Kind::kAlternate &&
        std::all_of(element.children.begin(), element.children.end(),
                    [&](const RegexNode& branch) {
                      return always_holds(branch, keywords);
                    })) {
      return true;
    }
  }
  return false;
}

}  // namespace leaksift
