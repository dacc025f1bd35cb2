// Rules as they are written: what the loader reads and the linter checks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "leaksift/finding.h"

namespace leaksift {

// Where in a rule file something was written; line 0: not from a file.
struct RuleSource {
  std::string file;
  uint32_t line = 0;

  std::string to_string() const {
    return line == 0 ? file : file + ":" + std::to_string(line);
  }
};

// What an allowlist's regexes are held against.
enum class AllowTarget { kSecret, kMatch, kLine };

// Says which matches are no findings. With `all_conditions`, every kind of
// condition that is given must hold (paths, commits, regexes, stopwords); else
// one is enough. Within one kind, any entry is enough.
struct Allowlist {
  std::string description;
  bool all_conditions = false;
  std::vector<std::string> commits;  // full ids, lower case
  std::vector<std::string> paths;    // regexes
  AllowTarget target = AllowTarget::kSecret;
  std::vector<std::string> regexes;
  std::vector<std::string> stopwords;  // lower case, substrings of the secret
  std::vector<std::string> target_rules;  // of a global one: empty means all
  RuleSource source;
};

// Another rule whose match must be near for a match of this one to count, and
// is a part of the finding. One that is optional is a part where it is near.
struct RequiredRule {
  std::string id;
  bool optional = false;
  std::optional<uint32_t> within_lines;
  std::optional<uint32_t> within_columns;
};

struct Rule {
  std::string id;
  std::string description;
  std::string provider;
  std::string regex;          // empty: a rule about paths alone
  std::string path;           // regex that a path must match; empty: any path
  uint32_t secret_group = 0;  // 0: the first group that is not empty, or all
  double entropy = 0;         // a secret needs more bits than this; 0: any
  std::vector<std::string> keywords;  // lower case; one must be in the blob
  std::vector<std::string> tags;
  std::vector<Allowlist> allowlists;
  std::vector<RequiredRule> required;
  bool skip_report = false;  // serves only as a required rule

  DataClass data_class = DataClass::kSecret;
  Severity severity = Severity::kHigh;
  bool states_severity = false;  // else it is the default
  Confidence confidence = Confidence::kMedium;
  // Instead of `confidence` where the secret reads like words
  // (match/wordiness.h). With `no_words`, words are no match.
  std::optional<Confidence> if_words;
  bool no_words = false;
  // Instead of `confidence`, unless the secret has changed that, where all that
  // `required` names is near.
  std::optional<Confidence> if_paired;
  std::vector<std::string> references;
  std::string remedy;  // what to do instead
  // Of a rule that is used only if its pack is asked for; empty: always used.
  std::string pack;
  // Matches in one blob count only if they have so many different secrets.
  uint32_t min_count = 0;
  std::vector<std::string> examples;
  std::vector<std::string> counter_examples;
  // Name of a check of the secret's own bytes (check/check.h). Where it fails
  // a match is one step less sure, or, of another class than secret, none.
  std::string checksum;
  std::string charset;  // members of a bracket class: the secret's characters
  // Longest match in bytes, for a regex without a limit of its own.
  std::optional<uint32_t> context_after;

  // Read from a file that does not say `format = 1`: a gitleaks or betterleaks
  // file. Our own filters (placeholders) leave the findings of these alone.
  bool foreign = false;
  RuleSource source;
};

// What one set of rule files says, in the order of rule ids.
struct RuleSet {
  std::vector<Rule> rules;
  std::vector<Allowlist> allowlists;  // global ones
  // All of its regexes are known to compile: so it is with the built-in rules.
  bool is_checked = false;
};

}  // namespace leaksift
