#include "match/tree_match.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "core/ascii.h"

namespace leaksift {
namespace {

constexpr size_t kMaxBytes = 1023;
constexpr uint32_t kMaxSteps = 20'000;  // 50 us

// Places in a text of up to kMaxBytes bytes.
class Places {
 public:
  bool empty() const {
    return std::all_of(words_.begin(), words_.end(),
                       [](uint64_t word) { return word == 0; });
  }
  void add(size_t place) { words_[place / 64] |= uint64_t{1} << place % 64; }
  void add(const Places& more) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= more.words_[i];
  }
  void remove(const Places& some) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= ~some.words_[i];
  }
  template <typename Each>
  void for_each(Each each) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        each(64 * i + static_cast<size_t>(std::countr_zero(word)));
      }
    }
  }

 private:
  std::array<uint64_t, (kMaxBytes + 64) / 64> words_{};
};

// One question.
class Walk {
 public:
  Walk(std::string_view pattern, std::string_view text, uint64_t first,
       uint64_t end)
      : pattern_(pattern), text_(text), first_(first), size_(end - first) {}

  bool took_long() const { return steps_ > kMaxSteps; }

  // Where `node` may end, from any of `begins`.
  Places ends(const RegexNode& node, const Places& begins) {
    switch (node.kind) {
      case RegexNode::Kind::kEmpty:
        return begins;
      case RegexNode::Kind::kBytes:
        return behind(node.bytes, begins);
      case RegexNode::Kind::kAssert:
        return asserted(node, begins);
      case RegexNode::Kind::kConcat:
        return ends_of_row(node, begins);
      case RegexNode::Kind::kAlternate: {
        Places all;
        for (const RegexNode& branch : node.children) {
          all.add(ends(branch, begins));
        }
        return all;
      }
      case RegexNode::Kind::kRepeat:
        return ends_of_repeat(node, begins);
      case RegexNode::Kind::kCapture:
        return ends(node.children[0], begins);
    }
    return begins;
  }

 private:
  Places behind(const ByteSet& bytes, const Places& begins) {
    Places after;
    begins.for_each([&](size_t at) {
      ++steps_;
      if (at < size_ && bytes[byte_at(first_ + at)]) after.add(at + 1);
    });
    return after;
  }

  // Of others than \b it is not asked whether they hold.
  Places asserted(const RegexNode& node, const Places& begins) const {
    const Span& source = node.source;
    if (pattern_.substr(source.begin, source.size()) != "\\b") return begins;
    Places held;
    begins.for_each([&](size_t at) {
      if (is_word_before(first_ + at) != is_word_before(first_ + at + 1)) {
        held.add(at);
      }
    });
    return held;
  }

  Places ends_of_row(const RegexNode& row, Places at) {
    for (const RegexNode& part : row.children) {
      if (took_long() || at.empty()) break;
      at = ends(part, at);
    }
    return at;
  }

  Places ends_of_repeat(const RegexNode& node, Places at) {
    const RegexNode& part = node.children[0];
    uint32_t times = 0;
    for (; times < node.min && !took_long() && !at.empty(); ++times) {
      at = ends(part, at);
    }
    Places all = at;
    for (; times < node.max && !took_long() && !at.empty(); ++times) {
      at = ends(part, at);
      at.remove(all);
      all.add(at);
    }
    return all;
  }

  uint8_t byte_at(uint64_t at) const { return static_cast<uint8_t>(text_[at]); }
  bool is_word_before(uint64_t at) const {
    if (at == 0 || at > text_.size()) return false;
    const char c = text_[at - 1];
    return is_alphanumeric(c) || c == '_';
  }

  std::string_view pattern_;
  std::string_view text_;
  uint64_t first_;
  size_t size_;
  uint32_t steps_ = 0;
};

}  // namespace

TreeMatch::TreeMatch(std::string pattern)
    : pattern_(std::move(pattern)),
      tree_(*parse_regex(pattern_, RegexUnit::kByte)) {}

std::optional<bool> TreeMatch::may_begin_in(std::string_view text,
                                            uint64_t first, uint64_t last,
                                            uint64_t end) const {
  if (end - first > kMaxBytes) return std::nullopt;
  Places begins;
  for (uint64_t at = first; at <= last; ++at) begins.add(at - first);
  Walk walk(pattern_, text, first, end);
  const bool may = !walk.ends(tree_, begins).empty();
  if (walk.took_long()) return std::nullopt;
  return may;
}

}  // namespace leaksift
