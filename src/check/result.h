// What checks give back.
#pragma once

#include "check/check.h"

namespace leaksift {

inline CheckResult unknown() {
  return {};
}
inline CheckResult holds_if(bool holds) {
  return {holds ? Proof::kHolds : Proof::kFails, {}};
}
inline CheckResult fails() {
  return holds_if(false);
}

}  // namespace leaksift
