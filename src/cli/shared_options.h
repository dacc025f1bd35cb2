// Options that several subcommands have, and what is typed with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/subcommand.h"
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

void add_rule_options(CLI::App& app, RuleOptions& rules);
void add_report_options(CLI::App& app, ReportOptions& report);
void add_jobs(CLI::App& app, unsigned& jobs);
void add_memory(CLI::App& app, uint64_t& memory);

}  // namespace leaksift
