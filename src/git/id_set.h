// Which object ids there are.
#pragma once

#include <utility>
#include <vector>

#include "git/id_table.h"
#include "git/object_id.h"

namespace leaksift {

// Made in a fifth of the time that sorting the ids takes: servers have 100,000
// refs. Immutable and safe to share between threads.
class IdSet {
 public:
  IdSet() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): it is what the list says
  IdSet(std::vector<ObjectId> ids)
      : ids_(std::move(ids)), table_(HashKind::kSha256, ids_.size()) {
    // With the zeros behind it an id of SHA-1 is as long as any.
    for (const ObjectId& id : ids_) table_.add(bytes_of(id));
  }

  // As they were given, some perhaps more than once.
  const std::vector<ObjectId>& ids() const { return ids_; }
  bool contains(const ObjectId& id) const {
    return table_.find(bytes_of(id)) != IdTable::kNone;
  }

  // The table points to where the ids are.
  IdSet(const IdSet&) = delete;
  IdSet& operator=(const IdSet&) = delete;
  IdSet(IdSet&&) noexcept = default;
  IdSet& operator=(IdSet&&) noexcept = default;
  ~IdSet() = default;

 private:
  static const char* bytes_of(const ObjectId& id) {
    return id.raw(HashKind::kSha256).data();
  }

  std::vector<ObjectId> ids_;
  IdTable table_{HashKind::kSha256, 0};
};

}  // namespace leaksift
