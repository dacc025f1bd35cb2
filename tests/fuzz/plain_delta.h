// A delta applied byte by byte, after gitformat-pack.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace leaksift {

// What `operations` (a delta without its two sizes) make out of `base`; nothing
// where they are damaged, or that is more than `max_size` bytes.
std::optional<std::string> apply_plainly(std::string_view base,
                                         std::string_view operations,
                                         uint64_t max_size);

}  // namespace leaksift
