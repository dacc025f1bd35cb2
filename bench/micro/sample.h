// Made-up inputs of a given size, the same in every run.
#pragma once

#include <cstddef>
#include <string>

#include "rules/rule.h"

namespace leaksift {

// Something like source code: lines of words and operators. One in forty
// looks like a secret and is none: a commit id, a password that is read from
// somewhere. The prefilter has 13 hits in a KB; in the sources of curl, 12.
std::string sample_source(size_t bytes);

// Lines that assign something to a name like api_token, half of them a secret.
std::string sample_assignments(size_t lines);

// All examples of `rules`, one below the other: every line has a secret.
std::string sample_secrets(const RuleSet& rules);

std::string sample_base64(size_t characters);

}  // namespace leaksift
