#include "cli/commands.h"

namespace leaksift {
namespace {

Result<ExitCode> run(const HookCheckPolicyCommand&) {
  return Error("check-policy is not there yet");
}
Result<ExitCode> run(const HookApproveCommand&) {
  return Error("approve is not there yet");
}
Result<ExitCode> run(const HookAuditVerifyCommand&) {
  return Error("audit-verify is not there yet");
}

}  // namespace

Result<ExitCode> run(const HookCommand& command) {
  return std::visit([](const auto& options) { return run(options); }, command);
}

}  // namespace leaksift
