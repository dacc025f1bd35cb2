// The pre-receive hook of a server.
#pragma once

#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <string>

#include "hook/identity.h"
#include "hook/policy.h"
#include "leaksift/result.h"
#include "match/engine.h"

namespace leaksift {

struct PreReceiveSetup {
  Environment environment;
  // A file; empty: what LEAKSIFT_POLICY names, else kDefaultPolicy if there is
  // one, else the built-in policy.
  std::string policy;
  std::function<Result<std::unique_ptr<Engine>>(const Policy&)> make_engine;
};

inline constexpr const char* kDefaultPolicy = "/etc/leaksift/push-policy.toml";

// What the setup says is the policy. Fails if it names a file that cannot be
// read or is not sound.
Result<PolicyFile> policy_of(const std::string& path,
                             const Environment& environment);

// The name of the repository for the policy: the forge's, else its path without
// the first slash and the last ".git".
std::string name_of(const std::string& git_dir, const PolicyFile& policy,
                    const Environment& environment);

// Reads "old new ref" lines, as git writes them, from `input`, tells the pusher
// on `out` what there is to say, and returns the exit code: 0 the push may come
// in, 1 it may not. What cannot be decided for lack of a sound policy, or what
// cannot be kept (in the spool, in the log) as the policy demands, may not.
// REQUIRES: the process has no other thread
int run_pre_receive(const PreReceiveSetup& setup, std::istream& input,
                    std::ostream& out);

}  // namespace leaksift
