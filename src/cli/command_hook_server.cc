#include <iostream>

#include "cli/commands.h"
#include "cli/rule_setup.h"
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

}  // namespace

Result<ExitCode> run(const HookPreReceiveCommand& command) {
  PreReceiveSetup setup;
  setup.environment = process_environment();
  setup.policy = command.policy;
  setup.make_engine = engine_of;
  const int code = run_pre_receive(setup, std::cin, std::cerr);
  return code == 0 ? ExitCode::kClean : ExitCode::kFindings;
}

}  // namespace leaksift
