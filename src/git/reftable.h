// Refs in reftables (git's Documentation/technical/reftable).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "git/object_id.h"
#include "leaksift/result.h"

namespace leaksift {

// What one ref says: an id, or the name of another ref; neither if a newer
// table deletes it.
struct RefValue {
  std::optional<ObjectId> id;
  std::string target;  // of a symbolic ref
};

using RefMap = std::map<std::string, RefValue, std::less<>>;

// Lays the refs of one table over `refs`. Fails on damage; what was read until
// then stays.
Status read_reftable(std::string_view table, HashKind hash, RefMap& refs);

// The refs of a stack of tables: `folder` holds tables.list, oldest first.
Status read_reftable_stack(const std::string& folder, HashKind hash,
                           RefMap& refs);

}  // namespace leaksift
