#include "rules/char_set.h"

#include <array>

namespace leaksift {
namespace {

ByteSet any_of(std::string_view members) {
  ByteSet set;
  for (const char c : members) set.set(static_cast<uint8_t>(c));
  return set;
}

const ByteSet& digits() {
  static const ByteSet kSet = range_set('0', '9');
  return kSet;
}
const ByteSet& letters() {
  static const ByteSet kSet = range_set('a', 'z') | range_set('A', 'Z');
  return kSet;
}

struct NamedSet {
  std::string_view name;
  ByteSet bytes;
};

const std::array<NamedSet, 14>& posix_sets() {
  static const std::array<NamedSet, 14> kSets = {{
      {"alnum", letters() | digits()},
      {"alpha", letters()},
      {"ascii", range_set(0, 0x7f)},
      {"blank", any_of("\t ")},
      {"cntrl", range_set(0, 0x1f) | range_set(0x7f, 0x7f)},
      {"digit", digits()},
      {"graph", range_set('!', '~')},
      {"lower", range_set('a', 'z')},
      {"print", range_set(' ', '~')},
      {"punct", range_set('!', '~') & ~(letters() | digits())},
      {"space", any_of("\t\n\v\f\r ")},
      {"upper", range_set('A', 'Z')},
      {"word", letters() | digits() | any_of("_")},
      {"xdigit", digits() | range_set('a', 'f') | range_set('A', 'F')},
  }};
  return kSets;
}

void fold_ascii(ByteSet& bytes) {
  for (size_t lower = 'a'; lower <= 'z'; ++lower) {
    const size_t upper = lower - 'a' + 'A';
    if (bytes[lower] || bytes[upper]) bytes.set(lower).set(upper);
  }
}

}  // namespace

void CharSet::merge(const CharSet& other) {
  const ByteSet sure_of_one = sure() | other.sure();
  bytes |= other.bytes;
  beyond = beyond || other.beyond;
  unsure = bytes & ~sure_of_one;
}

ByteSet range_set(unsigned first, unsigned last) {
  ByteSet set;
  for (unsigned b = first; b <= last; ++b) set.set(b);
  return set;
}

std::optional<ByteSet> posix_set(std::string_view name) {
  for (const NamedSet& set : posix_sets()) {
    if (set.name == name) return set.bytes;
  }
  return std::nullopt;
}

std::optional<ByteSet> perl_set(char letter) {
  switch (letter) {
    case 'd':
      return digits();
    case 'w':
      return letters() | digits() | any_of("_");
    case 's':
      return any_of("\t\n\f\r ");
    default:
      return std::nullopt;
  }
}

CharSet folded(CharSet set, RegexUnit unit) {
  ByteSet sure = set.sure();
  fold_ascii(sure);
  fold_ascii(set.bytes);
  const ByteSet high = range_set(0x80, 0xff);
  if (unit == RegexUnit::kByte) {
    if ((set.bytes & high).any()) set.bytes |= high;
  } else if (set.beyond || set.bytes['k'] || set.bytes['s']) {
    if (set.beyond) set.bytes |= any_of("kKsS");
    set.beyond = true;
  }
  set.unsure = set.bytes & ~sure;
  return set;
}

CharSet negated(const CharSet& set, RegexUnit unit) {
  CharSet result{~set.sure(), false, set.unsure};
  if (unit == RegexUnit::kCharacter) {
    result.bytes &= range_set(0, 0x7f);
    result.unsure &= range_set(0, 0x7f);
    result.beyond = true;
  }
  return result;
}

}  // namespace leaksift
