#include "cli/sweep_options.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string_view>

#include "cli/period.h"

namespace leaksift {
namespace {

bool is_database(std::string_view state) {
  return state.starts_with("postgres://") || state.starts_with("postgresql://");
}

void add_state(CLI::App& app, SweepStateOptions& options) {
  app.add_option("--state", options.state,
                 "what sweeps remember: a folder, or a PostgreSQL database "
                 "(without a password in it: PGPASSWORD, ~/.pgpass)")
      ->type_name("DIR|postgres://…")
      ->required();
  app.add_option("--cache", options.cache,
                 "with a database: the folder of the key and of what was seen; "
                 "default: ~/.local/state/leaksift")
      ->type_name("DIR");
}

void add_sources(CLI::App& app, SweepSourceOptions& options, bool required) {
  CLI::Option* option =
      app.add_option("--repos", options.sources,
                     "folders of repositories; files with a list of them (-: "
                     "standard input); github:ORG, gitlab:GROUP, gitea:, "
                     "forgejo:, bitbucket:, or gitea+https://HOST/ORG and the "
                     "like for one's own server (repeatable)")
          ->type_name("DIR|FILE|FORGE:OWNER")
          ->allow_extra_args(false);
  if (required) option->required();
  app.add_option("--token-file", options.token_file,
                 "the token for the forge; default: LEAKSIFT_GITHUB_TOKEN and "
                 "so on in the environment")
      ->type_name("FILE");
  app.add_option("--ca-file", options.ca_file,
                 "certificates that servers are known by, instead of the "
                 "system's")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
  app.add_option("--proxy", options.proxy,
                 "for forges and git over HTTP; none is taken from the "
                 "environment")
      ->type_name("URL");
  app.add_option("--include", options.include,
                 "only repositories whose key or name matches (repeatable)")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  app.add_option("--exclude", options.exclude,
                 "no repositories whose key or name matches (repeatable)")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  app.add_flag("!--no-archived", options.archived, "no archived ones");
  app.add_flag("!--no-forks", options.forks, "no forks");
  app.add_option("--min-size", options.min_bytes, "no smaller ones (1MB)")
      ->transform(CLI::AsSizeValue(true));
  app.add_option("--max-size", options.max_bytes, "no larger ones (10GB)")
      ->transform(CLI::AsSizeValue(true));
}

void add_work(CLI::App& app, SweepWorkOptions& options) {
  add_jobs(app, options.jobs);
  add_memory(app, options.memory);
  app.add_option("--unit-timeout", options.unit_seconds,
                 "seconds after which the scan of a repository is ended, and "
                 "tried again later; default: 7200")
      ->check(CLI::Range(int64_t{1}, int64_t{30} * 24 * 3600));
  app.add_option_function<std::string>(
         "--min-confidence",
         [&options](const std::string& word) {
           options.min_confidence =
               from_string<Confidence>(word).value_or(options.min_confidence);
         },
         "forget what is less sure: low, medium, high or certain; default: "
         "medium")
      ->check(CLI::IsMember({"low", "medium", "high", "certain"}));
  add_rule_options(app, options.rules);
}

void add_parts(CLI::App& app, SweepWorkOptions& options) {
  app.add_option("--part-size", options.part_bytes,
                 "scan a new repository with larger packs in parts of so much, "
                 "each of which any worker takes; default: 1GiB; 0: no parts")
      ->transform(CLI::AsSizeValue(true));
}

void add_format(CLI::App& app, SweepFormat& format) {
  app.add_option_function<std::string>(
         "-f,--format",
         [&format](const std::string& word) {
           format = word == "jsonl" ? SweepFormat::kJsonl : SweepFormat::kText;
         },
         "text or jsonl; default: text")
      ->check(CLI::IsMember({"text", "jsonl"}));
}

void add_tell(CLI::App& app, SweepTellOptions& options) {
  app.add_option("--notify", options.channels,
                 "tell webhooks and Slack what is new: a file of channels")
      ->type_name("FILE");
  app.add_option("--metrics", options.metrics,
                 "write numbers for Prometheus here, also while the run goes")
      ->type_name("FILE");
}

void add_progress(CLI::App& app, bool& progress) {
  app.add_flag("--progress,!--no-progress", progress,
               "a line of progress on a terminal; default: on");
}

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

void add_export(CLI::App& app, SweepPlanCommand& options) {
  app.add_option_function<std::string>(
         "--export",
         [&app, &options](const std::string& word) {
           options.form = word == "k8s-job" ? ExportForm::kKubernetesJob
                          : word == "slurm" ? ExportForm::kSlurm
                                            : ExportForm::kParallel;
           // This machine's CPUs say nothing about the others.
           if (app.get_option("--jobs")->empty()) options.work.jobs = 1;
         },
         "print the run for others to scan: k8s-job (a Kubernetes Indexed "
         "Job), slurm (a script for sbatch) or parallel (a script that runs "
         "GNU Parallel)")
      ->check(CLI::IsMember({"k8s-job", "slurm", "parallel"}))
      ->needs("--begin");
  app.add_option("--buckets", options.buckets,
                 "with --export: spread units over at most so many pods, array "
                 "tasks or commands, of --jobs threads each (default there: "
                 "1); default: 100")
      ->check(CLI::Range(size_t{1}, size_t{100000}))
      ->needs("--export");
}

}  // namespace

std::vector<std::string> arguments_of(const SweepStateOptions& options) {
  const StateLocation where = options.location();
  if (where.database.empty()) return {"--state", absolute(where.folder)};
  return {"--state", where.database, "--cache", absolute(where.folder)};
}

std::vector<std::string> arguments_of(const SweepWorkOptions& options) {
  std::vector<std::string> all = {
      "--jobs",           std::to_string(options.jobs),
      "--memory",         std::to_string(options.memory),
      "--unit-timeout",   std::to_string(options.unit_seconds),
      "--min-confidence", std::string(to_string(options.min_confidence))};
  const auto add = [&all](const char* name, const std::string& value) {
    all.insert(all.end(), {name, value});
  };
  const RuleOptions& rules = options.rules;
  for (const std::string& path : rules.rule_paths)
    add("--rules", absolute(path));
  if (!rules.config.empty()) add("--config", absolute(rules.config));
  for (const std::string& pack : rules.packs) add("--pack", pack);
  for (const std::string& id : rules.only) add("--only", id);
  for (const std::string& id : rules.except) add("--except", id);
  return all;
}

StateLocation SweepStateOptions::location() const {
  if (!is_database(state)) return {state, ""};
  if (!cache.empty()) return {cache, state};
  const char* home = std::getenv("HOME");
  return {std::string(home == nullptr ? "" : home) + "/.local/state/leaksift",
          state};
}

void SweepOptionParser::add_to(CLI::App& sweep) {
  sweep.require_subcommand(1);
  add_run(sweep);
  add_plan(sweep);
  add_status(sweep);
  add_resume(sweep);
  add_findings(sweep);
  add_trends(sweep);
  add_decide(sweep);
  add_gc(sweep);
  add_unit(sweep);
  add_finish(sweep);
}

std::optional<SweepCommand> SweepOptionParser::chosen() const {
  if (is_chosen(run_.app)) return run_.options;
  if (is_chosen(plan_.app)) return plan_.options;
  if (is_chosen(resume_.app)) return resume_.options;
  if (is_chosen(unit_.app)) return unit_.options;
  if (is_chosen(finish_.app)) return finish_.options;
  if (is_chosen(status_.app)) return status_.options;
  if (is_chosen(findings_.app)) return findings_.options;
  if (is_chosen(trends_.app)) return trends_.options;
  if (is_chosen(decide_.app)) return decide_.options;
  if (is_chosen(gc_.app)) return gc_.options;
  return std::nullopt;
}

void SweepOptionParser::add_run(CLI::App& sweep) {
  run_.app = sweep.add_subcommand(
      "run", "scans what changed since the last run, and tells what is new");
  add_state(*run_.app, run_.options.state);
  add_sources(*run_.app, run_.options.sources, true);
  add_work(*run_.app, run_.options.work);
  add_parts(*run_.app, run_.options.work);
  add_tell(*run_.app, run_.options.tell);
  add_format(*run_.app, run_.options.format);
  add_progress(*run_.app, run_.options.progress);
  run_.app->footer(
      "A run that was interrupted is finished first. Exit codes: 0 nothing "
      "new, 1 new\nfindings, 2 could not run, 3 nothing new but not everything "
      "was looked at.");
}

void SweepOptionParser::add_plan(CLI::App& sweep) {
  plan_.app = sweep.add_subcommand(
      "plan", "tells what a run would scan, in which order");
  add_state(*plan_.app, plan_.options.state);
  add_sources(*plan_.app, plan_.options.sources, true);
  add_work(*plan_.app, plan_.options.work);
  add_parts(*plan_.app, plan_.options.work);
  plan_.app->add_flag("--begin", plan_.options.begin,
                      "begin the run: its units are then scanned by `sweep "
                      "unit`, on any machine, and ended by `sweep finish`");
  add_export(*plan_.app, plan_.options);
  add_format(*plan_.app, plan_.options.format);
}

void SweepOptionParser::add_resume(CLI::App& sweep) {
  resume_.app =
      sweep.add_subcommand("resume", "finishes a run that was interrupted");
  add_state(*resume_.app, resume_.options.state);
  add_work(*resume_.app, resume_.options.work);
  add_tell(*resume_.app, resume_.options.tell);
  add_format(*resume_.app, resume_.options.format);
  add_progress(*resume_.app, resume_.options.progress);
}

void SweepOptionParser::add_unit(CLI::App& sweep) {
  unit_.app = sweep.add_subcommand("unit", "scans units of the run at hand");
  add_state(*unit_.app, unit_.options.state);
  add_work(*unit_.app, unit_.options.work);
  unit_.app->add_option("ID", unit_.options.ids, "units, see `sweep plan`")
      ->required();
  unit_.app->footer(
      "Prints a JSON line for each: what became of it. Exit codes: 0 all are "
      "done, 2 could\nnot run, 3 one is to be tried again, or was given up.");
}

void SweepOptionParser::add_finish(CLI::App& sweep) {
  finish_.app = sweep.add_subcommand(
      "finish", "ends a run whose units were scanned elsewhere");
  add_state(*finish_.app, finish_.options.state);
  add_tell(*finish_.app, finish_.options.tell);
  finish_.app->add_flag("--give-up", finish_.options.give_up,
                        "units that nobody has ended have failed");
  add_format(*finish_.app, finish_.options.format);
}

void SweepOptionParser::add_status(CLI::App& sweep) {
  status_.app = sweep.add_subcommand("status", "tells how far the run is");
  SweepStatusCommand& options = status_.options;
  add_state(*status_.app, options.state);
  status_.app->add_flag("--units", options.units,
                        "also what became of each unit, and what it took");
  status_.app->add_flag("--watch", options.watch,
                        "every two seconds, until the run is done");
  status_.app
      ->add_option_function<std::string>(
          "-f,--format",
          [&options](const std::string& word) {
            options.format = word == "jsonl"        ? SweepFormat::kJsonl
                             : word == "prometheus" ? SweepFormat::kPrometheus
                                                    : SweepFormat::kText;
          },
          "text, jsonl or prometheus; default: text")
      ->check(CLI::IsMember({"text", "jsonl", "prometheus"}));
}

void SweepOptionParser::add_trends(CLI::App& sweep) {
  trends_.app = sweep.add_subcommand(
      "trends", "tells what became of findings from run to run");
  add_state(*trends_.app, trends_.options.state);
  add_format(*trends_.app, trends_.options.format);
}

void SweepOptionParser::add_findings(CLI::App& sweep) {
  findings_.app =
      sweep.add_subcommand("findings", "lists findings with their life so far");
  SweepFindingsCommand& options = findings_.options;
  add_state(*findings_.app, options.state);
  findings_.app->add_option_function<uint64_t>(
      "--new-in", [&options](uint64_t run) { options.filter.new_in_run = run; },
      "only those that this run saw first");
  findings_.app
      ->add_option_function<std::string>(
          "--in",
          [&options](const std::string& key) {
            options.filter.repository = key;
          },
          "only those in this repository")
      ->type_name("KEY");
  findings_.app
      ->add_option_function<std::string>(
          "--only-state",
          [&options](const std::string& word) {
            options.filter.state =
                word == "open" ? FindingState::kOpen : FindingState::kResolved;
          },
          "open or resolved")
      ->check(CLI::IsMember({"open", "resolved"}));
  findings_.app
      ->add_option_function<std::string>(
          "--min-severity",
          [&options](const std::string& word) {
            options.filter.min_severity = from_string<Severity>(word);
          },
          "info, low, medium, high or critical")
      ->check(CLI::IsMember({"info", "low", "medium", "high", "critical"}));
  findings_.app->add_flag("--decided", options.filter.decided,
                          "also those that a decision hides");
  add_format(*findings_.app, options.format);
}

void SweepOptionParser::add_decide(CLI::App& sweep) {
  decide_.app = sweep.add_subcommand(
      "decide", "notes what people decided about a finding");
  SweepDecideCommand& options = decide_.options;
  add_state(*decide_.app, options.state);
  decide_.app
      ->add_option("ID", options.decision.finding,
                   "the finding, see `sweep findings`")
      ->required();
  decide_.app->add_option("--reason", options.decision.reason)
      ->check(CLI::IsMember({"false-positive", "test", "accepted", "revoked"}))
      ->required();
  decide_.app->add_option("--by", options.decision.by, "who decided")
      ->type_name("USER")
      ->required();
  decide_.app->add_option("--note", options.decision.note)->type_name("TEXT");
  decide_.app
      ->add_option("--in", options.decision.repository,
                   "only for this repository; default: everywhere")
      ->type_name("KEY");
  add_period(*decide_.app, "--for", options.seconds,
             "for how long: hours, days or weeks (12h, 30d, 8w); default: for "
             "good");
}

void SweepOptionParser::add_gc(CLI::App& sweep) {
  gc_.app = sweep.add_subcommand(
      "gc", "forgets repositories that are gone, and what nobody needs");
  add_state(*gc_.app, gc_.options.state);
  add_sources(*gc_.app, gc_.options.sources, false);
}

}  // namespace leaksift
