#include <array>

#include "check/check.h"

namespace leaksift {
namespace {

CheckResult luhn(std::string_view secret) {
  unsigned sum = 0;
  bool twice = false;
  for (auto c = secret.rbegin(); c != secret.rend(); ++c) {
    if (*c < '0' || *c > '9') continue;  // cards are written in groups
    unsigned digit = static_cast<unsigned>(*c - '0');
    if (twice) digit = digit < 5 ? 2 * digit : 2 * digit - 9;
    sum += digit;
    twice = !twice;
  }
  return {sum % 10 == 0 ? Proof::kHolds : Proof::kFails, {}};
}

constexpr std::array kChecks = {Check{"luhn", luhn}};

}  // namespace

std::span<const Check> digit_checks() {
  return kChecks;
}

}  // namespace leaksift
