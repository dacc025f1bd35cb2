// Regular expressions: the door to RE2.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leaksift/result.h"
#include "leaksift/span.h"

namespace leaksift {

// How a pattern reads its text.
enum class RegexUnit {
  kByte,       // every byte is a character: right for any blob
  kCharacter,  // UTF-8 characters: for patterns that name some beyond ASCII
};

// The unit that `pattern` needs: characters where it holds a byte or an escape
// beyond ASCII or a Unicode class, bytes otherwise.
RegexUnit regex_unit(std::string_view pattern);

// Group spans of one match, group 0 first; reused between calls. A group that
// took no part has begin == end == kNoGroup.
using Captures = std::vector<Span>;
inline constexpr uint64_t kNoGroup = ~uint64_t{0};

// A compiled pattern in RE2's syntax. Immutable and safe to share between
// threads. Matching is linear in the text and prefers as Perl does: leftmost,
// then the first alternative.
class Regex {
 public:
  // Fails on a bad pattern, and on one that RE2 would need over 8 MiB for.
  static Result<Regex> compile(std::string_view pattern,
                               RegexUnit unit = RegexUnit::kByte);

  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  // Is there a match anywhere in `text`?
  bool contains(std::string_view text) const {
    return contains(text, 0, text.size());
  }

  // Is there one within text[begin, end)? As search() and match_at(), but RE2
  // needs to compile and to run half as much for it.
  bool contains(std::string_view text, size_t begin, size_t end) const;
  bool matches_at(std::string_view text, size_t begin, size_t end) const;

  // The leftmost match within text[begin, end). Bytes of `text` outside of the
  // range are seen by \b, ^ and $ but never taken into the match.
  bool search(std::string_view text, size_t begin, size_t end,
              Captures& captures) const;

  // The same, of matches that begin exactly at `begin`.
  bool match_at(std::string_view text, size_t begin, size_t end,
                Captures& captures) const;

  int group_count() const;

 private:
  struct Impl;
  explicit Regex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A pattern that is known to compile, and does so when first used: most rules
// of a pack never get a hit. Thread-safe.
class LazyRegex {
 public:
  LazyRegex(std::string pattern, RegexUnit unit)
      : pattern_(std::move(pattern)), unit_(unit) {}

  const Regex& get() const;

 private:
  std::string pattern_;
  RegexUnit unit_;
  mutable std::once_flag once_;
  mutable std::optional<Regex> regex_;
};

}  // namespace leaksift
