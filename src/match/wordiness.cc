#include "match/wordiness.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "core/ascii.h"

namespace leaksift {
namespace {

#include "match/word_table.inc"

constexpr size_t kMaxBytes = 256;
constexpr int kSymbols = 28;
constexpr uint8_t kDigit = 26;
constexpr uint8_t kBreak = 27;  // between words, and what is in no word
// Quarters of a bit, like all figures here.
constexpr int kAnyDigit = 13;  // which one of the ten it is
constexpr int kJoin = 4;       // two words without anything between them
constexpr int kLeet = 24;      // that digits stand for letters

// What it costs to draw one character at random: 4 * log2 of how many there are
// to draw from.
int cost_of_drawing(std::string_view text) {
  const auto any = [&](auto kind) {
    return std::any_of(text.begin(), text.end(), kind);
  };
  const bool lower = any(is_lower);
  const bool upper = any(is_upper);
  const bool digit = any(is_digit);
  const bool other = any([](char c) { return !is_alphanumeric(c); });
  if (digit && std::all_of(text.begin(), text.end(), is_hex_digit)) return 16;
  // By the number of cases, without and with the ten digits.
  constexpr int kCosts[3][2] = {{8, 13}, {19, 21}, {23, 24}};
  const int cases = (lower ? 1 : 0) + (upper ? 1 : 0);
  return kCosts[cases][digit ? 1 : 0] + (other ? 1 : 0);
}

// The symbols of `text`, with a break where a small letter meets a capital.
std::string symbols_of(std::string_view text) {
  std::string symbols;
  char last = 0;
  for (const char c : text) {
    if (is_lower(last) && is_upper(c)) symbols += static_cast<char>(kBreak);
    const int symbol = is_lower(c)   ? c - 'a'
                       : is_upper(c) ? c - 'A'
                       : is_digit(c) ? kDigit
                                     : kBreak;
    symbols += static_cast<char>(symbol);
    last = c;
  }
  return symbols;
}

int cost_of(int before, int last, int next) {
  return kNext[before * kSymbols + last][static_cast<size_t>(next)] - '!';
}

// What the likeliest way to spell `symbols` as words costs. Words may be joined
// anywhere: `joined` is the cost if a break was put before the last symbol.
int cost_of_spelling(std::string_view symbols) {
  constexpr int kNever = std::numeric_limits<int>::max() / 2;
  int before = kBreak;
  int last = kBreak;
  int plain = 0;
  int joined = kNever;
  for (const char c : symbols) {
    const int next = static_cast<unsigned char>(c);
    const int digit = next == kDigit ? kAnyDigit : 0;
    int next_joined = kNever;
    if (last != kBreak && next != kBreak) {
      const int ended = std::min(plain + cost_of(before, last, kBreak),
                                 joined + cost_of(kBreak, last, kBreak));
      next_joined = ended + kJoin + cost_of(last, kBreak, next) + digit;
    }
    plain = std::min(plain + cost_of(before, last, next),
                     joined + cost_of(kBreak, last, next)) +
            digit;
    joined = std::min(next_joined, kNever);
    before = last;
    last = next;
  }
  return std::min(plain + cost_of(before, last, kBreak),
                  joined + cost_of(kBreak, last, kBreak));
}

int score(std::string_view text) {
  return cost_of_drawing(text) * static_cast<int>(text.size()) -
         cost_of_spelling(symbols_of(text));
}

// "p4ssw0rd": with the letters that the digits stand for.
std::string without_leet(std::string_view text) {
  constexpr std::string_view kDigits = "013457@$!";
  constexpr std::string_view kLetters = "oieastasi";
  std::string letters(text);
  for (char& c : letters) {
    const size_t at = kDigits.find(c);
    if (at != std::string_view::npos) c = kLetters[at];
  }
  return letters;
}

// The dashes of a UUID are not between words.
std::string without_dashes_of_hex(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '-');
  const bool hex = std::all_of(digits.begin(), digits.end(), is_hex_digit) &&
                   std::any_of(digits.begin(), digits.end(), is_digit);
  return hex ? digits : std::string(text);
}

}  // namespace

int wordiness(std::string_view secret) {
  const std::string text = without_dashes_of_hex(secret.substr(0, kMaxBytes));
  const int plain = score(text);
  const bool any_letter = std::any_of(text.begin(), text.end(), [](char c) {
    return is_lower(c) || is_upper(c);
  });
  if (plain > 0 || !any_letter) return plain;
  return std::max(plain, score(without_leet(text)) - kLeet);
}

}  // namespace leaksift
