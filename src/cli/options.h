// What was typed on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace leaksift {

// Which rules to use.
struct RuleOptions {
  std::vector<std::string> rule_paths;  // files or folders; empty: built in
  std::string config;                   // a file that extends or replaces them
  std::vector<std::string> only;        // rule ids
  std::vector<std::string> except;
};

struct RulesListOptions {
  RuleOptions rules;
  std::string format = "text";
};

struct RulesCheckOptions {
  RuleOptions rules;
};

struct RulesTestOptions {
  RuleOptions rules;
  std::string file;
};

struct RulesExplainOptions {
  RuleOptions rules;
  std::string rule_id;
  std::string text;
};

struct GitVerifyOptions {
  std::string repository = ".";
  bool no_hash = false;
  unsigned jobs = 1;
  uint64_t max_object_bytes = uint64_t{1} << 30;
};

using Command =
    std::variant<RulesListOptions, RulesCheckOptions, RulesTestOptions,
                 RulesExplainOptions, GitVerifyOptions>;

// Parses the command line. Where there is nothing to run (help, version, a
// mistake) prints what is to be said and returns the exit code instead.
std::variant<Command, int> parse_command_line(int argc, char** argv);

}  // namespace leaksift
