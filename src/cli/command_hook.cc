#include <chrono>
#include <iostream>

#include "cli/commands.h"
#include "core/text.h"
#include "git/repository.h"
#include "hook/approvals.h"
#include "hook/audit_log.h"
#include "hook/policy.h"
#include "hook/pre_receive.h"

namespace leaksift {
namespace {

int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Where the pre-receive hook of this policy and repository looks for them.
Result<std::string> approvals_path(const HookApproveCommand& options) {
  const Result<PolicyFile> file =
      policy_of(options.policy, process_environment());
  if (!file) return file.error();
  const Policy& policy = file->policy_for(options.repository_name);
  if (!policy.approvals_file.empty() || !policy.state.empty()) {
    return places_of(policy, {}).approvals;
  }
  const Result<Repository> repository = open_repository(options.repository);
  if (!repository) return repository.error();
  return places_of(policy, repository->common_dir).approvals;
}

}  // namespace

Result<ExitCode> run(const HookApproveCommand& options) {
  const Result<std::string> path = approvals_path(options);
  if (!path) return path.error();
  Approval approval;
  approval.id = options.id;
  approval.repository = options.repository_name;
  approval.by = options.by;
  approval.reason = options.reason;
  approval.at = seconds_now();
  approval.expires = approval.at + options.seconds;
  if (Status added = add_approval(*path, approval); !added) {
    return std::move(added).error();
  }
  std::cout << "approved " << approval.id << " in "
            << printable(approval.repository) << " until "
            << to_iso8601({approval.expires, 0}) << ", in " << printable(*path)
            << "\n";
  return ExitCode::kClean;
}

Result<ExitCode> run(const HookAuditVerifyCommand& options) {
  const Result<AuditCheck> check = verify_audit_log(options.files);
  if (!check) return check.error();
  std::cout << check->lines << (check->lines == 1 ? " line" : " lines");
  if (check->lines > 0) {
    std::cout << ", number " << check->first << " to " << check->last;
  }
  if (check->interrupted > 0) {
    std::cout << ", " << check->interrupted << " of a writer that was killed";
  }
  std::cout << "\n";
  if (!check->problem.empty()) {
    std::cout << printable(check->problem) << "\n";
    return ExitCode::kFindings;
  }
  if (!check->has_head) {
    std::cout << "nothing vouches for the last line: "
              << printable(options.files.back()) << ".head is not there\n";
  }
  return ExitCode::kClean;
}

Result<ExitCode> run(const HookCommand& command) {
  return std::visit([](const auto& options) { return run(options); }, command);
}

}  // namespace leaksift
