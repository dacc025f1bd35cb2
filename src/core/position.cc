#include "core/position.h"

#include <algorithm>
#include <cstring>

namespace leaksift {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

void PositionCounter::advance(std::string_view bytes) {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (at < end) {
    const auto* line_end = static_cast<const char*>(
        std::memchr(at, '\n', static_cast<size_t>(end - at)));
    if (line_end == nullptr) break;
    ++here_.line;
    here_.column = 1;
    at = line_end + 1;
  }
  here_.column += static_cast<uint32_t>(
      std::count_if(at, end, [](char c) { return !is_continuation(c); }));
}

}  // namespace leaksift
