// Checks a rule set: do its rules do what they say?
#pragma once

#include <string>
#include <vector>

#include "match/engine.h"
#include "rules/rule.h"

namespace leaksift {

// Compiles every regex of `rules` that a scan compiles only when needed (the
// rules' own, their paths, their allowlists'). Each problem is one line that
// begins with "file:line: ".
std::vector<std::string> check_patterns(const RuleSet& rules);

// Runs the examples and counter-examples of every rule in `engine`: each
// example must give a finding of its rule, each counter-example none. A rule
// of ours must have two of each, a description, an anchor (or be about paths
// alone), and not claim what another one claims. Each problem is one line that
// begins with "file:line: ".
std::vector<std::string> check_examples(const Engine& engine);

}  // namespace leaksift
