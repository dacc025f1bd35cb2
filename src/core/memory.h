// How much may be held at once.
#pragma once

#include <malloc.h>

#include <cstdint>

namespace leaksift {

// Bytes of what is scanned, by all threads together, unless --memory says
// otherwise.
inline constexpr uint64_t kDefaultMemory = uint64_t{1} << 30;

// Gives what was freed in small pieces back to the system: malloc keeps it for
// more of them.
inline void give_back_freed() {
  malloc_trim(0);
}

}  // namespace leaksift
