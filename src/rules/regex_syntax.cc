#include "rules/regex_syntax.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/utf8.h"
#include "rules/char_set.h"
#include "rules/fixed_text.h"

namespace leaksift {
namespace {

using Kind = RegexNode::Kind;

struct Flags {
  bool fold_case = false;
  bool multi_line = false;
  bool dot_newline = false;
  bool swap_greedy = false;
};

std::optional<char32_t> control_escape(char letter) {
  switch (letter) {
    case 'a':
      return 7;
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    default:
      return std::nullopt;
  }
}

RegexNode make(Kind kind, std::vector<RegexNode> children = {}) {
  RegexNode node;
  node.kind = kind;
  node.children = std::move(children);
  return node;
}

RegexNode bytes_node(const ByteSet& bytes) {
  RegexNode node = make(Kind::kBytes);
  node.bytes = bytes;
  return node;
}

RegexNode end_node(bool at_end) {
  RegexNode node = make(Kind::kAssert);
  node.at_end = at_end;
  return node;
}

RegexNode repeat_node(RegexNode child, uint32_t min, uint32_t max,
                      bool greedy) {
  RegexNode node = make(Kind::kRepeat);
  node.children.push_back(std::move(child));
  node.min = min;
  node.max = max;
  node.greedy = greedy;
  return node;
}

struct Bounds {
  uint32_t min;
  uint32_t max;
};

// Recursive descent over the pattern. Errors are kept in `error_` and end the
// parse; every step returns quickly once one is set.
class Parser {
 public:
  Parser(std::string_view pattern, RegexUnit unit)
      : text_(pattern), unit_(unit) {}

  Result<RegexNode> parse() {
    RegexNode root = alternation();
    if (!error_ && !at_end()) fail("unexpected )");
    if (error_) return *std::move(error_);
    return root;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  bool looking_at(std::string_view prefix) const {
    return text_.substr(at_).starts_with(prefix);
  }
  bool take(std::string_view prefix) {
    if (!looking_at(prefix)) return false;
    at_ += prefix.size();
    return true;
  }
  void fail(std::string_view what) {
    if (error_) return;
    error_ = Error("bad regex: " + std::string(what) + " at byte " +
                   std::to_string(at_ + 1));
  }

  RegexNode alternation() {
    if (++depth_ > kMaxDepth) fail("groups nested too deeply");
    const Flags outer = flags_;
    std::vector<RegexNode> branches;
    do {
      branches.push_back(concat());
    } while (!error_ && take("|"));
    flags_ = outer;
    --depth_;
    if (branches.size() == 1) return std::move(branches.front());
    return make(Kind::kAlternate, std::move(branches));
  }

  RegexNode concat() {
    RegexNode node = make(Kind::kConcat);
    while (!error_ && !at_end() && peek() != '|' && peek() != ')') {
      const size_t begin = at_;
      std::optional<RegexNode> atom = this->atom();
      if (!atom) {  // flags only; "a(?i)*" repeats the a
        if (!node.children.empty()) {
          RegexNode& last = node.children.back();
          const size_t first = last.source.begin;
          last = quantified(std::move(last));
          last.source = {first, at_};
        }
        continue;
      }
      RegexNode child = quantified(*std::move(atom));
      child.source = {begin, at_};
      node.children.push_back(std::move(child));
    }
    return node;
  }

  RegexNode quantified(RegexNode child) {
    while (!error_ && !at_end()) {
      const std::optional<Bounds> bounds = quantifier();
      if (!bounds) break;
      const bool lazy = take("?");
      child = repeat_node(std::move(child), bounds->min, bounds->max,
                          lazy == flags_.swap_greedy);
    }
    return child;
  }

  std::optional<Bounds> quantifier() {
    if (take("*")) return Bounds{0, kUnbounded};
    if (take("+")) return Bounds{1, kUnbounded};
    if (take("?")) return Bounds{0, 1};
    return counted_quantifier();
  }

  // {n} {n,} {n,m}; anything else behind a brace is that brace itself.
  std::optional<Bounds> counted_quantifier() {
    const size_t begin = at_;
    if (!take("{")) return std::nullopt;
    const std::optional<uint32_t> min = number();
    std::optional<uint32_t> max = min;
    if (min && take(",")) {
      max = looking_at("}") ? std::optional<uint32_t>(kUnbounded) : number();
    }
    if (min && max && take("}")) {
      if (*max < *min) fail("bad repetition count");
      return Bounds{*min, *max};
    }
    at_ = begin;
    return std::nullopt;
  }

  std::optional<uint32_t> number() {
    constexpr uint32_t kTooLarge = 100'000;
    const size_t begin = at_;
    uint32_t value = 0;
    while (!at_end() && peek() >= '0' && peek() <= '9' && value < kTooLarge) {
      value = value * 10 + static_cast<uint32_t>(text_[at_++] - '0');
    }
    if (at_ == begin) return std::nullopt;
    return value;
  }

  // One item that a quantifier may follow; nothing for a bare "(?i)".
  std::optional<RegexNode> atom() {
    if (take("(")) return group();
    if (looking_at("[")) return set_node(bracket_class());
    if (take(".")) return set_node(dot_set());
    if (take("^")) return make(Kind::kAssert);
    if (take("$")) return end_node(!flags_.multi_line);
    if (looking_at("\\")) return escape();
    if (looking_at("*") || looking_at("+") || looking_at("?")) {
      fail("nothing to repeat");
      return std::nullopt;
    }
    return char_node(next_char());
  }

  std::optional<RegexNode> group() {
    if (!take("?")) return close(make_capture(alternation()));
    if (take("P<") || take("<")) {
      const size_t end = text_.find('>', at_);
      if (end == std::string_view::npos) {
        fail("unfinished group name");
        return std::nullopt;
      }
      at_ = end + 1;
      return close(make_capture(alternation()));
    }
    const Flags outer = flags_;
    if (!group_flags()) return std::nullopt;
    if (take(")")) return std::nullopt;  // (?i): from here to the group's end
    if (!take(":")) fail("unknown group");
    RegexNode inner = alternation();
    flags_ = outer;
    return close(std::move(inner));
  }

  static RegexNode make_capture(RegexNode inner) {
    std::vector<RegexNode> children;
    children.push_back(std::move(inner));
    return make(Kind::kCapture, std::move(children));
  }

  RegexNode close(RegexNode node) {
    if (!take(")")) fail("missing )");
    return node;
  }

  bool group_flags() {
    bool on = true;
    for (; !at_end() && peek() != ')' && peek() != ':'; ++at_) {
      switch (peek()) {
        case '-':
          on = false;
          break;
        case 'i':
          flags_.fold_case = on;
          break;
        case 'm':
          flags_.multi_line = on;
          break;
        case 's':
          flags_.dot_newline = on;
          break;
        case 'U':
          flags_.swap_greedy = on;
          break;
        default:
          fail("unknown flag in group");
          return false;
      }
    }
    if (at_end()) fail("missing )");
    return !error_;
  }

  std::optional<RegexNode> escape() {
    if (take("\\Q")) return quoted();
    if (take("\\z")) return end_node(true);
    for (const std::string_view edge : {"\\b", "\\B", "\\A"}) {
      if (take(edge)) return make(Kind::kAssert);
    }
    if (take("\\C")) return bytes_node(ByteSet().set());
    if (std::optional<CharSet> set = class_escape()) return set_node(*set);
    return char_node(escaped_char());
  }

  RegexNode quoted() {
    RegexNode node = make(Kind::kConcat);
    while (!at_end() && !take("\\E")) {
      node.children.push_back(char_node(next_char()));
    }
    return node;
  }

  // \d \D \pN \p{Greek} and so on.
  std::optional<CharSet> class_escape() {
    if (at_ + 1 >= text_.size()) return std::nullopt;
    const char letter = text_[at_ + 1];
    if (letter == 'p' || letter == 'P') return unicode_class();
    const auto lower = static_cast<char>(letter | 0x20);
    std::optional<ByteSet> set = perl_set(lower);
    if (!set) return std::nullopt;
    at_ += 2;
    const CharSet named{*set};
    return letter == lower ? named : negated(named);
  }

  // Which ASCII characters are in a Unicode class is not worth a table: all
  // may be.
  std::optional<CharSet> unicode_class() {
    at_ += 2;
    if (at_end()) {
      fail("unfinished Unicode class");
    } else if (!take("{")) {
      ++at_;
    } else {
      at_ = std::min(text_.find('}', at_), text_.size() - 1) + 1;
    }
    return CharSet{ByteSet().set(), true, ByteSet().set()};
  }

  CharSet dot_set() const {
    CharSet set{range_set(0, 0x7f), true};
    if (unit_ == RegexUnit::kByte) set = {ByteSet().set(), false};
    if (!flags_.dot_newline) set.bytes.reset('\n');
    return set;
  }

  CharSet bracket_class() {
    take("[");
    const bool negate = take("^");
    CharSet set;
    for (bool first = true; !error_ && (first || !looking_at("]"));
         first = false) {
      if (at_end()) {
        fail("missing ]");
        break;
      }
      class_item(set);
    }
    take("]");
    set = folded(set);
    return negate ? negated(set) : set;
  }

  void class_item(CharSet& set) {
    if (looking_at("[:") && posix_item(set)) return;
    if (looking_at("\\")) {
      if (const std::optional<CharSet> named = class_escape()) {
        set.merge(*named);
        return;
      }
    }
    const char32_t first = class_char();
    char32_t last = first;
    const bool is_range = looking_at("-") && !looking_at("-]");
    if (is_range) {
      ++at_;
      last = at_end() ? first : class_char();
    }
    if (last < first) fail("bad character range");
    add_range(set, first, last);
  }

  char32_t class_char() {
    return looking_at("\\") ? escaped_char() : next_char();
  }

  bool posix_item(CharSet& set) {
    const size_t end = text_.find(":]", at_ + 2);
    if (end == std::string_view::npos) return false;
    std::string_view name = text_.substr(at_ + 2, end - at_ - 2);
    const bool negate = name.starts_with("^");
    if (negate) name.remove_prefix(1);
    if (const std::optional<ByteSet> posix = posix_set(name)) {
      at_ = end + 2;
      const CharSet named{*posix};
      set.merge(negate ? negated(named) : named);
      return true;
    }
    fail("unknown class name");
    return true;
  }

  // The character behind a backslash that stands for itself or is spelt as a
  // number.
  char32_t escaped_char() {
    ++at_;
    if (at_end()) {
      fail("trailing backslash");
      return 0;
    }
    if (take("x")) return hex_char();
    if (peek() >= '0' && peek() <= '7') return octal_char();
    if (const auto control = control_escape(peek())) {
      ++at_;
      return *control;
    }
    const bool letter = is_letter(static_cast<uint8_t>(peek()));
    if (letter || peek() == '8' || peek() == '9') fail("unknown escape");
    return next_char();
  }

  char32_t octal_char() {
    char32_t value = 0;
    for (int i = 0; i < 3 && !at_end() && peek() >= '0' && peek() <= '7'; ++i) {
      value = value * 8 + static_cast<char32_t>(text_[at_++] - '0');
    }
    return value;
  }

  char32_t hex_char() {
    size_t digits_left = 2;
    const bool braces = take("{");
    if (braces) digits_left = 8;
    char32_t value = 0;
    const size_t begin = at_;
    const ByteSet hex = *posix_set("xdigit");
    while (digits_left-- > 0 && !at_end() &&
           hex[static_cast<uint8_t>(peek())]) {
      const char c = text_[at_++];
      const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
      value = value * 16 + static_cast<char32_t>(digit);
    }
    if (at_ == begin || (braces && !take("}"))) fail("bad hexadecimal escape");
    return value;
  }

  char32_t next_char() {
    if (unit_ == RegexUnit::kByte) return static_cast<uint8_t>(text_[at_++]);
    const Utf8Char c = decode_utf8(text_.substr(at_));
    if (!c.valid) fail("invalid UTF-8");
    at_ += c.size;
    return c.code;
  }

  CharSet char_set(char32_t c) const {
    CharSet set;
    add_range(set, c, c);
    return set;
  }

  void add_range(CharSet& set, char32_t first, char32_t last) const {
    const char32_t limit = unit_ == RegexUnit::kByte ? 0xff : 0x7f;
    for (char32_t c = first; c <= std::min(last, limit); ++c) set.bytes.set(c);
    if (last > limit) set.beyond = true;
  }

  CharSet folded(const CharSet& set) const {
    return flags_.fold_case ? leaksift::folded(set, unit_) : set;
  }
  CharSet negated(const CharSet& set) const {
    return leaksift::negated(set, unit_);
  }

  // Beyond ASCII, a character whose case counts is its bytes in UTF-8.
  RegexNode char_node(char32_t c) const {
    if (unit_ == RegexUnit::kByte || c < 0x80 || flags_.fold_case) {
      return set_node(folded(char_set(c)));
    }
    std::string utf8;
    append_utf8(utf8, c);
    std::vector<RegexNode> bytes;
    for (const char byte : utf8) {
      const auto value = static_cast<uint8_t>(byte);
      bytes.push_back(bytes_node(range_set(value, value)));
    }
    return make(Kind::kConcat, std::move(bytes));
  }

  // One of several characters beyond ASCII takes two to four bytes from 0x80
  // up.
  RegexNode set_node(const CharSet& set) const {
    if (!set.beyond) return bytes_node(set.bytes);
    RegexNode wide = repeat_node(bytes_node(range_set(0x80, 0xff)), 2, 4, true);
    if (set.bytes.none()) return wide;
    std::vector<RegexNode> branches;
    branches.push_back(bytes_node(set.bytes));
    branches.push_back(std::move(wide));
    return make(Kind::kAlternate, std::move(branches));
  }

  static constexpr int kMaxDepth = 200;

  std::string_view text_;
  RegexUnit unit_;
  size_t at_ = 0;
  int depth_ = 0;
  Flags flags_;
  std::optional<Error> error_;
};

}  // namespace

uint32_t saturating_add(uint32_t a, uint32_t b) {
  return a > kUnbounded - b ? kUnbounded : a + b;
}

uint32_t saturating_multiply(uint32_t a, uint32_t b) {
  const uint64_t product = uint64_t{a} * b;
  if (product >= kUnbounded) return kUnbounded;
  return static_cast<uint32_t>(product);
}

Result<RegexNode> parse_regex(std::string_view pattern, RegexUnit unit) {
  return Parser(pattern, unit).parse();
}

Width width_of(const RegexNode& node) {
  switch (node.kind) {
    case Kind::kEmpty:
    case Kind::kAssert:
      return {0, 0};
    case Kind::kBytes:
      return {1, 1};
    case Kind::kCapture:
      return width_of(node.children[0]);
    case Kind::kRepeat: {
      const Width child = width_of(node.children[0]);
      return {saturating_multiply(child.min, node.min),
              saturating_multiply(child.max, node.max)};
    }
    case Kind::kConcat: {
      Width sum;
      for (const RegexNode& child : node.children) {
        const Width w = width_of(child);
        sum = {saturating_add(sum.min, w.min), saturating_add(sum.max, w.max)};
      }
      return sum;
    }
    case Kind::kAlternate: {
      Width all{kUnbounded, 0};
      for (const RegexNode& child : node.children) {
        const Width w = width_of(child);
        all = {std::min(all.min, w.min), std::max(all.max, w.max)};
      }
      return all;
    }
  }
  return {0, kUnbounded};
}

}  // namespace leaksift
