#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <thread>

#include "cli/exit_code.h"

namespace leaksift {
namespace {

void add_rule_options(CLI::App& app, RuleOptions& rules) {
  app.add_option("--rules", rules.rule_paths,
                 "use these rules instead of the built-in ones (repeatable)")
      ->type_name("FILE|DIR")
      ->allow_extra_args(false);
  app.add_option("-c,--config", rules.config,
                 "rules and allowlists laid over the others; also takes a "
                 ".gitleaks.toml")
      ->type_name("FILE");
  app.add_option("--only", rules.only, "use only these rules (repeatable)")
      ->type_name("RULE")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--except", rules.except, "leave these out (repeatable)")
      ->type_name("RULE")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void add_jobs(CLI::App& app, unsigned& jobs) {
  jobs = std::max(std::thread::hardware_concurrency(), 1U);
  app.add_option("-j,--jobs", jobs, "threads to use; default: one per CPU")
      ->check(CLI::Range(1U, 1024U));
}

// A subcommand whose options end up in `chosen` when it is the one typed.
template <typename Options>
struct Subcommand {
  CLI::App* app;
  Options options;
};

struct Parser {
  CLI::App app{"Finds secrets and sensitive data in files and git history.",
               "leaksift"};
  Subcommand<RulesListOptions> list{};
  Subcommand<RulesCheckOptions> check{};
  Subcommand<RulesTestOptions> test{};
  Subcommand<RulesExplainOptions> explain{};
  Subcommand<GitVerifyOptions> git_verify{};

  Parser() {
    app.set_version_flag("--version",
                         std::string("leaksift " LEAKSIFT_VERSION));
    app.require_subcommand(1);
    app.failure_message(CLI::FailureMessage::help);
    add_rules();
    add_git_verify();
  }

  void add_git_verify() {
    git_verify.app = app.add_subcommand(
        "git-verify", "decodes every object and checks it against its id");
    GitVerifyOptions& options = git_verify.options;
    git_verify.app->add_option("REPO", options.repository);
    git_verify.app->add_flag("--no-hash", options.no_hash,
                             "decode only: the cost of reading the packs");
    add_jobs(*git_verify.app, options.jobs);
  }

  void add_rules() {
    CLI::App* rules = app.add_subcommand("rules", "lists and checks rules");
    rules->require_subcommand(1);
    list.app = rules->add_subcommand("list", "lists the rules");
    add_rule_options(*list.app, list.options.rules);
    list.app->add_option("--format", list.options.format, "text or json")
        ->check(CLI::IsMember({"text", "json"}));

    check.app = rules->add_subcommand(
        "check", "runs every rule's examples and counter-examples");
    add_rule_options(*check.app, check.options.rules);

    test.app =
        rules->add_subcommand("test", "shows what the rules find in FILE");
    add_rule_options(*test.app, test.options.rules);
    test.app->add_option("FILE", test.options.file)->required();

    explain.app = rules->add_subcommand(
        "explain", "shows stage by stage why TEXT is or is not a finding");
    add_rule_options(*explain.app, explain.options.rules);
    explain.app->add_option("RULE", explain.options.rule_id)->required();
    explain.app
        ->add_option("TEXT", explain.options.text,
                     "the text itself, or - for standard input")
        ->required();
  }

  Command chosen() const {
    if (*list.app) return list.options;
    if (*check.app) return check.options;
    if (*test.app) return test.options;
    if (*explain.app) return explain.options;
    return git_verify.options;
  }
};

}  // namespace

std::variant<Command, int> parse_command_line(int argc, char** argv) {
  Parser parser;
  try {
    parser.app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = parser.app.exit(e);
    return code == 0 ? 0 : static_cast<int>(ExitCode::kCouldNotRun);
  }
  return parser.chosen();
}

}  // namespace leaksift
