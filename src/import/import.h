// Rule files of other tools, taken over as rules of ours.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leaksift/result.h"
#include "rules/rule.h"

namespace leaksift {

enum class RuleFormat {
  kGitleaks,
  kBetterleaks,
  kKingfisher,
  kNoseyParker,
  kTruffleHog,
  kDetectSecrets,
};

inline constexpr std::string_view kRuleFormats =
    "gitleaks, betterleaks, kingfisher, noseyparker, trufflehog, "
    "detect-secrets";

// The format of one of these names; none for other words.
std::optional<RuleFormat> rule_format_of(std::string_view name);

// One file, read; `name` is what messages call it.
struct RuleText {
  std::string name;
  std::string text;
};

struct ImportedRules {
  RuleSet set;  // foreign rules all: our own filters leave them alone
  // The file changes the rules of the binary: `[extend] useDefault = true`.
  bool extends_builtin = false;
  std::vector<std::string> disabled_builtin;
  // What has no counterpart here, and rules that could not be taken over at
  // all; each as "file:line: rule 'id': text".
  std::vector<std::string> not_taken;
};

// Takes over the rules of all `files`. Without `format`, each file's is
// recognised by its content. Every rule of the result compiles and has its
// required ones. Fails, and names file and line, on what cannot be read at
// all, and on more than 10,000 rules.
Result<ImportedRules> import_rules(const std::vector<RuleText>& files,
                                   std::optional<RuleFormat> format);

// The same rules as a file that --rules and --config read.
std::string to_toml(const ImportedRules& rules);

}  // namespace leaksift
