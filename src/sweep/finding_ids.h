// The ids that a store of sweeps knows findings by.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/digest.h"

namespace leaksift {

// Keyed, so that who has the store but not the key cannot try guesses against
// it. Immutable and safe to share between threads.
class FindingIds {
 public:
  explicit FindingIds(std::string key) : key_(std::move(key)) {}

  // 16 bytes: the same for a rule's secret wherever it stands.
  std::string id_of(std::string_view fingerprint) const {
    return hmac_sha256(key_, fingerprint).substr(0, 16);
  }

  // Tells whether a store was written with this key, and nothing else about it.
  std::string check_value() const {
    return to_hex(hmac_sha256(key_, "leaksift sweep key check")).substr(0, 16);
  }

 private:
  std::string key_;
};

}  // namespace leaksift
