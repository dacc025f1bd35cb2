// What was typed on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/hook_options.h"
#include "cli/shared_options.h"
#include "cli/sweep_options.h"
#include "core/memory.h"
#include "import/import.h"

namespace leaksift {

struct ScanCommand {
  std::vector<std::string> paths;
  bool use_ignore = true;
  uint64_t max_file_bytes = 0;
  unsigned jobs = 1;
  uint64_t memory = kDefaultMemory;  // bytes
  RuleOptions rules;
  ReportOptions report;
};

struct HistoryCommand {
  std::vector<std::string> repositories;  // empty: around this folder
  bool refs_only = false;
  std::string range;
  bool verify_deltas = false;
  bool review = false;       // into the folder report.output
  std::string verify_clean;  // the folder of a review; empty: no
  unsigned jobs = 1;
  uint64_t memory = kDefaultMemory;  // bytes
  RuleOptions rules;
  ReportOptions report;
};

struct GitVerifyCommand {
  std::string repository = ".";
  bool no_hash = false;
  unsigned jobs = 1;
  uint64_t memory = kDefaultMemory;  // bytes
};

struct RulesListCommand {
  RuleOptions rules;
};

struct RulesCheckCommand {
  RuleOptions rules;
};

struct RulesTestCommand {
  RuleOptions rules;
  std::string file;
};

struct RulesBenchCommand {
  RuleOptions rules;
  std::vector<std::string> paths;
  size_t top = 20;  // rules to list
};

struct RulesExplainCommand {
  RuleOptions rules;
  std::string rule_id;
  std::string text;
};

struct RulesImportCommand {
  std::vector<std::string> files;
  std::optional<RuleFormat> from;  // none: by each file's content
  std::string output;              // a file; empty: standard output
};

using Command =
    std::variant<ScanCommand, HistoryCommand, GitVerifyCommand,
                 RulesListCommand, RulesCheckCommand, RulesTestCommand,
                 RulesBenchCommand, RulesExplainCommand, RulesImportCommand,
                 HookCommand, SweepCommand>;

// Parses the command line. Where there is nothing to run (help, version, a
// mistake) prints what is to be said and returns the exit code instead.
std::variant<Command, int> parse_command_line(int argc, char** argv);

}  // namespace leaksift
