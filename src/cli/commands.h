// The subcommands. Each does its work, prints, and says how it went; an Error
// means that it could not run.
#pragma once

#include "cli/exit_code.h"
#include "cli/options.h"
#include "leaksift/result.h"

namespace leaksift {

Result<ExitCode> run(const RulesListOptions& options);
Result<ExitCode> run(const RulesCheckOptions& options);
Result<ExitCode> run(const RulesTestOptions& options);
Result<ExitCode> run(const RulesExplainOptions& options);
Result<ExitCode> run(const GitVerifyOptions& options);

// The whole program: parses, runs, prints an error. Returns the exit code.
int run_leaksift(int argc, char** argv);

}  // namespace leaksift
