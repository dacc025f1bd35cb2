#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <optional>

#include "cli/exit_code.h"
#include "cli/shared_options.h"
#include "cli/subcommand.h"
#include "core/text.h"
#include "leaksift/result.h"

namespace leaksift {
namespace {

// Sets up the options of one command: those of all of them take 0.4 ms, which
// is more than reading any of them.
class Parser {
 public:
  // `command`: the one that is asked for, or no command.
  explicit Parser(std::string_view command) : command_(command) {
    app_.set_version_flag("--version",
                          std::string("leaksift " LEAKSIFT_VERSION));
    app_.require_subcommand(1);
    app_.footer(
        "Exit codes: 0 nothing found, 1 findings, 2 could not run, 3 nothing "
        "found but not\neverything was looked at.");
    add("scan", "scans folders, files and standard input (-)",
        [this](CLI::App& app) { add_scan(app); });
    add("history", "scans every object of a git repository",
        [this](CLI::App& app) { add_history(app); });
    add("git-verify", "decodes every object and checks it against its id",
        [this](CLI::App& app) { add_git_verify(app); });
    add("rules", "lists and checks rules",
        [this](CLI::App& app) { add_rules(app); });
    add("hook", "judges pushes and commits by a policy",
        [this](CLI::App& app) { hook_.add_to(app); });
    add("sweep", "scans many repositories again and again, only what is new",
        [this](CLI::App& app) { sweep_.add_to(app); });
  }

  CLI::App& app() { return app_; }

  Command chosen() const {
    if (is_chosen(scan_.app)) return scan_.options;
    if (is_chosen(history_.app)) return history_.options;
    if (is_chosen(git_verify_.app)) return git_verify_.options;
    if (is_chosen(list_.app)) return list_.options;
    if (is_chosen(check_.app)) return check_.options;
    if (is_chosen(test_.app)) return test_.options;
    if (is_chosen(bench_.app)) return bench_.options;
    if (is_chosen(import_.app)) return import_.options;
    if (is_chosen(explain_.app)) return explain_.options;
    if (const auto hook = hook_.chosen()) return *hook;
    return *sweep_.chosen();
  }

 private:
  template <typename SetUp>
  void add(const std::string& name, const std::string& about, SetUp set_up) {
    CLI::App* const app = app_.add_subcommand(name, about);
    if (name == command_) set_up(*app);
  }

  void add_scan(CLI::App& app) {
    scan_.app = &app;
    ScanCommand& options = scan_.options;
    scan_.app->add_option("PATH", options.paths,
                          "what to scan; default: this folder");
    scan_.app->add_flag("!--no-ignore", options.use_ignore,
                        "also files that git ignores");
    scan_.app
        ->add_option("--max-file-size", options.max_file_bytes,
                     "name larger files instead of scanning them (10MB, 2GB)")
        ->transform(CLI::AsSizeValue(true));
    add_jobs(*scan_.app, options.jobs);
    add_memory(*scan_.app, options.memory);
    add_rule_options(*scan_.app, options.rules);
    add_report_options(*scan_.app, options.report);
  }

  void add_history(CLI::App& app) {
    history_.app = &app;
    HistoryCommand& options = history_.options;
    history_.app->add_option(
        "REPO", options.repositories,
        "a work tree, a bare repository, a bundle or a pack; several make one "
        "report; default: the one around this folder");
    CLI::Option* refs =
        history_.app->add_flag("--refs", options.refs_only,
                               "only what branches, tags and other refs reach");
    CLI::Option* range =
        history_.app
            ->add_option(
                "--range", options.range,
                "only what B has and A has not (names or ids of commits)")
            ->type_name("A..B");
    history_.app->add_flag("--verify-deltas", options.verify_deltas,
                           "scan everything twice, with and without knowing "
                           "what was copied, and compare");
    add_jobs(*history_.app, options.jobs);
    add_memory(*history_.app, options.memory);
    add_rule_options(*history_.app, options.rules);
    add_report_options(*history_.app, options.report);
    // Both look at the whole of a history, and neither shows a secret.
    CLI::Option* review =
        history_.app
            ->add_flag("--review", options.review,
                       "write a release review into the folder -o DIR: what "
                       "was found, and files that rewrite the history")
            ->needs("--output")
            ->excludes("--format");
    CLI::Option* verify_clean =
        history_.app
            ->add_option("--verify-clean", options.verify_clean,
                         "is REPO clean of the secrets of this review?")
            ->type_name("REVIEW")
            ->excludes(review)
            ->excludes("--baseline");
    for (CLI::Option* one : {review, verify_clean}) {
      one->excludes(refs)->excludes(range)->excludes("--show-secrets");
    }
  }

  void add_git_verify(CLI::App& app) {
    git_verify_.app = &app;
    GitVerifyCommand& options = git_verify_.options;
    git_verify_.app->add_option("REPO", options.repository);
    git_verify_.app->add_flag("--no-hash", options.no_hash,
                              "decode only: the cost of reading the packs");
    add_jobs(*git_verify_.app, options.jobs);
    add_memory(*git_verify_.app, options.memory);
  }

  void add_rules(CLI::App& rules) {
    rules.require_subcommand(1);
    list_.app = rules.add_subcommand("list", "lists the rules");
    add_rule_options(*list_.app, list_.options.rules);
    list_.options.rules.all_packs = true;

    check_.app = rules.add_subcommand(
        "check", "runs every rule's examples and counter-examples");
    add_rule_options(*check_.app, check_.options.rules);
    check_.options.rules.all_packs = true;

    test_.app =
        rules.add_subcommand("test", "shows what the rules find in FILE");
    add_rule_options(*test_.app, test_.options.rules);
    test_.app->add_option("FILE", test_.options.file)->required();

    bench_.app = rules.add_subcommand(
        "bench", "shows what each rule costs on the files of PATH");
    add_rule_options(*bench_.app, bench_.options.rules);
    bench_.app->add_option("PATH", bench_.options.paths)->required();
    bench_.app->add_option("--top", bench_.options.top,
                           "how many rules to list; default: 20");

    explain_.app = rules.add_subcommand(
        "explain", "shows stage by stage why TEXT is or is not a finding");
    add_rule_options(*explain_.app, explain_.options.rules);
    explain_.options.rules.all_packs = true;
    explain_.app->add_option("RULE", explain_.options.rule_id)->required();
    explain_.app
        ->add_option("TEXT", explain_.options.text,
                     "the text itself, or - for standard input")
        ->required();
    add_import(rules);
  }

  void add_import(CLI::App& rules) {
    import_.app = rules.add_subcommand(
        "import", "writes other tools' rule files as one for --rules");
    RulesImportCommand& options = import_.options;
    import_.app->add_option("FILE", options.files)->required();
    import_.app
        ->add_option_function<std::string>(
            "--from",
            [&options](const std::string& name) {
              options.from = rule_format_of(name);
            },
            "whose format it is: " + std::string(kRuleFormats) +
                "; default: told by the content")
        ->type_name("TOOL")
        ->check([](const std::string& name) -> std::string {
          return rule_format_of(name)
                     ? ""
                     : "'" + name + "' is none of " + std::string(kRuleFormats);
        });
    import_.app->add_option("-o,--output", options.output,
                            "write to this file; default: standard output");
    import_.app->footer(
        "Exit codes: 0 all was taken over, 3 what standard error names was "
        "not, 2 could not\nrun.");
  }

  std::string_view command_;
  CLI::App app_{"Finds secrets and sensitive data in files and git history.",
                "leaksift"};
  Subcommand<ScanCommand> scan_;
  Subcommand<HistoryCommand> history_;
  Subcommand<GitVerifyCommand> git_verify_;
  Subcommand<RulesListCommand> list_;
  Subcommand<RulesCheckCommand> check_;
  Subcommand<RulesTestCommand> test_;
  Subcommand<RulesBenchCommand> bench_;
  Subcommand<RulesExplainCommand> explain_;
  Subcommand<RulesImportCommand> import_;
  HookOptions hook_;
  SweepOptionParser sweep_;
};

Error unknown_command(std::string_view word,
                      const std::vector<std::string_view>& names) {
  return Error("no command '" + std::string(word) + "'" +
               did_you_mean(word, names, "; see --help"));
}

// Of a command that is none, CLI11 says only that one is required.
Status check_commands(const CLI::App& top, int argc, char** argv) {
  const CLI::App* app = &top;
  for (int i = 1; i < argc && *argv[i] != '-'; ++i) {
    const auto commands =
        app->get_subcommands([](const CLI::App*) { return true; });
    if (commands.empty()) break;
    std::vector<std::string_view> names;
    for (const CLI::App* command : commands) {
      names.push_back(command->get_name());
    }
    const std::string_view word = argv[i];
    const auto at = std::find(names.begin(), names.end(), word);
    if (at == names.end()) return unknown_command(word, names);
    app = commands[static_cast<size_t>(at - names.begin())];
  }
  return Ok{};
}

std::string_view command_in(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (*argv[i] != '-') return argv[i];
  }
  return "";
}

}  // namespace

bool is_chosen(const CLI::App* app) {
  return app != nullptr && *app;
}

std::variant<Command, int> parse_command_line(int argc, char** argv) {
  Parser parser(command_in(argc, argv));
  if (Status known = check_commands(parser.app(), argc, argv); !known) {
    std::cerr << "leaksift: " << printable(known.error().message()) << "\n";
    return static_cast<int>(ExitCode::kCouldNotRun);
  }
  try {
    parser.app().parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = parser.app().exit(e);
    return code == 0 ? 0 : static_cast<int>(ExitCode::kCouldNotRun);
  }
  return parser.chosen();
}

}  // namespace leaksift
