#include "findings/path_glob.h"

#include <array>
#include <cstdio>
#include <string>

namespace leaksift {
namespace {

// As a regex over bytes; an escape also where none is needed.
std::string literal(char c) {
  std::array<char, 8> text;
  std::snprintf(text.data(), text.size(), "\\x%02x",
                static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text.data();
}

// Rewrites a pattern without its slashes at the ends.
class Translator {
 public:
  explicit Translator(std::string_view pattern) : rest_(pattern) {}

  Status run() {
    while (!rest_.empty()) {
      if (rest_.front() == '[') {
        if (Status done = bracket(); !done) return done;
      } else {
        character();
      }
    }
    return Ok{};
  }

  std::string take() { return std::move(regex_); }

 private:
  bool at_name_start() const { return at_start_ || previous_ == '/'; }

  char next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    previous_ = c;
    at_start_ = false;
    return c;
  }

  void character() {
    if (rest_.starts_with("**")) return two_stars();
    const char c = next();
    if (c == '*') {
      regex_ += "[^/]*";
    } else if (c == '?') {
      regex_ += "[^/]";
    } else if (c == '\\' && !rest_.empty()) {
      regex_ += literal(next());
    } else {
      regex_ += literal(c);
    }
  }

  // "**" is a name of its own or no more than "*".
  void two_stars() {
    const bool starts_name = at_name_start();
    while (!rest_.empty() && rest_.front() == '*') next();
    if (!starts_name || (!rest_.empty() && rest_.front() != '/')) {
      regex_ += "[^/]*";
    } else if (rest_.empty()) {
      regex_ += "(?s:.+)";
    } else {
      next();
      regex_ += "(?:(?s:.*)/)?";
    }
  }

  Status bracket() {
    next();
    const bool negated =
        !rest_.empty() && (rest_.front() == '!' || rest_.front() == '^');
    if (negated) next();
    std::string members;
    for (bool first = true; first || !rest_.starts_with(']'); first = false) {
      if (rest_.starts_with('\\')) next();
      if (rest_.size() < 2) return Error("a '[' without its ']'");
      const char c = next();
      const bool is_range = !first && c == '-' && rest_.front() != ']';
      members += is_range ? "-" : literal(c);
    }
    next();
    regex_ += (negated ? "[^/" : "[") + members + "]";
    return Ok{};
  }

  std::string_view rest_;
  std::string regex_;
  char previous_ = '\0';
  bool at_start_ = true;
};

}  // namespace

Result<PathGlob> PathGlob::parse(std::string_view pattern) {
  if (pattern.starts_with('!')) {
    return Error("'!' is not supported; begin with '\\!' for a name with it");
  }
  const bool folders_only = pattern.ends_with('/');
  if (folders_only) pattern.remove_suffix(1);
  const bool anchored = pattern.find('/') != std::string_view::npos;
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  if (pattern.starts_with("./")) pattern.remove_prefix(2);
  if (pattern.empty()) return Error("an empty pattern");

  Translator translator(pattern);
  if (Status done = translator.run(); !done) return std::move(done).error();
  const std::string regex =
      std::string("\\A") + (anchored ? "" : "(?:(?s:.*)/)?") +
      translator.take() + (folders_only ? "/" : "(?:/|\\z)");
  Result<Regex> compiled = Regex::compile(regex, RegexUnit::kByte);
  if (!compiled) return std::move(compiled).error();
  return PathGlob(*std::move(compiled));
}

bool PathGlob::matches(std::string_view path) const {
  if (path.starts_with("./")) path.remove_prefix(2);
  return !path.empty() && regex_.contains(path);
}

}  // namespace leaksift
