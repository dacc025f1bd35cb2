// The subcommands. Each does its work, prints, and says how it went; an Error
// means that it could not run.
#pragma once

#include "cli/exit_code.h"
#include "cli/options.h"
#include "leaksift/result.h"

namespace leaksift {

Result<ExitCode> run(const ScanCommand& options);
Result<ExitCode> run(const HistoryCommand& options);
Result<ExitCode> run(const RulesListCommand& options);
Result<ExitCode> run(const RulesCheckCommand& options);
Result<ExitCode> run(const RulesTestCommand& options);
Result<ExitCode> run(const RulesBenchCommand& options);
Result<ExitCode> run(const RulesExplainCommand& options);
Result<ExitCode> run(const RulesImportCommand& options);
Result<ExitCode> run(const GitVerifyCommand& options);
Result<ExitCode> run(const HookPreReceiveCommand& options);
Result<ExitCode> run(const HookDrainCommand& options);
Result<ExitCode> run(const HookCheckPolicyCommand& options);
Result<ExitCode> run(const HookApproveCommand& options);
Result<ExitCode> run(const HookAuditVerifyCommand& options);
Result<ExitCode> run(const HookPreCommitCommand& options);
Result<ExitCode> run(const HookPrePushCommand& options);
Result<ExitCode> run(const HookInstallCommand& options);
Result<ExitCode> run(const HookUninstallCommand& options);
Result<ExitCode> run(const HookCommand& command);
Result<ExitCode> run(const SweepRunCommand& options);
Result<ExitCode> run(const SweepPlanCommand& options);
Result<ExitCode> run(const SweepResumeCommand& options);
Result<ExitCode> run(const SweepUnitCommand& options);
Result<ExitCode> run(const SweepFinishCommand& options);
Result<ExitCode> run(const SweepStatusCommand& options);
Result<ExitCode> run(const SweepFindingsCommand& options);
Result<ExitCode> run(const SweepTrendsCommand& options);
Result<ExitCode> run(const SweepDecideCommand& options);
Result<ExitCode> run(const SweepGcCommand& options);
Result<ExitCode> run(const SweepCommand& command);

// The whole program: parses, runs, prints an error. Returns the exit code.
int run_leaksift(int argc, char** argv);

}  // namespace leaksift
