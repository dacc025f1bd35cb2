#include <ctime>
#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/rule_setup.h"
#include "cli/sweep_line.h"
#include "cli/sweep_print.h"
#include "cli/sweep_telling.h"
#include "core/digest.h"
#include "rules/stored.h"
#include "sweep/finding_json.h"
#include "sweep/sources.h"
#include "sweep/sweep.h"

namespace leaksift {
namespace {

// Rules with their id, and the engine when it is needed.
class SweepRules {
 public:
  static Result<SweepRules> choose(const SweepWorkOptions& options) {
    Result<ChosenRules> chosen = choose_rules(options.rules);
    if (!chosen) return std::move(chosen).error();
    SweepRules rules(options.rules);
    rules.profile_ =
        RuleProfile(chosen->set, options.min_confidence, LEAKSIFT_VERSION);
    for (const Rule& rule : chosen->set.rules) {
      rules.texts_.push_back({rule.id, rule.description, rule.severity});
    }
    return rules;
  }

  const RuleProfile& profile() const { return profile_; }
  const std::vector<RuleDescription>& texts() const { return texts_; }
  const std::string& id() const { return profile_.id(); }
  Result<std::unique_ptr<Engine>> engine() const {
    return set_up_engine(options_);
  }

 private:
  explicit SweepRules(const RuleOptions& options) : options_(options) {}

  RuleOptions options_;
  RuleProfile profile_;
  std::vector<RuleDescription> texts_;
};

SweepOptions options_of(const SweepWorkOptions& work, const SweepRules& rules) {
  SweepOptions options;
  options.pool = {work.jobs, work.memory,
                  std::chrono::seconds(work.unit_seconds)};
  options.min_confidence = work.min_confidence;
  options.part_bytes = work.part_bytes;
  options.rules = rules.profile();
  options.texts = rules.texts();
  options.version = LEAKSIFT_VERSION;
  return options;
}

struct Sources {
  std::vector<SweptRepository> repositories;
  std::vector<Skipped> problems;
};

Result<std::vector<PathGlob>> globs_of(const std::vector<std::string>& texts) {
  std::vector<PathGlob> globs;
  for (const std::string& text : texts) {
    Result<PathGlob> glob = PathGlob::parse(text);
    if (!glob) return std::move(glob).error().in("'" + text + "'");
    globs.push_back(*std::move(glob));
  }
  return globs;
}

Result<InventoryFilter> filter_of(const SweepSourceOptions& options) {
  InventoryFilter filter;
  Result<std::vector<PathGlob>> include = globs_of(options.include);
  if (!include) return std::move(include).error().in("--include");
  Result<std::vector<PathGlob>> exclude = globs_of(options.exclude);
  if (!exclude) return std::move(exclude).error().in("--exclude");
  filter.include = *std::move(include);
  filter.exclude = *std::move(exclude);
  filter.archived = options.archived;
  filter.forks = options.forks;
  filter.min_bytes = options.min_bytes;
  filter.max_bytes = options.max_bytes;
  return filter;
}

// What there is; `credentials` are for git.
Result<Inventory> list_all(const SweepState& state,
                           const SweepSourceOptions& options,
                           std::vector<GitCredential>& credentials) {
  const Result<InventoryFilter> filter = filter_of(options);
  if (!filter) return filter.error();
  SourceOptions from;
  from.sources = options.sources;
  from.token_file = options.token_file;
  from.http.cache_folder = state.where.folder + "/http";
  from.http.ca_file = options.ca_file;
  from.http.proxy = options.proxy;
  Result<Inventory> inventory = list_sources(from, credentials);
  if (inventory) inventory->keep(*filter);
  return inventory;
}

// Mirrors stand beside the state; they are brought up to date.
Result<Sources> read_sources(const SweepState& state,
                             const SweepSourceOptions& options, unsigned jobs) {
  MirrorOptions to;
  to.folder = state.mirror_folder();
  to.proxy = options.proxy;
  if (!options.ca_file.empty()) {
    to.ca_file = std::filesystem::absolute(options.ca_file).string();
  }
  Result<Inventory> listed = list_all(state, options, to.credentials);
  if (!listed) return std::move(listed).error();
  Inventory& inventory = *listed;
  mirror_all(Mirrors(std::move(to)), jobs, inventory);
  inventory.finish();
  inventory.coverage.finish();
  Sources sources;
  sources.problems = std::move(inventory.coverage.skipped);
  for (const RepositoryEntry& entry : inventory.entries) {
    SweptRepository repository;
    repository.key = entry.key;
    repository.path = entry.path;
    repository.url = entry.url;
    repository.pool = entry.pool;
    repository.fork_of = entry.fork_of;
    repository.archived = entry.archived;
    sources.repositories.push_back(std::move(repository));
  }
  return sources;
}

// What the run at hand says it was begun with.
Status check_rules(const SweepRun& run, const std::string& rules) {
  if (run.rules == rules) return Ok{};
  return Error("run " + std::to_string(run.number) +
               " was begun with other rules; finish it with the same options "
               "and the same leaksift");
}

Result<ExitCode> tell(const SweepState& state, SweepFormat format,
                      const SweepTelling& telling) {
  const auto store = SweepStore::open(state.where);
  if (!store) return store.error();
  const auto run = (*store)->last_run();
  if (!run) return run.error();
  if (!*run) return Error("nothing was swept yet; see leaksift sweep run");
  Status printed = print_events(**store, (*run)->number, format, std::cout);
  if (!printed) return std::move(printed).error();
  const Result<RunSummary> summary = summarize(**store, **run);
  if (!summary) return summary.error();
  printed = print_summary(**store, *summary, format, std::cout);
  if (!printed) return std::move(printed).error();
  Status told = telling.tell(**store, *summary);
  if (!told) return std::move(told).error();
  if (summary->new_findings + summary->reopened != 0) {
    return ExitCode::kFindings;
  }
  return summary->is_complete() ? ExitCode::kClean : ExitCode::kIncomplete;
}

Result<ExitCode> finish(const SweepState& state, const SweepRun& run,
                        const SweepRules& rules, const SweepWorkOptions& work,
                        SweepTelling& telling, bool progress,
                        SweepFormat format) {
  if (Status same = check_rules(run, rules.id()); !same) {
    return std::move(same).error();
  }
  SweepLine line(progress);
  Status done = finish_sweep(
      state, run.number, options_of(work, rules),
      [&] { return rules.engine(); },
      [&](const PoolProgress& now) {
        line.draw(now);
        telling.note(state);
      });
  line.clear();
  if (!done) return std::move(done).error();
  return tell(state, format, telling);
}

// The run that is not finished; an error if there is none.
Result<SweepRun> run_at_hand(const SweepState& state) {
  const auto store = SweepStore::open(state.where);
  if (!store) return store.error();
  const auto run = (*store)->last_run();
  if (!run) return run.error();
  if (!*run || (*run)->state == RunState::kDone) {
    return Error("no run is waiting to be finished");
  }
  return **run;
}

Result<std::string> exported(const SweepPlanCommand& command, ExportForm form,
                             const SweepRun& run,
                             const std::vector<SweepUnit>& units) {
  const StateLocation where = command.state.location();
  if (form != ExportForm::kParallel && where.database.empty()) {
    return Error("many machines cannot share the state " + where.folder +
                 "; take a database: --state postgres://…");
  }
  ExportOptions options;
  options.form = form;
  options.run = run.number;
  options.version = LEAKSIFT_VERSION;
  options.buckets = command.buckets;
  options.finish_arguments = arguments_of(command.state);
  options.unit_arguments = options.finish_arguments;
  const std::vector<std::string> work = arguments_of(command.work);
  options.unit_arguments.insert(options.unit_arguments.end(), work.begin(),
                                work.end());
  options.jobs = command.work.jobs;
  options.memory = command.work.memory;
  for (const std::string& source : command.sources.sources) {
    std::error_code error;
    const auto folder = std::filesystem::canonical(source, error);
    if (!error && std::filesystem::is_directory(folder, error)) {
      options.repositories.push_back(folder.string());
    }
  }
  options.cache = std::filesystem::absolute(where.folder).string();
  return export_plan(units, options);
}

Result<ExitCode> begin(const SweepPlanCommand& command, const SweepState& state,
                       const SweepRules& rules, Sources sources) {
  const Result<FileHandle> lock = lock_sweeps(state);
  if (!lock) return lock.error();
  const Result<SweepRun> begun =
      begin_sweep(state, sources.repositories, std::move(sources.problems),
                  options_of(command.work, rules));
  if (!begun) return begun.error();
  if (Status same = check_rules(*begun, rules.id()); !same) {
    return std::move(same).error();
  }
  const auto store = SweepStore::open(state.where);
  if (!store) return store.error();
  const auto units = (*store)->units(begun->number);
  if (!units) return units.error();
  if (!command.form) {
    print_units(*units, command.format, std::cout);
    return ExitCode::kClean;
  }
  const Result<std::string> text =
      exported(command, *command.form, *begun, *units);
  if (!text) return text.error();
  std::cout << *text;
  return ExitCode::kClean;
}

// Units that no worker has ended, not even by failing: what they do may take
// whole machines with it.
Status give_up(const SweepState& state, uint64_t run) {
  const auto store = SweepStore::open(state.where);
  if (!store) return store.error();
  const auto units = (*store)->units(run);
  if (!units) return units.error();
  for (const SweepUnit& unit : *units) {
    if (unit.state == UnitState::kDone || unit.state == UnitState::kFailed) {
      continue;
    }
    const std::string why =
        unit.error.empty() ? "no worker came to an end with it" : unit.error;
    Status noted = (*store)->fail_unit(run, unit.id, why, false);
    if (!noted) return noted;
  }
  return Ok{};
}

}  // namespace

Result<ExitCode> run(const SweepRunCommand& command) {
  Result<SweepTelling> telling = SweepTelling::open(command.tell);
  if (!telling) return std::move(telling).error();
  const Result<SweepRules> rules = SweepRules::choose(command.work);
  if (!rules) return rules.error();
  const Result<SweepState> state = SweepState::open(command.state.location());
  if (!state) return state.error();
  const Result<FileHandle> lock = lock_sweeps(*state);
  if (!lock) return lock.error();
  Result<Sources> sources =
      read_sources(*state, command.sources, command.work.jobs);
  if (!sources) return std::move(sources).error();
  const Result<SweepRun> begun =
      begin_sweep(*state, sources->repositories, std::move(sources->problems),
                  options_of(command.work, *rules));
  if (!begun) return begun.error();
  return finish(*state, *begun, *rules, command.work, *telling,
                command.progress, command.format);
}

Result<ExitCode> run(const SweepResumeCommand& command) {
  Result<SweepTelling> telling = SweepTelling::open(command.tell);
  if (!telling) return std::move(telling).error();
  const Result<SweepRules> rules = SweepRules::choose(command.work);
  if (!rules) return rules.error();
  const Result<SweepState> state = SweepState::open(command.state.location());
  if (!state) return state.error();
  const Result<FileHandle> lock = lock_sweeps(*state);
  if (!lock) return lock.error();
  const Result<SweepRun> begun = run_at_hand(*state);
  if (!begun) return begun.error();
  return finish(*state, *begun, *rules, command.work, *telling,
                command.progress, command.format);
}

Result<ExitCode> run(const SweepPlanCommand& command) {
  const Result<SweepRules> rules = SweepRules::choose(command.work);
  if (!rules) return rules.error();
  const Result<SweepState> state = SweepState::open(command.state.location());
  if (!state) return state.error();
  Result<Sources> sources =
      read_sources(*state, command.sources, command.work.jobs);
  if (!sources) return std::move(sources).error();
  if (command.begin) {
    return begin(command, *state, *rules, *std::move(sources));
  }
  const auto store = SweepStore::open(state->where);
  if (!store) return store.error();
  const auto known = (*store)->repositories();
  if (!known) return known.error();
  const SweepPlan plan = make_plan(sources->repositories, *known,
                                   {rules->id(), "", command.work.part_bytes});
  print_units(plan.units, command.format, std::cout);
  return plan.problems.empty() && sources->problems.empty()
             ? ExitCode::kClean
             : ExitCode::kIncomplete;
}

Result<ExitCode> run(const SweepUnitCommand& command) {
  const Result<SweepRules> rules = SweepRules::choose(command.work);
  if (!rules) return rules.error();
  const Result<SweepState> state = SweepState::open(command.state.location());
  if (!state) return state.error();
  const Result<SweepRun> begun = run_at_hand(*state);
  if (!begun) return begun.error();
  if (Status same = check_rules(*begun, rules->id()); !same) {
    return std::move(same).error();
  }
  const Result<std::unique_ptr<Engine>> engine = rules->engine();
  if (!engine) return engine.error();
  UnitRun task{
      **engine,
      state->ids,
      state->where,
      begun->number,
      "",
      worker_name(),
      {command.work.jobs, command.work.memory, command.work.min_confidence,
       rules->id(), state->seen_folder()}};
  bool all_done = true;
  for (const std::string& id : command.ids) {
    task.unit = id;
    const Result<UnitState> ended = run_unit_isolated(
        task, std::chrono::seconds(command.work.unit_seconds));
    if (!ended) return ended.error();
    all_done = all_done && *ended == UnitState::kDone;
    const auto store = SweepStore::open(state->where);
    if (!store) return store.error();
    const auto unit = (*store)->unit(begun->number, id);
    if (!unit) return unit.error();
    if (*unit) std::cout << to_jsonl(**unit) << std::flush;
  }
  return all_done ? ExitCode::kClean : ExitCode::kIncomplete;
}

Result<ExitCode> run(const SweepFinishCommand& command) {
  const Result<SweepTelling> telling = SweepTelling::open(command.tell);
  if (!telling) return telling.error();
  const Result<SweepState> state = SweepState::open(command.state.location());
  if (!state) return state.error();
  const Result<FileHandle> lock = lock_sweeps(*state);
  if (!lock) return lock.error();
  const Result<SweepRun> begun = run_at_hand(*state);
  if (!begun) return begun.error();
  if (command.give_up) {
    if (Status noted = give_up(*state, begun->number); !noted) {
      return std::move(noted).error();
    }
  }
  if (Status done = conclude(*state, begun->number); !done) {
    return std::move(done).error();
  }
  return tell(*state, command.format, *telling);
}

Result<ExitCode> run(const SweepDecideCommand& command) {
  const Result<SweepState> state = SweepState::open(command.state.location());
  if (!state) return state.error();
  const auto store = SweepStore::open(state->where);
  if (!store) return store.error();
  Decision decision = command.decision;
  decision.finding = from_hex(command.decision.finding);
  if (decision.finding.size() != 16) {
    return Error("'" + command.decision.finding +
                 "' is no finding's id: 32 hexadecimal digits, see leaksift "
                 "sweep findings");
  }
  decision.at = std::time(nullptr);
  decision.until = command.seconds == 0 ? 0 : decision.at + command.seconds;
  if (Status noted = (*store)->decide(decision); !noted) {
    return std::move(noted).error();
  }
  return ExitCode::kClean;
}

Result<ExitCode> run(const SweepGcCommand& command) {
  const Result<SweepState> state = SweepState::open(command.state.location());
  if (!state) return state.error();
  const Result<FileHandle> lock = lock_sweeps(*state);
  if (!lock) return lock.error();
  std::optional<std::vector<SweptRepository>> there;
  if (!command.sources.sources.empty()) {
    std::vector<GitCredential> credentials;
    Result<Inventory> listed = list_all(*state, command.sources, credentials);
    if (!listed) return std::move(listed).error();
    if (!listed->coverage.complete(false)) {
      listed->coverage.finish();
      const Skipped& first = listed->coverage.skipped.front();
      return Error(first.name + ": " + first.detail +
                   "; nothing is forgotten while not all sources can be read");
    }
    there.emplace();
    for (const RepositoryEntry& entry : listed->entries) {
      there->emplace_back().key = entry.key;
    }
  }
  const Result<GarbageCount> freed =
      collect_garbage(*state, there ? &*there : nullptr);
  if (!freed) return freed.error();
  std::cout << freed->repositories << " repositories forgotten, "
            << freed->segments << " files deleted\n";
  return ExitCode::kClean;
}

Result<ExitCode> run(const SweepCommand& command) {
  return std::visit([](const auto& options) { return run(options); }, command);
}

}  // namespace leaksift
