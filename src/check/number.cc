#include "check/number.h"

#include <algorithm>

namespace leaksift {
namespace {

bool fits(char form, char c) {
  switch (form) {
    case '#':
      return is_digit(c);
    case '@':
      return is_upper(c);
    case '*':
      return is_digit(c) || is_upper(c);
    case '?':
      return true;
    default:
      return form == c;
  }
}

bool fits(std::string_view form, std::string_view text) {
  return std::equal(form.begin(), form.end(), text.begin(), text.end(),
                    [](char f, char c) { return fits(f, c); });
}

Proof prove_row(const Number& row, std::string_view text) {
  if (!row.form.empty() && !fits(row.form, text)) return Proof::kFails;
  if (!in_ranges(text, row.ranges, row.ranges_at)) return Proof::kFails;
  if (text.find_first_of(row.excluded) != text.npos) return Proof::kFails;
  if (!holds(row.date, text)) return Proof::kFails;
  Proof proof = Proof::kUnknown;
  for (const CheckStep& step : row.steps) {
    if (step.modulus == 0) continue;
    if (!holds(step, text)) return Proof::kFails;
    proof = Proof::kHolds;
  }
  return row.also != nullptr ? row.also(text) : proof;
}

bool is_one_character(std::string_view text) {
  return text.find_first_not_of(text.front()) == std::string_view::npos;
}

}  // namespace

Proof prove(std::span<const Number> rows, std::string_view secret) {
  const std::string text = compact(secret);
  if (text.empty() || is_one_character(text)) return Proof::kFails;
  Proof best = Proof::kFails;
  for (const Number& row : rows) {
    if (row.name != rows.front().name) break;
    const Proof proof = prove_row(row, text);
    if (proof == Proof::kHolds) return proof;
    if (proof == Proof::kUnknown) best = proof;
  }
  return best;
}

}  // namespace leaksift
