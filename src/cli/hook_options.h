// What was typed behind `leaksift hook`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/subcommand.h"

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

using HookCommand = std::variant<HookPreReceiveCommand, HookDrainCommand,
                                 HookCheckPolicyCommand, HookApproveCommand,
                                 HookAuditVerifyCommand>;

// The subcommands of `leaksift hook`.
class HookOptions {
 public:
  void add_to(CLI::App& app);

  // The one that was typed; nothing if it was none of these.
  std::optional<HookCommand> chosen() const;

 private:
  void add_pre_receive(CLI::App& hook);
  void add_drain(CLI::App& hook);
  void add_check_policy(CLI::App& hook);
  void add_approve(CLI::App& hook);
  void add_audit_verify(CLI::App& hook);

  Subcommand<HookPreReceiveCommand> pre_receive_;
  Subcommand<HookDrainCommand> drain_;
  Subcommand<HookCheckPolicyCommand> check_policy_;
  Subcommand<HookApproveCommand> approve_;
  Subcommand<HookAuditVerifyCommand> audit_verify_;
};

}  // namespace leaksift
