// How many pushes are scanned at a time, on the whole host.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/file.h"
#include "leaksift/result.h"

namespace leaksift {

// One of `count` slots: the lock on one of so many files in `folder`, which is
// free again when the handle goes or the process dies, and its children, too.
// Waits for it until then; nothing: there is none. First come is not first
// served.
Result<std::optional<FileHandle>> take_slot(
    const std::string& folder, uint32_t count,
    std::chrono::steady_clock::time_point until);

}  // namespace leaksift
