#include "check/check.h"

#include <algorithm>

namespace leaksift {

std::string_view to_string(Proof proof) {
  switch (proof) {
    case Proof::kUnknown:
      return "unknown";
    case Proof::kHolds:
      return "holds";
    case Proof::kFails:
      return "fails";
  }
  return "";
}

const std::vector<Check>& all_checks() {
  static const std::vector<Check> kAll = [] {
    std::vector<Check> checks;
    for (const auto& family :
         {digit_checks(), token_checks(), azure_checks(), structure_checks(),
          key_checks(), wallet_checks()}) {
      checks.insert(checks.end(), family.begin(), family.end());
    }
    std::sort(checks.begin(), checks.end(),
              [](const Check& a, const Check& b) { return a.name < b.name; });
    return checks;
  }();
  return kAll;
}

const Check* find_check(std::string_view name) {
  const std::vector<Check>& all = all_checks();
  const auto found = std::lower_bound(
      all.begin(), all.end(), name,
      [](const Check& c, std::string_view n) { return c.name < n; });
  return found != all.end() && found->name == name ? &*found : nullptr;
}

}  // namespace leaksift
