// A deferred push as the text of its file in the spool.
#pragma once

#include <string>
#include <string_view>

#include "hook/spool.h"
#include "leaksift/result.h"

namespace leaksift {

std::string write_entry(const DeferredPush& push);
Result<DeferredPush> parse_entry(std::string_view text);

}  // namespace leaksift
