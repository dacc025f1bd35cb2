// What of a Report a reader gets to see.
#pragma once

#include <vector>

#include "findings/finding.h"
#include "report/style.h"

namespace leaksift {

// In the report's order. Suppressed ones only if the style asks for them. The
// pointers are valid as long as the Report.
std::vector<const Finding*> listed_findings(const Report& report,
                                            const ReportStyle& style);
std::vector<const Occurrence*> listed_occurrences(const Finding& finding,
                                                  const ReportStyle& style);

// The occurrence that `introduced` names, which has a commit; null where there
// is none.
const Occurrence* introduced_in(const Finding& finding);

// What decoders turned the listed occurrences' bytes from, each once; empty
// where all stand as plain bytes.
std::vector<TextEncoding> decodings_of(
    const std::vector<const Occurrence*>& occurrences);

}  // namespace leaksift
