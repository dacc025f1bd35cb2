// Reports for people at a terminal.
#pragma once

#include <iosfwd>

#include "findings/finding.h"
#include "report/style.h"

namespace leaksift {

// One block for each secret, then what the run amounts to. Everything that
// comes from what was scanned is made printable and cannot forge a line. The
// words "not complete" stand in the end of every report whose run failed to
// look at something, whatever was found.
void write_text(const Report& report, const ReportStyle& style,
                std::ostream& out);

}  // namespace leaksift
