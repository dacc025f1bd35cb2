#include <algorithm>
#include <array>
#include <cstdint>

#include "check/check.h"

namespace leaksift {
namespace {

CheckResult jwt(std::string_view secret) {
  return {std::count(secret.begin(), secret.end(), '.') == 2 ? Proof::kUnknown
                                                             : Proof::kFails,
          {}};
}

constexpr std::array kChecks = {Check{"jwt", jwt}};

}  // namespace

std::span<const Check> token_checks() {
  return kChecks;
}

}  // namespace leaksift
