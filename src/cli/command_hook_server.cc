#include <csignal>
#include <iostream>

#include "cli/commands.h"
#include "cli/rule_setup.h"
#include "hook/drain.h"
#include "hook/pre_receive.h"

namespace leaksift {
namespace {

Result<std::unique_ptr<Engine>> engine_of(const Policy& policy) {
  RuleOptions options;
  options.rule_paths = policy.rules;
  options.config = policy.config;
  options.packs = policy.packs;
  return set_up_engine(options);
}

PreReceiveSetup setup_with(const std::string& policy) {
  PreReceiveSetup setup;
  setup.environment = process_environment();
  setup.policy = policy;
  setup.make_engine = engine_of;
  return setup;
}

}  // namespace

Result<ExitCode> run(const HookPreReceiveCommand& command) {
  // A pusher who is gone, a limit on the size of files: errors of writing, not
  // the end.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  const int code =
      run_pre_receive(setup_with(command.policy), std::cin, std::cerr);
  return code == 0 ? ExitCode::kClean : ExitCode::kFindings;
}

Result<ExitCode> run(const HookDrainCommand& command) {
  std::vector<std::string> repositories = command.repositories;
  if (repositories.empty()) repositories.emplace_back(".");
  DrainResult all;
  for (const std::string& repository : repositories) {
    const Result<DrainResult> drained =
        drain_spool(setup_with(command.policy), repository, std::cout);
    if (!drained) return drained.error();
    all.scanned += drained->scanned;
    all.findings += drained->findings;
    all.failed += drained->failed;
  }
  std::cout << all.scanned << " pushes scanned, " << all.findings
            << " findings that the policy blocks, " << all.failed
            << " pushes left\n";
  if (all.findings != 0) return ExitCode::kFindings;
  return all.failed == 0 ? ExitCode::kClean : ExitCode::kIncomplete;
}

}  // namespace leaksift
