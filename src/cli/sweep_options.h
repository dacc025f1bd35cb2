// What was typed behind `leaksift sweep`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/shared_options.h"
#include "cli/subcommand.h"
#include "core/memory.h"
#include "store/sweep_store.h"
#include "sweep/export_plan.h"

namespace leaksift {

// Lines for people, JSON lines, or for Prometheus.
enum class SweepFormat : uint8_t { kText, kJsonl, kPrometheus };

struct SweepStateOptions {
  std::string state;  // a folder, or "postgres://…"
  std::string cache;  // a folder, with a database

  StateLocation location() const;
};

// Which repositories.
struct SweepSourceOptions {
  std::vector<std::string> sources;  // see sweep/sources.h
  std::string token_file;
  std::string ca_file;  // of the servers, for lists and for git
  std::string proxy;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  bool archived = true;
  bool forks = true;
  uint64_t min_bytes = 0;
  uint64_t max_bytes = UINT64_MAX;
};

// How units are scanned.
struct SweepWorkOptions {
  unsigned jobs = 1;
  uint64_t memory = kDefaultMemory;  // bytes
  int64_t unit_seconds = 7200;
  // Of run and plan: see PlanOptions.
  uint64_t part_bytes = uint64_t{1} << 30;
  Confidence min_confidence = Confidence::kMedium;
  RuleOptions rules;
};

// Who is told of a run, besides who waits for it.
struct SweepTellOptions {
  std::string channels;  // a file, see sweep/notify_config.h; empty: nobody
  std::string metrics;   // a file that is written; empty: none
};

struct SweepRunCommand {
  SweepStateOptions state;
  SweepSourceOptions sources;
  SweepWorkOptions work;
  SweepTellOptions tell;
  SweepFormat format = SweepFormat::kText;
  bool progress = true;
};

struct SweepPlanCommand {
  SweepStateOptions state;
  SweepSourceOptions sources;
  SweepWorkOptions work;
  bool begin = false;
  std::optional<ExportForm> form;  // print the units for others to scan
  size_t buckets = 100;
  SweepFormat format = SweepFormat::kText;
};

struct SweepResumeCommand {
  SweepStateOptions state;
  SweepWorkOptions work;
  SweepTellOptions tell;
  SweepFormat format = SweepFormat::kText;
  bool progress = true;
};

struct SweepUnitCommand {
  SweepStateOptions state;
  SweepWorkOptions work;
  std::vector<std::string> ids;
};

struct SweepFinishCommand {
  SweepStateOptions state;
  SweepTellOptions tell;
  bool give_up = false;  // units that nobody has ended
  SweepFormat format = SweepFormat::kText;
};

struct SweepStatusCommand {
  SweepStateOptions state;
  bool units = false;  // print these, too
  bool watch = false;  // until the run is done
  SweepFormat format = SweepFormat::kText;
};

struct SweepTrendsCommand {
  SweepStateOptions state;
  SweepFormat format = SweepFormat::kText;
};

struct SweepFindingsCommand {
  SweepStateOptions state;
  FindingFilter filter;
  SweepFormat format = SweepFormat::kText;
};

struct SweepDecideCommand {
  SweepStateOptions state;
  Decision decision;  // `finding` in hexadecimal; `until` is `seconds` from now
  int64_t seconds = 0;
};

struct SweepGcCommand {
  SweepStateOptions state;
  SweepSourceOptions sources;
};

using SweepCommand =
    std::variant<SweepRunCommand, SweepPlanCommand, SweepResumeCommand,
                 SweepUnitCommand, SweepFinishCommand, SweepStatusCommand,
                 SweepFindingsCommand, SweepTrendsCommand, SweepDecideCommand,
                 SweepGcCommand>;

// What `leaksift sweep` has to be given to do the same, with absolute paths.
std::vector<std::string> arguments_of(const SweepStateOptions& options);
std::vector<std::string> arguments_of(const SweepWorkOptions& options);

// The subcommands of `leaksift sweep`.
class SweepOptionParser {
 public:
  void add_to(CLI::App& sweep);

  // The one that was typed; nothing if it was none of these.
  std::optional<SweepCommand> chosen() const;

 private:
  void add_run(CLI::App& sweep);
  void add_plan(CLI::App& sweep);
  void add_resume(CLI::App& sweep);
  void add_unit(CLI::App& sweep);
  void add_finish(CLI::App& sweep);
  void add_status(CLI::App& sweep);
  void add_findings(CLI::App& sweep);
  void add_trends(CLI::App& sweep);
  void add_decide(CLI::App& sweep);
  void add_gc(CLI::App& sweep);

  Subcommand<SweepRunCommand> run_;
  Subcommand<SweepPlanCommand> plan_;
  Subcommand<SweepResumeCommand> resume_;
  Subcommand<SweepUnitCommand> unit_;
  Subcommand<SweepFinishCommand> finish_;
  Subcommand<SweepStatusCommand> status_;
  Subcommand<SweepFindingsCommand> findings_;
  Subcommand<SweepTrendsCommand> trends_;
  Subcommand<SweepDecideCommand> decide_;
  Subcommand<SweepGcCommand> gc_;
};

}  // namespace leaksift
