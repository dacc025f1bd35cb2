#include "rules/loose_regex.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace leaksift {
namespace {

// Enough to tell a key from a word.
constexpr uint32_t kCounted = 8;
// Repeats that a regex must be spared for a second one to pay.
constexpr uint32_t kWorthwhile = 64;

struct Repeat {
  uint32_t least = 0;
  std::optional<uint32_t> most;  // none: without limit
  size_t size = 0;               // bytes of its text
};

// Takes a number from the front of `text`.
std::optional<uint32_t> take_number(std::string_view& text) {
  uint32_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

// "{2}", "{2,}" or "{2,4}" at the front of `text`; else the brace is a brace.
std::optional<Repeat> repeat_at(std::string_view text) {
  std::string_view rest = text.substr(1);
  const auto least = take_number(rest);
  if (!least) return std::nullopt;
  Repeat repeat{*least, *least};
  if (rest.starts_with(',')) {
    rest.remove_prefix(1);
    repeat.most = take_number(rest);
  }
  if (!rest.starts_with('}')) return std::nullopt;
  repeat.size = text.size() - rest.size() + 1;
  return repeat;
}

// Bytes of the escape at the front of `text`.
size_t size_of_escape(std::string_view text) {
  const bool has_braces = text.size() > 2 && text[2] == '{' &&
                          (text[1] == 'x' || text[1] == 'p' || text[1] == 'P');
  const size_t end = has_braces ? text.find('}') + 1 : 2;
  return std::min(end == 0 ? text.size() : end, text.size());
}

// Bytes of the bracket class at the front of `text`.
size_t size_of_class(std::string_view text) {
  size_t at = text.starts_with("[^") ? 2 : 1;
  if (text.substr(at).starts_with(']')) ++at;  // a member
  while (at < text.size() && text[at] != ']') {
    if (text[at] == '\\') {
      at += size_of_escape(text.substr(at));
    } else if (text.substr(at).starts_with("[:")) {
      at = std::min(text.find(":]", at), text.size() - 2) + 2;
    } else {
      ++at;
    }
  }
  return std::min(at + 1, text.size());
}

class Loosener {
 public:
  explicit Loosener(std::string_view regex) : rest_(regex) {}

  std::string run() {
    while (!rest_.empty()) {
      const auto repeat =
          rest_.front() == '{' ? repeat_at(rest_) : std::nullopt;
      if (repeat) {
        if (!add(*repeat)) return {};
      } else if (rest_.starts_with("\\Q")) {
        return {};
      } else {
        copy(rest_.front() == '\\'  ? size_of_escape(rest_)
             : rest_.front() == '[' ? size_of_class(rest_)
                                    : 1);
      }
    }
    return spared_ >= kWorthwhile ? std::move(out_) : std::string();
  }

 private:
  void copy(size_t size) {
    out_ += rest_.substr(0, size);
    rest_.remove_prefix(size);
  }

  // False where another repeat follows, which a "*" does not take.
  bool add(const Repeat& repeat) {
    const uint32_t counted = std::min(repeat.least, kCounted);
    const uint32_t most = repeat.most.value_or(repeat.least);
    if (most <= kCounted) {
      copy(repeat.size);
      return true;
    }
    rest_.remove_prefix(repeat.size);
    spared_ += most - counted;
    out_ += counted == 0   ? "*"
            : counted == 1 ? "+"
                           : "{" + std::to_string(counted) + ",}";
    return rest_.empty() || std::string_view("*+{").find(rest_.front()) ==
                                std::string_view::npos;
  }

  std::string_view rest_;
  std::string out_;
  uint32_t spared_ = 0;
};

}  // namespace

std::string loosened(std::string_view regex) {
  return Loosener(regex).run();
}

}  // namespace leaksift
