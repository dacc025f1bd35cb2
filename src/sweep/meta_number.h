// Numbers that the store keeps by name.
#pragma once

#include <cstdint>
#include <string>

#include "leaksift/result.h"
#include "store/sweep_store.h"

namespace leaksift {

// 0 where there is none.
Result<int64_t> meta_number(SweepStore& store, const std::string& name);
Status set_meta_number(SweepStore& store, const std::string& name,
                       int64_t value);

}  // namespace leaksift
