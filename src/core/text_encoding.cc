#include "core/text_encoding.h"

#include <array>
#include <cstddef>

namespace leaksift {

std::string_view to_string(TextEncoding encoding) {
  constexpr std::array<std::string_view, 5> kWords = {
      "bytes", "utf-16le", "utf-16be", "utf-32le", "utf-32be"};
  return kWords[static_cast<size_t>(encoding)];
}

}  // namespace leaksift
