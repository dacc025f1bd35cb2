#include "git/config.h"

#include <algorithm>

#include "core/text.h"

namespace leaksift {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

bool is_blank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

// Takes a configuration apart from front to back.
class ConfigReader {
 public:
  explicit ConfigReader(std::string_view text) : rest_(text) {}

  // Goes to the next section or key; false at the end.
  bool next() {
    while (!rest_.empty() && (is_blank(rest_[0]) || is_comment(rest_[0]))) {
      if (is_comment(take())) read_until("\n");
    }
    return !rest_.empty();
  }
  bool at_section() const { return rest_[0] == '['; }

  // "[Name]" is "name", "[Name "Sub"]" is "name Sub".
  std::string section() {
    std::string name;
    bool quoted = false;
    take();
    for (char c = take(); c != '\n' && (c != ']' || quoted); c = take()) {
      if (c == '"') {
        quoted = !quoted;
      } else if (quoted) {
        name += c == '\\' ? take() : c;
      } else {
        name += ascii_lower({&c, 1});
      }
    }
    return name;
  }

  std::string key() { return ascii_lower(trimmed(read_until("=\n"))); }

  // Behind a key: without quotes, with escapes undone, up to the end of the
  // line or a comment. A key alone is true.
  std::string value() {
    if (take() != '=') return "true";
    std::string value;
    size_t blanks = 0;  // at its end, outside of quotes
    bool quoted = false;
    for (char c = take(); c != '\n'; c = take()) {
      if (!quoted && is_comment(c)) {
        read_until("\n");
        continue;
      }
      const bool is_padding = !quoted && is_blank(c);
      if (is_padding && value.empty()) continue;
      blanks = is_padding ? blanks + 1 : 0;
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\') {
        const char escaped = take();
        if (escaped != '\n') value += unescaped(escaped);
      } else {
        value += c;
      }
    }
    value.resize(value.size() - blanks);
    return value;
  }

 private:
  static bool is_comment(char c) { return c == '#' || c == ';'; }

  static char unescaped(char c) {
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'b' ? '\b' : c;
  }

  // A line end where there is nothing left, so that all that is open closes.
  char take() {
    if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
    if (rest_.empty()) return '\n';
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view read_until(std::string_view ends) {
    const std::string_view text = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(text.size());
    return text;
  }

  std::string_view rest_;
};

}  // namespace

GitConfig::GitConfig(std::string_view text) {
  std::string section;
  for (ConfigReader reader(text); reader.next();) {
    if (reader.at_section()) {
      section = reader.section();
    } else {
      std::string key = reader.key();
      entries_.push_back({section, std::move(key), reader.value()});
    }
  }
}

std::optional<std::string> GitConfig::get(std::string_view section,
                                          std::string_view key) const {
  const auto found = std::find_if(
      entries_.rbegin(), entries_.rend(),
      [&](const Entry& e) { return e.section == section && e.key == key; });
  if (found == entries_.rend()) return std::nullopt;
  return found->value;
}

}  // namespace leaksift
