// What SARIF says about rules and in words.
#pragma once

#include <string>
#include <string_view>

#include "leaksift/finding.h"
#include "rules/rule.h"

namespace leaksift {

// "error", "warning" or "note".
std::string_view sarif_level(Severity severity);

// A reportingDescriptor, as JSON text.
std::string sarif_rule(const Rule& rule);

// Untrusted bytes for a message's `text`, where [, ], { and } would make links
// and placeholders.
std::string sarif_text(std::string_view untrusted);

}  // namespace leaksift
