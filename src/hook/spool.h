// Pushes that were accepted before they were scanned, until somebody has done
// it (`leaksift hook drain`).
//
// A folder with one file for each: written aside, then renamed, so that an
// entry is there as a whole or not at all, and on the disk before the push is
// accepted. Who works on an entry holds a lock on its file: if he dies, it is
// free again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "git/object_id.h"
#include "leaksift/result.h"

namespace leaksift {

// Why a push was deferred.
enum class DeferReason { kTimeout, kError, kPartial };
std::string_view to_string(DeferReason reason);  // "timeout"

struct RefUpdate {
  ObjectId old_id;  // null: the ref is new
  ObjectId new_id;  // null: it is deleted
  std::string ref;
};

struct DeferredPush {
  static constexpr size_t kMaxExcluded = 100'000;

  std::string git_dir;
  std::string repository;  // its name
  HashKind hash = HashKind::kSha1;
  int64_t time = 0;  // seconds since 1970
  std::string user;
  std::vector<RefUpdate> updates;
  // What the refs pointed at when the push came: not to be scanned with it. Of
  // more than kMaxExcluded the rest is left out, and scanned once more.
  std::vector<ObjectId> excluded;
  DeferReason reason = DeferReason::kTimeout;
  std::string record;  // the `id` of the audit log's line

  // Kept by the spool.
  uint32_t attempts = 0;  // how often somebody began to scan it
  std::string last_error;
};

class Spool {
 public:
  // An entry that was begun so often is kept, but not handed out any more.
  static constexpr uint32_t kMaxAttempts = 5;

  struct Entry {
    std::string id;
    DeferredPush push;
    bool poison() const { return push.attempts >= kMaxAttempts; }
  };
  struct Listing {
    std::vector<Entry> entries;         // oldest first
    std::vector<std::string> problems;  // files that are no entries, and why
  };

  // One process's hold on an entry, for as long as it lives.
  class Claim {
   public:
    const Entry& entry() const { return entry_; }

   private:
    friend class Spool;
    Claim(Entry entry, FileHandle file)
        : entry_(std::move(entry)), file_(std::move(file)) {}

    Entry entry_;
    FileHandle file_;
  };

  // The folder is made by the first put().
  explicit Spool(std::string folder) : folder_(std::move(folder)) {}

  // Returns the new entry's id.
  Result<std::string> put(const DeferredPush& push) const;

  // None where there is no folder.
  Result<Listing> list() const;

  // Takes an entry and counts the attempt. Nothing if somebody else has it, if
  // it is done or if it is poison.
  Result<std::optional<Claim>> claim(const std::string& id) const;

  // It was scanned: takes it away.
  Status done(Claim claim) const;
  // It could not be: keeps why, and lets go of it.
  Status failed(Claim claim, const std::string& error) const;

 private:
  std::string folder_;
};

}  // namespace leaksift
