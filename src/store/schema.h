// The tables of a store of sweeps.
#pragma once

#include "store/database.h"

namespace leaksift {

// Makes them, or changes those of an older version. A newer version is an
// error.
Status bring_up_to_date(Database& database);

// The number of this program's tables, and of those that are there; 0: none.
int64_t schema_version();
Result<int64_t> schema_version_of(Database& database);

}  // namespace leaksift
