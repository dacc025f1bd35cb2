#include "git/config.h"

#include <algorithm>

#include "core/text.h"

namespace leaksift {
namespace {

// Without quotes, with escapes undone, up to a comment that is not quoted.
std::string read_value(std::string_view text) {
  std::string value;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '\\' && i + 1 < text.size()) {
      const char escaped = text[++i];
      value += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
    } else if (!quoted && (c == '#' || c == ';')) {
      break;
    } else {
      value += c;
    }
  }
  return quoted ? value : std::string(trimmed(value));
}

std::string read_section(std::string_view header) {
  const size_t quote = header.find('"');
  if (quote == std::string_view::npos) return ascii_lower(trimmed(header));
  const size_t end = header.rfind('"');
  return ascii_lower(trimmed(header.substr(0, quote))) + " " +
         std::string(header.substr(quote + 1, end - quote - 1));
}

}  // namespace

GitConfig::GitConfig(std::string_view text) {
  std::string section;
  std::string joined;  // a line that a backslash continues
  for (const std::string_view line : split(text, '\n')) {
    joined += line;
    if (joined.ends_with('\r')) joined.pop_back();
    if (joined.ends_with('\\')) {
      joined.pop_back();
      continue;
    }
    read_line(joined, section);
    joined.clear();
  }
}

void GitConfig::read_line(std::string_view line, std::string& section) {
  line = trimmed(line);
  if (line.starts_with('[')) {
    const size_t close = line.rfind(']');
    if (close == std::string_view::npos) return;
    section = read_section(line.substr(1, close - 1));
    line = trimmed(line.substr(close + 1));
  }
  if (line.empty() || line[0] == '#' || line[0] == ';') return;
  const size_t equals = line.find('=');
  const std::string_view key = trimmed(line.substr(0, equals));
  entries_.push_back({section, ascii_lower(key),
                      equals == std::string_view::npos
                          ? "true"
                          : read_value(trimmed(line.substr(equals + 1)))});
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
