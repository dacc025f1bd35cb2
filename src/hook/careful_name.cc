#include "hook/careful_name.h"

#include <algorithm>
#include <cstddef>

#include "core/ascii.h"

namespace leaksift {
namespace {

constexpr std::string_view kBetween = " /._-";
constexpr size_t kMaxWord = 16;
constexpr size_t kMaxNumber = 8;  // digits: a date
constexpr size_t kMaxMixed = 3;
constexpr ptrdiff_t kMaxDigits = 12;  // of all: cards have 13

bool is_letter(char c) {
  return is_alphanumeric(c) && !is_digit(c);
}

bool is_harmless(std::string_view run, bool may_have_digits) {
  const bool letters = std::all_of(run.begin(), run.end(), is_letter);
  if (letters) return run.size() <= kMaxWord;
  if (!may_have_digits) return false;
  const bool digits = std::all_of(run.begin(), run.end(), is_digit);
  const bool plain = std::all_of(run.begin(), run.end(), is_alphanumeric);
  return plain && run.size() <= (digits ? kMaxNumber : kMaxMixed);
}

}  // namespace

std::string careful_name(std::string_view text) {
  const bool may_have_digits =
      std::count_if(text.begin(), text.end(), is_digit) <= kMaxDigits;
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    const std::string_view run = text.substr(at, end - at);
    out += is_harmless(run, may_have_digits) ? run : "***";
    if (end < text.size()) out += text[end];
    at = end + 1;
  }
  return out;
}

}  // namespace leaksift
