// The last lines of a report for people: how much was found, what does not
// count and why, what was looked at and what was not.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

#include "findings/finding.h"
#include "report/redactor.h"
#include "report/style.h"

namespace leaksift {

// "1 place", "2 places".
std::string count_of(uint64_t count, std::string_view what);

void write_text_summary(const Report& report, const ReportStyle& style,
                        const Redactor& redactor, std::ostream& out);

}  // namespace leaksift
