// Refs and reflogs in reftables (git's Documentation/technical/reftable).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// What a stack of tables remembers of one ref, as lines of a reflog file.
struct TableLog {
  std::map<uint64_t, std::string>
      lines;  // by the update's number: oldest first
  // What newer tables delete or replace, and older ones still hold.
  std::vector<std::string> replaced;
};

using LogMap = std::map<std::string, TableLog, std::less<>>;

// The logs of a stack of tables. Fails on damage, and where they take more than
// 256 MB; what was read until then stays.
Status read_reftable_logs(const std::string& folder, HashKind hash,
                          LogMap& logs);

}  // namespace leaksift
