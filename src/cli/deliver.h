// From a scan's report to what the user sees.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/options.h"
#include "findings/baseline.h"
#include "findings/finding.h"
#include "findings/ignore_file.h"
#include "leaksift/result.h"

namespace leaksift {

// Everything that may suppress a finding, read before the scan so that a
// mistake in it does not cost one.
struct Suppressions {
  IgnoreList ignores;
  std::optional<Baseline> baseline;
};

// Reads the baseline and the .leaksiftignore and .gitleaksignore in `folders`.
Result<Suppressions> read_suppressions(const ReportOptions& options,
                                       const std::vector<std::string>& folders);

// Applies them, writes the report where the options say, and tells the exit
// code.
Result<ExitCode> deliver(Report report, const Suppressions& suppressions,
                         const ReportOptions& options);

}  // namespace leaksift
