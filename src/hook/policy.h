// The policy of pushes: a TOML file on the server, outside of any repository.
//
//     version = 1                       # all keys but this one may be left out
//     mode = "introduced"               # or "touched"
//     deadline_ms = 3500
//     on_timeout = "defer"              # block, defer, allow; and so:
//     on_error = "defer"
//     on_partial = "defer"
//     jobs = 2
//     memory_mib = 256
//     slots = 0                         # pushes scanned at a time; 0: any
//                                       # number. Counted by lock files in
//                                       # `state`, so for the whole host where
//                                       # that is one folder for all. Waiting
//                                       # is part of deadline_ms.
//     max_file_mib = 32                 # larger ones are named; default: none
//     packs = ["pii"]                   # as --pack
//     rules = ["rules/"]                # as --rules
//     config = "ours.toml"              # as --config
//     repository_config = ["inline-comments", "ignore-file"]  # default: none
//     state = "/var/lib/leaksift"       # default: <git dir>/leaksift
//
//     [message]
//     max_findings = 20
//     help_url = "https://wiki.example/secrets"
//     contact = "security@example.com"
//
//     [[rule_action]]                   # the first that fits; none: off
//     rules = ["aws-*", "private-key"]  # default: all
//     classes = ["secret"]              # default: all
//     min_severity = "high"
//     min_confidence = "high"
//     action = "block"                  # block, warn, off
//
//     [[bypass]]                        # the first that fits
//     who = ["alice", "group:release-eng", "*"]
//     kinds = ["allow", "skip"]
//     reason_required = true
//     max_per_push = 5                  # findings; default: any number
//
//     [groups]
//     release-eng = ["bob", "carol"]
//
//     [identity]                        # hook/identity.h
//     user_env = ["GL_USERNAME"]
//     repository_env = ["GL_PROJECT_PATH"]
//
//     [audit]
//     file = "/var/log/leaksift/push.jsonl"   # default: <state>/audit.jsonl
//     max_mib = 64                      # then it is rotated; 0: never
//
//     [spool]
//     dir = "/var/spool/leaksift"       # default: <state>/spool
//
//     [approvals]
//     file = "/etc/leaksift/approvals.jsonl"  # default:
//     <state>/approvals.jsonl
//
//     [[repo]]                          # the first that fits
//     match = "payments/*"              # * within one name, ** over several
//     action_max = "warn"               # no action beyond this one
//     on_error = "block"                # and any key above, but groups and
//                                       # identity: a list replaces the list
//
// Relative paths begin at the policy's folder.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hook/identity.h"
#include "leaksift/finding.h"
#include "leaksift/result.h"

namespace leaksift {

// What becomes of a push with a finding; later ones are stricter.
enum class Action { kOff, kWarn, kBlock };
// What becomes of a push that was not judged, or not as a whole. Defer: it is
// accepted and goes into the spool.
enum class Fallback { kAllow, kDefer, kBlock };
// Which findings are judged: those that no parent version of the file had, or
// all in files that the push changed.
enum class PushMode { kIntroduced, kTouched };
enum class BypassKind { kAllow, kSkip };

std::string_view to_string(Action value);      // "block"
std::string_view to_string(Fallback value);    // "defer"
std::string_view to_string(PushMode value);    // "introduced"
std::string_view to_string(BypassKind value);  // "allow"

template <>
std::optional<Action> from_string(std::string_view word);
template <>
std::optional<Fallback> from_string(std::string_view word);
template <>
std::optional<PushMode> from_string(std::string_view word);
template <>
std::optional<BypassKind> from_string(std::string_view word);

// What an action depends on.
struct FindingTraits {
  std::string_view rule_id;
  DataClass data_class = DataClass::kSecret;
  Severity severity = Severity::kHigh;
  Confidence confidence = Confidence::kMedium;
};

struct RuleAction {
  std::vector<std::string> rules;  // globs; empty: all
  std::vector<DataClass> classes;  // empty: all
  Severity min_severity = Severity::kInfo;
  Confidence min_confidence = Confidence::kLow;
  Action action = Action::kBlock;
  std::string source;  // file:line; empty: built in

  bool fits(const FindingTraits& traits) const;
};

// In front of the name of a group.
inline constexpr std::string_view kGroupPrefix = "group:";

struct BypassRule {
  std::vector<std::string> who;  // users, "group:NAME", "*"
  std::vector<BypassKind> kinds;
  bool reason_required = false;
  std::optional<uint32_t> max_per_push;  // findings that may be allowed
};

// What of the pushed tree's own configuration counts.
struct RepositoryConfig {
  bool inline_comments = false;
  bool ignore_file = false;
};

// What holds for one repository.
struct Policy {
  PushMode mode = PushMode::kIntroduced;
  uint32_t deadline_ms = 3500;
  Fallback on_timeout = Fallback::kDefer;
  Fallback on_error = Fallback::kDefer;
  Fallback on_partial = Fallback::kDefer;
  uint32_t jobs = 2;
  uint32_t memory_mib = 256;
  uint32_t slots = 0;
  std::optional<uint32_t> max_file_mib;
  std::vector<std::string> packs;
  std::vector<std::string> rules;  // paths
  std::string config;              // a path
  RepositoryConfig repository_config;
  Action action_max = Action::kBlock;

  uint32_t max_findings = 20;  // in the message
  std::string help_url;
  std::string contact;

  std::vector<RuleAction> rule_actions;
  std::vector<BypassRule> bypasses;
  std::map<std::string, std::vector<std::string>> groups;

  // Paths; empty: see places_of().
  std::string state;
  std::string audit_file;
  std::string spool_dir;
  std::string approvals_file;
  uint32_t audit_max_mib = 64;

  Action action_for(const FindingTraits& traits) const;

  // The bypass rule that lets `user` (empty: unknown, whom only "*" means) do
  // this; null if none does.
  const BypassRule* bypass_for(const std::string& user, BypassKind kind) const;
};

// Where the hook keeps things, with the defaults for the repository of
// `git_dir`.
struct HookPlaces {
  std::string state;      // a folder
  std::string audit;      // a file
  std::string spool;      // a folder
  std::string approvals;  // a file
};
HookPlaces places_of(const Policy& policy, const std::string& git_dir);

// A whole policy file. Immutable and safe to share between threads.
struct PolicyFile {
  struct Override {
    std::string match;
    std::string source;  // file:line
    Policy policy;       // whole, with what it takes from the file
  };

  std::string path;  // empty: built in
  // Of the text, lower-case SHA-256, for the audit log; empty: built in.
  std::string hash;
  IdentityVariables identity;
  Policy policy;
  std::vector<Override> overrides;  // [[repo]]

  // What holds for the repository of this name.
  const Policy& policy_for(std::string_view repository) const;
  // The override that does; null if none does.
  const Override* override_for(std::string_view repository) const;
};

// Without a file: secrets of high confidence and more are blocked, of medium
// confidence named; everybody may allow up to five findings with a reason, and
// nobody may skip. A file begins with the same and changes what it names.
PolicyFile built_in_policy();

inline constexpr uint64_t kMaxPolicySize = 1 << 20;  // bytes

// Every error names file, line and, of unknown keys, the nearest known one.
Result<PolicyFile> load_policy(const std::string& path);
Result<PolicyFile> parse_policy(std::string_view text, const std::string& path);

}  // namespace leaksift
