// The forms that a report can take.
//
// All of them say the same of the same Report, byte for byte, but for times:
// the summary's `seconds` (and, with stats, its `stages`) in JSON, the line
// that begins with "Scanned" in text. SARIF holds none.
#pragma once

#include <iosfwd>
#include <optional>
#include <string_view>

#include "findings/finding.h"
#include "leaksift/finding.h"
#include "report/style.h"

namespace leaksift {

enum class Format { kText, kJson, kJsonl, kSarif };

std::string_view to_string(Format format);  // "jsonl"
template <>
std::optional<Format> from_string(std::string_view word);

// REQUIRES: report.coverage.finish() has been called.
void write_report(Format format, const Report& report, const ReportStyle& style,
                  std::ostream& out);

}  // namespace leaksift
