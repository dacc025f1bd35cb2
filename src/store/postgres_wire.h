// Values as PostgreSQL takes and gives them in binary: big-endian numbers, text
// and bytea as their bytes (https://www.postgresql.org/docs/15/protocol.html,
// "Formats and Format Codes"; arrays: src/backend/utils/adt/arrayfuncs.c).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

namespace leaksift {

// A parameter: its type (an id of pg_type) and its bytes.
struct WireParameter {
  uint32_t type = 0;
  std::string bytes;
};
WireParameter to_wire(const Value& value);

// `count` rows as one array for each column. `fill`: see Database::insert().
std::vector<WireParameter> to_arrays(
    size_t first, size_t count,
    const std::function<void(size_t, Values&)>& fill);

// A number of 1, 2, 4 or 8 bytes, signed; 0 for any other count.
int64_t integer_from_wire(std::string_view bytes);
double real_from_wire(std::string_view bytes);

// The types that SQLite's words for tables stand for.
std::string to_postgres_schema(std::string_view sql);

}  // namespace leaksift
