#include "import/regex_translation.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

namespace leaksift {
namespace {

constexpr uint32_t kMaxRepeat = 1000;    // RE2's
constexpr size_t kMaxPattern = 1 << 16;  // bytes, before and after
constexpr size_t kLongestRepeat = 32;    // {n,m} with blanks
constexpr std::string_view kBlanks = " \t\n\v\f\r";

bool is_blank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

std::string braces(uint32_t min, uint32_t max) {
  return "{" + std::to_string(min) + "," + std::to_string(max) + "}";
}

// {min,max}; without a max there is no limit.
struct Repeat {
  uint32_t min = 0;
  std::optional<uint32_t> max;
};

// "3", "3,", "3,7": what stands between braces; nothing if they are literal.
std::optional<Repeat> parse_repeat(std::string_view text) {
  const auto number = [](std::string_view digits) -> std::optional<uint32_t> {
    uint32_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
  };
  const size_t comma = text.find(',');
  const std::optional<uint32_t> min = number(text.substr(0, comma));
  if (!min) return std::nullopt;
  if (comma == std::string_view::npos) return Repeat{*min, *min};
  if (comma + 1 == text.size()) return Repeat{*min, std::nullopt};
  const std::optional<uint32_t> max = number(text.substr(comma + 1));
  if (!max) return std::nullopt;
  return Repeat{*min, *max};
}

// Reads a pattern token by token and writes the same for RE2.
class Translator {
 public:
  Translator(std::string_view pattern, RegexDialect dialect)
      : rest_(pattern), rust_(dialect == RegexDialect::kRust) {}

  Result<TranslatedRegex> run() {
    while (!rest_.empty() && !error_) step();
    if (error_) return *std::move(error_);
    return TranslatedRegex{std::move(out_), std::move(names_)};
  }

 private:
  struct Group {
    size_t begin = 0;  // in out_
    bool extended = false;
  };

  void fail(const std::string& what) {
    if (!error_) error_ = Error(what);
  }

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  // Something that a repeat behind it would repeat.
  void write_atom(std::string_view text) {
    atom_ = out_.size();
    out_ += text;
  }

  void step() {
    const char c = rest_.front();
    if (extended_ && is_blank(c)) {
      rest_.remove_prefix(1);
    } else if (extended_ && c == '#') {
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
    } else if (c == '(') {
      open_group();
    } else if (c == ')') {
      close_group();
    } else if (c == '[') {
      character_class();
    } else if (c == '\\') {
      escape();
    } else if (c == '*' || c == '+' || c == '?') {
      rest_.remove_prefix(1);
      repeat_mark(std::string(1, c));
    } else if (c == '{') {
      counted_repeat();
    } else {
      const bool continues_character = (c & 0xc0) == 0x80;
      if (!continues_character) atom_ = out_.size();
      out_ += take();
    }
  }

  void open_group() {
    if (rust_ && rest_.starts_with("(?#")) {
      const size_t end = rest_.find(')');
      if (end == std::string_view::npos) return fail("a comment without end");
      return rest_.remove_prefix(end + 1);
    }
    for (const std::string_view look : {"(?=", "(?!", "(?<=", "(?<!"}) {
      if (rest_.starts_with(look)) {
        return fail("a look-around (" + std::string(look) + "…)");
      }
    }
    if (rest_.starts_with("(?>")) return fail("an atomic group (?>…)");
    groups_.push_back({out_.size(), extended_});
    if (skip("(?P<") || skip("(?<")) {
      names_.emplace_back(rest_.substr(0, rest_.find('>')));
      out_ += "(?P<";
    } else if (skip("(?")) {
      flags();
    } else {
      names_.emplace_back();
      out_ += take();
    }
  }

  // What follows "(?": flags up to ')', which hold to the end of the group
  // around, or up to ':', which hold in their own.
  void flags() {
    std::string kept;
    bool on = true;
    bool extended = extended_;
    while (!rest_.empty() && rest_.front() != ')' && rest_.front() != ':') {
      const char c = take();
      if (rust_ && c == 'x') {
        extended = on;
      } else if (rust_ && c == 'u' && !on) {
        // What these tools start with: bytes, ASCII classes.
      } else if (rust_ && (c == 'u' || c == 'R')) {
        return fail(std::string("the flag ") + c);
      } else {
        if (c == '-') on = false;
        kept += c;
      }
    }
    if (rest_.empty()) return fail("a group that is not closed");
    if (kept.ends_with('-')) kept.pop_back();
    if (take() == ':') {
      out_ += "(?" + kept + ":";
    } else {
      groups_.pop_back();
      if (!kept.empty()) out_ += "(?" + kept + ")";
    }
    extended_ = extended;
  }

  void close_group() {
    out_ += take();
    if (groups_.empty()) return;  // RE2 will say so
    atom_ = groups_.back().begin;
    extended_ = groups_.back().extended;
    groups_.pop_back();
  }

  void character_class() {
    atom_ = out_.size();
    out_ += take();
    if (!rest_.empty() && rest_.front() == '^') out_ += take();
    const auto skip_blanks = [&] {
      while (extended_ && !rest_.empty() && is_blank(rest_.front())) take();
    };
    skip_blanks();
    if (!rest_.empty() && rest_.front() == ']') {
      out_ += "\\]";
      rest_.remove_prefix(1);
    }
    for (skip_blanks(); !rest_.empty(); skip_blanks()) {
      if (rest_.front() == ']') {
        out_ += take();
        return;
      }
      class_item();
      if (error_) return;
    }
    fail("a class that is not closed");
  }

  void class_item() {
    if (rest_.starts_with("[:")) {
      const size_t end = rest_.find(":]");
      if (end == std::string_view::npos) return fail("an unknown class");
      out_ += rest_.substr(0, end + 2);
      rest_.remove_prefix(end + 2);
      return;
    }
    const char c = rest_.front();
    if (c == '\\') return class_escape();
    if (rust_ && c == '[') return fail("a class within a class");
    const bool doubled = rest_.size() > 1 && rest_[1] == c;
    if (rust_ && doubled && (c == '&' || c == '-' || c == '~')) {
      return fail(std::string("arithmetic on classes (") + c + c + ")");
    }
    out_ += take();
  }

  void class_escape() {
    if (rest_.size() > 1 && rust_ && rest_[1] == 's') {
      rest_.remove_prefix(2);
      out_ += "\\s\\v";
    } else {
      out_ += escaped();
    }
  }

  void escape() {
    if (rest_.size() > 1 && rust_ && rest_[1] == 's') {
      rest_.remove_prefix(2);
      write_atom("[\\s\\v]");
    } else if (rest_.size() > 1 && rust_ && rest_[1] == 'S') {
      rest_.remove_prefix(2);
      write_atom("[^\\s\\v]");
    } else if (rest_.size() > 1 && rest_[1] >= '1' && rest_[1] <= '9') {
      fail("a backreference (\\" + std::string(1, rest_[1]) + ")");
    } else if (rest_.starts_with("\\b{")) {
      fail("a word boundary of one side (\\b{…})");
    } else {
      write_atom(escaped());
    }
  }

  // One escape, as RE2 writes it.
  std::string escaped() {
    rest_.remove_prefix(1);
    if (rest_.empty()) return "\\";  // RE2 will say so
    const char c = take();
    if (c == '_' || is_blank(c)) return std::string(1, c);
    if (std::string_view("xpPuU").find(c) == std::string_view::npos) {
      return {'\\', c};
    }
    const bool is_code = rust_ && (c == 'u' || c == 'U');
    const std::string operand = take_operand(c);
    const std::string name = is_code ? "\\x" : std::string{'\\', c};
    return is_code && !operand.starts_with('{') ? name + "{" + operand + "}"
                                                : name + operand;
  }

  // What belongs to \x, \p, \u and \U: {…}, or so many characters.
  std::string take_operand(char escape) {
    size_t size = escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 1;
    if (rest_.starts_with('{')) size = rest_.find('}') + 1;
    std::string operand(rest_.substr(0, size));
    rest_.remove_prefix(operand.size());
    return operand;
  }

  void repeat_mark(const std::string& mark) {
    out_ += mark;
    if (!rest_.empty() && rest_.front() == '?') {
      out_ += take();
    } else if (!rest_.empty() && rest_.front() == '+') {
      fail("a possessive repeat (" + mark + "+)");
    }
  }

  void counted_repeat() {
    const size_t close = rest_.substr(0, kLongestRepeat).find('}');
    std::string inner;
    if (close != std::string_view::npos) inner = rest_.substr(1, close - 1);
    if (extended_) std::erase_if(inner, is_blank);
    const std::optional<Repeat> repeat = parse_repeat(inner);
    if (!repeat) {
      write_atom("\\{");
      rest_.remove_prefix(1);
      return;
    }
    rest_.remove_prefix(close + 1);
    const bool fits =
        std::max(repeat->min, repeat->max.value_or(0)) <= kMaxRepeat;
    const bool is_range = repeat->min <= repeat->max.value_or(repeat->min);
    if (fits || !is_range) return repeat_mark("{" + inner + "}");
    split_repeat(*repeat);
  }

  // x{20,1024} is x{20}x{0,1000}x{0,4}: the same texts in the same order of
  // preference. Not with a group in it, which would be there twice.
  void split_repeat(const Repeat& repeat) {
    const std::string atom = out_.substr(atom_);
    for (size_t at = atom.find('('); at != std::string::npos;
         at = atom.find('(', at + 1)) {
      if (atom.compare(at, 3, "(?:") != 0) {
        return fail("more than 1000 repeats of a group");
      }
    }
    const uint64_t parts = repeat.max.value_or(repeat.min) / kMaxRepeat + 2;
    if (out_.size() + parts * (atom.size() + kLongestRepeat) > kMaxPattern) {
      return fail("too many repeats");
    }
    const bool lazy = skip("?");
    out_.resize(atom_);
    const auto write = [&](const std::string& mark) {
      out_ += atom + mark + (lazy ? "?" : "");
    };
    for (uint32_t left = repeat.min; left > 0;) {
      const uint32_t now = std::min(left, kMaxRepeat);
      write(braces(now, now));
      left -= now;
    }
    if (!repeat.max) return write("*");
    for (uint32_t left = *repeat.max - repeat.min; left > 0;) {
      const uint32_t now = std::min(left, kMaxRepeat);
      write(braces(0, now));
      left -= now;
    }
  }

  std::string_view rest_;
  const bool rust_;
  bool extended_ = false;
  std::string out_;
  size_t atom_ = 0;            // where in out_ the last atom begins
  std::vector<Group> groups_;  // that are open
  std::vector<std::string> names_;
  std::optional<Error> error_;
};

}  // namespace

Result<TranslatedRegex> translate_regex(std::string_view pattern,
                                        RegexDialect dialect) {
  if (pattern.size() > kMaxPattern) {
    return Error("a pattern of more than " + std::to_string(kMaxPattern) +
                 " bytes");
  }
  return Translator(pattern, dialect).run();
}

}  // namespace leaksift
