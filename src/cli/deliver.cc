#include "cli/deliver.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "core/file.h"
#include "core/text.h"
#include "findings/fold_parts.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxIgnoreFile = 64 << 20;

void warn(const std::string& line) {
  std::cerr << "warning: " << printable(line) << "\n";
}

// The first few; the others are counted.
void warn_of_some(const std::vector<std::string>& lines) {
  constexpr size_t kMaxWarnings = 5;
  const size_t shown = std::min(lines.size(), kMaxWarnings);
  for (size_t i = 0; i < shown; ++i) warn(lines[i]);
  if (lines.size() > shown) {
    warn("and " + std::to_string(lines.size() - shown) + " more of these");
  }
}

bool is_history(const Report& report) {
  return report.command == "history";
}

bool is_hook(const Report& report) {
  return report.command.starts_with("hook ");
}

// The text of `folder`/`name`; nothing if there is no such file.
Result<std::optional<std::string>> read_if_there(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return std::optional<std::string>();
  Result<std::string> text = read_file(path, kMaxIgnoreFile);
  if (!text) return std::move(text).error();
  return std::optional<std::string>(*std::move(text));
}

Status read_ignores(const std::string& folder, IgnoreList& ignores) {
  const std::string ours = folder + "/.leaksiftignore";
  const auto text = read_if_there(ours);
  if (!text) return text.error();
  if (*text) {
    if (Status added = ignores.add_leaksift(**text, ours); !added) return added;
  }
  const std::string theirs = folder + "/.gitleaksignore";
  const auto other = read_if_there(theirs);
  if (!other) return other.error();
  if (*other) {
    warn_of_some(ignores.add_gitleaks(**other, theirs));
  }
  return Ok{};
}

// Comments in the tree count for nothing: whoever wrote it may have written
// them to hide something.
void unsuppress_comments(std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    finding.suppression = Suppression::kNone;
    for (Occurrence& occurrence : finding.occurrences) {
      occurrence.suppression = Suppression::kNone;
    }
  }
}

bool is_color_terminal() {
  return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

// To what is no file, to be written whole or not at all: renaming one to
// /dev/null would be the end of that.
bool is_written_in_place(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status there =
      std::filesystem::symlink_status(path, error);
  return std::filesystem::exists(there) &&
         !std::filesystem::is_regular_file(there);
}

Status write_in_place(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes << std::flush;
  return file ? Status(Ok{}) : Error(path + ": cannot write");
}

}  // namespace

Result<Suppressions> read_suppressions(
    const ReportOptions& options, const std::vector<IgnoreFolder>& folders) {
  Suppressions suppressions;
  if (options.suppress) {
    for (const IgnoreFolder& folder : folders) {
      IgnoreList& ignores =
          suppressions.ignores.emplace_back(folder.name, folder.below);
      Status read = read_ignores(folder.path, ignores);
      if (!read) return std::move(read).error();
    }
  }
  if (!options.baseline.empty()) {
    Result<Baseline> baseline = Baseline::read(options.baseline);
    if (!baseline) return std::move(baseline).error();
    suppressions.baseline = *std::move(baseline);
  }
  return suppressions;
}

Status check_output(const ReportOptions& options) {
  const bool to_file =
      !options.output.empty() && !is_written_in_place(options.output);
  return to_file ? check_writable(options.output) : Status(Ok{});
}

void settle(Report& report, const Suppressions& suppressions,
            const ReportOptions& options) {
  report.strict = options.strict;
  report.coverage.finish();
  if (!options.suppress) unsuppress_comments(report.findings);
  std::vector<std::string> unused;
  for (const IgnoreList& ignores : suppressions.ignores) {
    const auto more = ignores.apply(report.findings, is_history(report));
    unused.insert(unused.end(), more.begin(), more.end());
  }
  if (!is_hook(report)) warn_of_some(unused);
  if (suppressions.baseline) suppressions.baseline->apply(report.findings);
  const Confidence least = options.min_confidence.value_or(Confidence::kMedium);
  for (Finding& finding : report.findings) {
    if (finding.confidence >= least) continue;
    finding.suppress(Suppression::kConfidence,
                     [](const Occurrence&) { return true; });
  }
}

ExitCode exit_code_of(const Report& report) {
  if (report.count(Suppression::kNone) > 0) return ExitCode::kFindings;
  return report.coverage.complete(report.strict) ? ExitCode::kClean
                                                 : ExitCode::kIncomplete;
}

Status write_output(const std::string& path, std::string_view bytes) {
  return is_written_in_place(path) ? write_in_place(path, bytes)
                                   : write_file(path, bytes);
}

Status write_out(const Report& report, const ReportOptions& options) {
  ReportStyle style;
  style.show_secrets = options.show_secrets;
  style.stats = options.stats;
  if (options.output.empty()) {
    style.color = options.format == Format::kText && is_color_terminal();
    write_report(options.format, report, style, std::cout);
    return Ok{};
  }
  std::ostringstream text;
  write_report(options.format, report, style, text);
  return write_output(options.output, text.str());
}

Result<ExitCode> deliver(Report report, const Suppressions& suppressions,
                         const ReportOptions& options) {
  settle(report, suppressions, options);
  fold_parts(report.findings);
  if (Status written = write_out(report, options); !written) {
    return std::move(written).error();
  }
  return exit_code_of(report);
}

}  // namespace leaksift
