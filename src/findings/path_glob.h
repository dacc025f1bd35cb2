// Patterns for paths, written as in a .gitignore.
#pragma once

#include <string_view>
#include <utility>

#include "core/regex.h"
#include "leaksift/result.h"

namespace leaksift {

// `*`, `?` and `[a-z]` stay within one name, `**` goes over folders. A pattern
// with a '/' in front or inside is held against the whole path, one without
// against every name in it; one that ends in '/' matches folders only. What
// matches a folder matches all that is in it. `\` takes the next character for
// itself. There is no negation.
//
// Bytes are characters, as in git. Matching is linear in the path: patterns may
// come from a scanned tree. Immutable and safe to share between threads.
class PathGlob {
 public:
  // Fails on an empty pattern, a negated one and an open bracket.
  static Result<PathGlob> parse(std::string_view pattern);

  // `path` is relative to where the pattern's file stands; "./" in front of it
  // is ignored. An empty path matches nothing.
  bool matches(std::string_view path) const;

 private:
  explicit PathGlob(Regex regex) : regex_(std::move(regex)) {}

  Regex regex_;
};

}  // namespace leaksift
