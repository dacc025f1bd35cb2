// Sets of characters as classes spell them, in bytes.
#pragma once

#include <optional>
#include <string_view>

#include "core/regex.h"
#include "rules/regex_syntax.h"

namespace leaksift {

// What a class holds: bytes, and whether also characters beyond ASCII. In byte
// mode the bytes from 0x80 up are ordinary members and `beyond` stays false.
struct CharSet {
  ByteSet bytes;
  bool beyond = false;
  // Those of `bytes` that the class may lack: its complement may hold them.
  ByteSet unsure = {};

  ByteSet sure() const { return bytes & ~unsure; }
  void merge(const CharSet& other);
};

ByteSet range_set(unsigned first, unsigned last);

// [:alnum:] and so on, by the word between the colons.
std::optional<ByteSet> posix_set(std::string_view name);

// \d \w \s: Perl's, ASCII only in RE2; \s is without \v.
std::optional<ByteSet> perl_set(char letter);

// `set` and what differs from a member in case alone. Folding reaches beyond
// ASCII and back: k and s have kin there (U+212A, U+017F), and RE2 folds the
// upper half of Latin-1 too. Any member up there may stand for all of them.
CharSet folded(CharSet set, RegexUnit unit);

// All that `set` does not hold, or may not. A class that holds some characters
// beyond ASCII lacks others, which its complement holds: `beyond` means "may
// hold some" on both sides.
CharSet negated(const CharSet& set, RegexUnit unit);

}  // namespace leaksift
