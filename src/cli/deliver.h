// From a scan's report to what the user sees.
#pragma once

#include <optional>
#include <string>
#include <string_view>
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
  std::vector<IgnoreList> ignores;
  std::optional<Baseline> baseline;
};

// A folder whose .leaksiftignore and .gitleaksignore are to be read.
struct IgnoreFolder {
  std::string path;
  // As in IgnoreList: what paths in findings begin with, and where in the
  // folder that is.
  std::string name;
  std::string below;
};

// Reads the baseline and the ignore files in `folders`.
Result<Suppressions> read_suppressions(
    const ReportOptions& options, const std::vector<IgnoreFolder>& folders);

// Fails if the report cannot be written where the options say: a long scan is
// not to end with that.
Status check_output(const ReportOptions& options);

// Marks what they suppress, and finishes the report's coverage. What they name
// and is not there is a warning, but of a hook's, which sees only what changes.
void settle(Report& report, const Suppressions& suppressions,
            const ReportOptions& options);

ExitCode exit_code_of(const Report& report);

// Into the file `path`, whole or not at all; into what is no file, in place.
Status write_output(const std::string& path, std::string_view bytes);

// Writes a settled report where the options say.
Status write_out(const Report& report, const ReportOptions& options);

// Settles the report, writes it where the options say, and tells the exit code.
Result<ExitCode> deliver(Report report, const Suppressions& suppressions,
                         const ReportOptions& options);

}  // namespace leaksift
