// Numbers of persons, companies, accounts and things as tables: each row says
// how a number is written and which check digits it has.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "check/check.h"
#include "check/digits.h"

namespace leaksift {

// Rows of one name stand together; a number that fits several of them counts
// with the best it proves.
struct Number {
  std::string_view name;  // of its check
  // '#' a digit, '@' a letter, '*' either, '?' anything; every other character
  // is itself. Empty: `also` says what it may be.
  std::string_view form;
  std::string_view ranges = {};    // what it may begin with (see in_ranges) ...
  size_t ranges_at = 0;            // ... from this place on
  std::string_view excluded = {};  // characters that it never has
  DateMask date = {};
  std::array<CheckStep, 2> steps = {};
  // What no table says; only asked if all of the above is right.
  Proof (*also)(std::string_view text) = nullptr;
};

// What the rows of the first one's name prove: kUnknown if the number is well
// formed and has no check digit. One digit over and over is nobody's number.
Proof prove(std::span<const Number> rows, std::string_view secret);

// For Number::also.
inline Proof proof_of(bool right) {
  return right ? Proof::kHolds : Proof::kFails;
}

template <const auto& kRows, size_t kRow>
CheckResult look_at_number(std::string_view secret) {
  return {prove(std::span(kRows).subspan(kRow), secret), {}};
}

// One check for each name of a table.
template <const auto& kRows>
std::vector<Check> number_checks() {
  std::vector<Check> checks;
  const auto add = [&](const Check& check) {
    if (checks.empty() || checks.back().name != check.name) {
      checks.push_back(check);
    }
  };
  [&]<size_t... kRow>(std::index_sequence<kRow...>) {
    (add({kRows[kRow].name, look_at_number<kRows, kRow>}), ...);
  }
  (std::make_index_sequence<kRows.size()>());
  return checks;
}

// The families; only digit_checks.cc asks.
std::vector<Check> african_and_asian_numbers();
std::vector<Check> american_numbers();
std::vector<Check> coin_addresses();
std::vector<Check> document_numbers();
std::vector<Check> european_numbers();
std::vector<Check> financial_numbers();

}  // namespace leaksift
