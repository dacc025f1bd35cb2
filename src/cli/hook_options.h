// What was typed behind `leaksift hook`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/shared_options.h"
#include "cli/subcommand.h"
#include "core/memory.h"
#include "hook/hook_folder.h"

namespace leaksift {

struct HookCheckPolicyCommand {
  std::string file;
  std::string repository;  // what holds for this one; empty: for any other
};

struct HookApproveCommand {
  std::string repository_name;
  std::string id;
  std::string by;
  std::string reason;
  int64_t seconds = int64_t{30} * 24 * 3600;  // until it expires
  std::string policy;                         // as for pre-receive
  std::string repository = ".";
};

struct HookAuditVerifyCommand {
  std::vector<std::string> files;  // rotated ones, in order
};

struct HookPreReceiveCommand {
  std::string policy;  // a file; empty: see hook/pre_receive.h
};

struct HookDrainCommand {
  std::string policy;  // as for pre-receive
  std::vector<std::string> repositories;
};

struct HookPreCommitCommand {
  unsigned jobs = 1;
  uint64_t memory = kDefaultMemory;  // bytes
  RuleOptions rules;
  ReportOptions report;
};

struct HookPrePushCommand {
  std::string remote;  // as git names it; a URL where it has no name
  std::string url;
  unsigned jobs = 1;
  uint64_t memory = kDefaultMemory;  // bytes
  RuleOptions rules;
  ReportOptions report;
};

// Where hooks are to be, and which.
struct HookTarget {
  HookScope scope() const;

  std::vector<std::string> hooks;  // none: what is usual
  bool global = false;
  std::string server;     // a folder; empty: none
  std::string template_;  // the same
};

struct HookInstallCommand {
  HookTarget target;
  std::vector<std::string> options;  // of the hook
};

struct HookUninstallCommand {
  HookTarget target;
};

using HookCommand =
    std::variant<HookPreReceiveCommand, HookDrainCommand,
                 HookCheckPolicyCommand, HookApproveCommand,
                 HookAuditVerifyCommand, HookPreCommitCommand,
                 HookPrePushCommand, HookInstallCommand, HookUninstallCommand>;

// The subcommands of `leaksift hook`.
class HookOptions {
 public:
  void add_to(CLI::App& hook);

  // The one that was typed; nothing if it was none of these.
  std::optional<HookCommand> chosen() const;

 private:
  void add_pre_receive(CLI::App& hook);
  void add_drain(CLI::App& hook);
  void add_check_policy(CLI::App& hook);
  void add_approve(CLI::App& hook);
  void add_audit_verify(CLI::App& hook);
  void add_pre_commit(CLI::App& hook);
  void add_pre_push(CLI::App& hook);
  void add_install(CLI::App& hook);

  Subcommand<HookPreReceiveCommand> pre_receive_;
  Subcommand<HookDrainCommand> drain_;
  Subcommand<HookCheckPolicyCommand> check_policy_;
  Subcommand<HookApproveCommand> approve_;
  Subcommand<HookAuditVerifyCommand> audit_verify_;
  Subcommand<HookPreCommitCommand> pre_commit_;
  Subcommand<HookPrePushCommand> pre_push_;
  Subcommand<HookInstallCommand> install_;
  Subcommand<HookUninstallCommand> uninstall_;
};

}  // namespace leaksift
