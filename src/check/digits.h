// What check digits are made of: weighted sums, Luhn, Verhoeff, remainders of
// long numbers, dates. Everything here reads compact text (see compact()).
#pragma once

#include <string>
#include <string_view>

#include "core/ascii.h"

namespace leaksift {

// `number` without what groups its characters (blanks, line ends, dashes, dots,
// slashes, brackets), letters in upper case. At most 100 characters: no number
// is longer, so that a longer text fits no form.
std::string compact(std::string_view number);

bool all_digits(std::string_view text);

// What a character counts: 0-9 their digit, A-Z 10 to 35, anything else 0.
int base36(char c);

// Does `text` begin, at `at`, with one of `ranges`? "00-12 80 K-M": each a text
// or the first and the last of as many characters. An empty list has all.
bool in_ranges(std::string_view text, std::string_view ranges, size_t at = 0);

// How one check character follows from the others: their values, each times
// its weight, are added up, and the remainder says which it is.
struct CheckStep {
  // In decimal, from the first character on, the check character included if
  // they go that far: "3 7 1". Fewer are used over and over until there.
  std::string_view weights;
  int modulus = 0;  // 0: no step
  // The check character for each remainder; a blank: no number is given out.
  std::string_view checks;
  int at = -1;  // where the check character stands; -1: it is the last
  // Of each product the digits (to the base `modulus`) are added.
  bool digit_sums = false;
  int offset = 0;  // what the sum begins with
  int (*value)(char) = base36;
  // Where the first weights leave no check character, these are tried.
  std::string_view second_weights = {};
  std::string_view second_checks = {};
};

bool holds(const CheckStep& step, std::string_view text);

// The sum alone, of all characters that have a weight.
int weighted_sum(std::string_view text, std::string_view weights);

// Which characters are a date: "----yymmdd", "ddmmyyyy". Some countries add to
// a day or month ("0 20 40") to tell centuries or kinds of numbers apart.
struct DateMask {
  std::string_view mask;  // empty: there is none
  std::string_view day_offsets = "0";
  std::string_view month_offsets = "0";
};

// A date of the calendar? Of two-digit years every fourth is a leap year.
bool holds(const DateMask& date, std::string_view text);

// ISO/IEC 7812-1 annex B. `digits` may be of any length.
bool luhn_holds(std::string_view digits);

// J. Verhoeff, Error Detecting Decimal Codes (1969).
bool verhoeff_holds(std::string_view digits);

// ISO 7064, MOD 11,10.
bool mod_11_10_holds(std::string_view digits);

// Of at most nine digits, with a sign in front or not.
int to_number(std::string_view digits);

// The number that `text` is, letters written as 10 to 35, modulo 97 (the
// remainder of ISO 7064 MOD 97-10 is 1).
int mod_97(std::string_view text);

}  // namespace leaksift
