// Rule files: TOML, a superset of gitleaks' (patterns/README.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "leaksift/result.h"
#include "rules/rule.h"

namespace leaksift {

struct LoadedRules {
  RuleSet set;
  // Does it build on the rules of the binary, and without which of them?
  bool extends_builtin = false;
  std::vector<std::string> disabled_builtin;
  // What a foreign file holds that has no meaning here (in a file of ours,
  // `format = 1`, that is an error), and files that would be extended but for
  // the limit; each as "file:line: text".
  std::vector<std::string> warnings;
};

// Reads the rule file at `path` and the files that it extends, at most two
// levels deep. `[extend] useDefault = true` stands for `builtin`. Every error
// names file and line. Patterns are not compiled here: see rules/lint.h.
Result<LoadedRules> load_rule_file(const std::string& path,
                                   const RuleSet& builtin);

// The same for a text that is in memory already; `name` is what errors call
// it. A relative `[extend] path` is taken from the current folder.
Result<LoadedRules> parse_rules(std::string_view text, const std::string& name,
                                const RuleSet& builtin);

// Lays `changes` over `base`: a rule with the id of another overrides its
// description, regex, path, entropy and secret group where it gives them, and
// adds its keywords, tags and allowlists; the others are added. Rules end up
// in the order of their ids.
RuleSet merge_rules(RuleSet base, RuleSet changes);

}  // namespace leaksift
