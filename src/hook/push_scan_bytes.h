// A PushScan on its way from one process to another.
#pragma once

#include <string>
#include <string_view>

#include "hook/push_scan.h"
#include "leaksift/result.h"

namespace leaksift {

// The scan, or why there is none. For the same program only: there is no
// version in it.
std::string to_bytes(const Result<PushScan>& scan);

// What to_bytes() was given. Other bytes are an error.
Result<PushScan> push_scan_from(std::string_view bytes);

}  // namespace leaksift
