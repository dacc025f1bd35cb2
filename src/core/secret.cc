#include "leaksift/secret.h"

#include <algorithm>

namespace leaksift {

std::string Secret::masked() const {
  constexpr size_t kShown = 4;
  constexpr size_t kLongEnough = 20;  // a shorter one is half given away
  auto is_plain = [](char c) { return c > ' ' && c < '\x7f'; };
  const bool show =
      bytes_.size() >= kLongEnough &&
      std::all_of(bytes_.begin(), bytes_.begin() + kShown, is_plain);
  return (show ? bytes_.substr(0, kShown) : std::string()) + "****";
}

}  // namespace leaksift
