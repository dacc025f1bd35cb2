// What was typed on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/hook_options.h"
#include "core/memory.h"
#include "import/import.h"
#include "leaksift/finding.h"
#include "report/format.h"

namespace leaksift {

// Which rules to use.
struct RuleOptions {
  std::vector<std::string> rule_paths;  // files or folders; empty: built in
  std::string config;                   // a file that extends or replaces them
  std::vector<std::string> only;        // rule ids
  std::vector<std::string> except;
  std::vector<std::string> packs;  // built-in ones besides those always used
  bool all_packs = false;
};

// What becomes of the findings.
struct ReportOptions {
  Format format = Format::kText;
  std::string output;  // a file; empty: standard output
  bool show_secrets = false;
  bool stats = false;
  bool strict = false;   // what was left out by choice counts as well
  bool progress = true;  // on a terminal
  std::string baseline;  // an earlier report
  // Findings that are less sure are counted only. Without one: medium, and low
  // for a release review, after which nobody looks again.
  std::optional<Confidence> min_confidence;
  bool suppress = true;  // obey ignore files and comments in what is scanned
};

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
                 HookCommand>;

// Parses the command line. Where there is nothing to run (help, version, a
// mistake) prints what is to be said and returns the exit code instead.
std::variant<Command, int> parse_command_line(int argc, char** argv);

}  // namespace leaksift
