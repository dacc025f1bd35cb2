#include "check/digits.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace leaksift {
namespace {

constexpr size_t kLongestNumber = 100;

// Takes the next word of a list that blanks separate off its front.
std::string_view next_word(std::string_view& list) {
  const size_t end = std::min(list.find(' '), list.size());
  const std::string_view word = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return word;
}

int next_number(std::string_view& list) {
  return to_number(next_word(list));
}

int digit_sum(int number, int base) {
  int sum = 0;
  for (; number > 0; number /= base) sum += number % base;
  return sum;
}

// What `text` comes to, its check character left out.
int remainder_of(const CheckStep& step, std::string_view weights,
                 std::string_view text, size_t at) {
  const auto given = 1 + std::count(weights.begin(), weights.end(), ' ');
  const size_t end = std::max(at, static_cast<size_t>(given));
  int sum = step.offset;
  std::string_view left;
  for (size_t i = 0; i < std::min(end, text.size()); ++i) {
    if (left.empty()) left = weights;
    const int weight = next_number(left);
    if (i == at) continue;
    const int product = weight * step.value(text[i]);
    sum += step.digit_sums ? digit_sum(product, step.modulus) : product;
  }
  return (sum % step.modulus + step.modulus) % step.modulus;
}

// How many days a month may have; year -1: unknown.
int days_of(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30,
                                         31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return 0;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[static_cast<size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

// The digits of `text` where `mask` has `letter`.
int masked(std::string_view text, std::string_view mask, char letter) {
  int number = 0;
  for (size_t i = 0; i < std::min(text.size(), mask.size()); ++i) {
    if (mask[i] == letter) number = 10 * number + base36(text[i]);
  }
  return number;
}

}  // namespace

std::string compact(std::string_view number) {
  std::string text;
  for (const char c : number) {
    if (std::string_view(" \t\r\n-./()").find(c) != std::string_view::npos) {
      continue;
    }
    text += to_upper(c);
    if (text.size() > kLongestNumber) break;
  }
  return text;
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

int base36(char c) {
  if (is_digit(c)) return c - '0';
  return is_upper(c) ? c - 'A' + 10 : 0;
}

bool in_ranges(std::string_view text, std::string_view ranges, size_t at) {
  if (ranges.empty()) return true;
  if (at > text.size()) return false;
  while (!ranges.empty()) {
    const std::string_view range = next_word(ranges);
    const size_t dash = std::min(range.find('-'), range.size());
    const std::string_view first = range.substr(0, dash);
    const std::string_view last =
        dash < range.size() ? range.substr(dash + 1) : first;
    const std::string_view part = text.substr(at, first.size());
    if (part >= first && part <= last) return true;
  }
  return false;
}

bool holds(const CheckStep& step, std::string_view text) {
  const size_t at =
      step.at < 0 ? text.size() - 1 : static_cast<size_t>(step.at);
  if (at >= text.size()) return false;
  const auto check = [&](std::string_view weights, std::string_view checks) {
    return checks[static_cast<size_t>(remainder_of(step, weights, text, at))];
  };
  char expected = check(step.weights, step.checks);
  if (expected == ' ' && !step.second_weights.empty()) {
    expected = check(step.second_weights, step.second_checks);
  }
  return text[at] == expected;
}

int weighted_sum(std::string_view text, std::string_view weights) {
  int sum = 0;
  for (const char c : text) {
    if (weights.empty()) break;
    sum += next_number(weights) * base36(c);
  }
  return sum;
}

bool holds(const DateMask& date, std::string_view text) {
  if (date.mask.empty()) return true;
  // Without a century nothing says that year 00 was no leap year.
  const bool has_century = date.mask.find("yyyy") != std::string_view::npos;
  const int year = masked(text, date.mask, 'y') + (has_century ? 0 : 2000);
  const int month = masked(text, date.mask, 'm');
  const int day = masked(text, date.mask, 'd');
  for (std::string_view months = date.month_offsets; !months.empty();) {
    const int days = days_of(year, month - next_number(months));
    for (std::string_view offsets = date.day_offsets; !offsets.empty();) {
      const int plain_day = day - next_number(offsets);
      if (plain_day >= 1 && plain_day <= days) return true;
    }
  }
  return false;
}

bool luhn_holds(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto c = digits.rbegin(); c != digits.rend(); ++c) {
    sum += digit_sum(base36(*c) * (twice ? 2 : 1), 10);
    twice = !twice;
  }
  return sum % 10 == 0;
}

bool verhoeff_holds(std::string_view digits) {
  // The products of the dihedral group of order ten: rotations 0 to 4,
  // reflections 5 to 9.
  const auto times = [](int a, int b) {
    const int turned = a < 5 ? a + b % 5 : a - b % 5 + 5;
    return turned % 5 + ((a < 5) == (b < 5) ? 0 : 5);
  };
  constexpr std::array<int, 10> kPermutation = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
  int product = 0;
  size_t place = 0;
  for (auto c = digits.rbegin(); c != digits.rend(); ++c, ++place) {
    int digit = base36(*c) % 10;
    for (size_t i = 0; i < place % 8; ++i) {
      digit = kPermutation[static_cast<size_t>(digit)];
    }
    product = times(product, digit);
  }
  return product == 0;
}

bool mod_11_10_holds(std::string_view digits) {
  if (digits.empty()) return false;
  int product = 10;
  for (const char c : digits.substr(0, digits.size() - 1)) {
    const int sum = (product + base36(c)) % 10;
    product = 2 * (sum == 0 ? 10 : sum) % 11;
  }
  return (product + base36(digits.back())) % 10 == 1;
}

int to_number(std::string_view digits) {
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

int mod_97(std::string_view text) {
  int remainder = 0;
  for (const char c : text) {
    const int value = base36(c);
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  return remainder;
}

}  // namespace leaksift
