// What a pusher asks for with `git push -o`.
//
//     -o leaksift.allow=ID[,ID...][:REASON]   these findings may come in
//     -o leaksift.skip[=REASON]               the whole push may
//
// Options that do not begin with "leaksift." are for others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hook/approvals.h"
#include "hook/identity.h"
#include "hook/policy.h"
#include "leaksift/result.h"

namespace leaksift {

struct PushOptions {
  struct Allow {
    std::string id;
    std::string reason;
  };

  std::vector<Allow> allow;         // each id once, at most kMaxIds
  std::optional<std::string> skip;  // the reason, which may be empty

  static constexpr size_t kMaxOptions = 1000;
  static constexpr size_t kMaxIds = 1000;
  static constexpr size_t kMaxReason = 1000;  // bytes
};

// From GIT_PUSH_OPTION_COUNT and GIT_PUSH_OPTION_0...; none of them where the
// client sent none. A slip in one of ours is an error that says what is meant.
Result<PushOptions> read_push_options(const Environment& environment);

// Who lets what in, and on whose word.
struct Bypass {
  enum class Kind { kAllow, kSkip, kApproval };
  Kind kind = Kind::kAllow;
  std::string id;  // of a finding; empty for kSkip
  std::string by;
  std::string reason;
  std::string refusal;  // why not, for the pusher; empty: granted
};
std::string_view to_string(Bypass::Kind kind);  // "approval"

struct Bypasses {
  std::vector<Bypass> granted;  // approvals first, then in the pusher's order
  std::vector<Bypass> refused;

  // The one that lets the finding of this id in; null if none does.
  const Bypass* of_finding(std::string_view id) const;
  // The one that lets the whole push in.
  const Bypass* of_push() const;
};

// `user` pushes to `repository` at `now` (seconds since 1970).
Bypasses decide_bypasses(const PushOptions& options, const Policy& policy,
                         const std::string& user,
                         const std::vector<Approval>& approvals,
                         const std::string& repository, int64_t now);

}  // namespace leaksift
