// What the audit log says about a push.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "git/object_id.h"
#include "hook/push_options.h"
#include "hook/spool.h"
#include "hook/verdict.h"
#include "leaksift/result.h"

namespace leaksift {

struct AuditedPush {
  std::string type;  // "push", or "push_async" for one that was deferred
  std::string id;
  int64_t seconds = 0;  // since 1970
  std::string repository;
  std::string git_dir;
  std::string user;  // empty: unknown
  HashKind hash = HashKind::kSha1;
  const std::vector<RefUpdate>& updates;
  const PushScan& scan;
  const PushVerdict& verdict;
  const Bypasses& bypasses;
  std::string policy;       // the file's hash; empty: built in
  std::string policy_path;  // empty: built in
  PushMode mode = PushMode::kIntroduced;
  // The spool's entry: that was made for it, or that it came from; empty: none.
  std::string deferred;
  uint64_t milliseconds = 0;
  int exit = 0;
};

// A new id, for AuditedPush::id. Later ones sort behind.
Result<std::string> new_record_id();

// Without a secret in it, masked or not: findings have the ids of
// hook/finding_key.h. Names that are not UTF-8 have their odd bytes replaced.
nlohmann::json audit_record(const AuditedPush& push);

}  // namespace leaksift
