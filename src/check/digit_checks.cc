#include "check/check.h"
#include "check/number.h"

namespace leaksift {

std::span<const Check> digit_checks() {
  static const std::vector<Check> kAll = [] {
    std::vector<Check> checks;
    for (const auto& family :
         {african_and_asian_numbers(), american_numbers(), coin_addresses(),
          document_numbers(), european_numbers(), financial_numbers()}) {
      checks.insert(checks.end(), family.begin(), family.end());
    }
    return checks;
  }();
  return kAll;
}

}  // namespace leaksift
