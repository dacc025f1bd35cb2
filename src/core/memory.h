// How much may be held at once.
#pragma once

#include <cstdint>

namespace leaksift {

// Bytes of what is scanned, by all threads together, unless --memory says
// otherwise.
inline constexpr uint64_t kDefaultMemory = uint64_t{1} << 30;

}  // namespace leaksift
