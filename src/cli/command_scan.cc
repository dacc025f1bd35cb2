#include <chrono>
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/progress_bar.h"
#include "cli/rule_setup.h"
#include "git/repository.h"
#include "pipeline/files.h"
#include "pipeline/history.h"

namespace leaksift {
namespace {

// Runs `scan` under a progress bar and puts to its report how long it took.
template <typename Scan>
Result<Report> timed(const ReportOptions& options, Scan scan) {
  const auto start = std::chrono::steady_clock::now();
  Progress progress;
  Result<Report> report = [&] {
    const ProgressBar bar(progress, options.progress);
    return scan(progress);
  }();
  if (report) {
    const std::chrono::duration<double> passed =
        std::chrono::steady_clock::now() - start;
    report->wall_seconds = passed.count();
  }
  return report;
}

std::vector<IgnoreFolder> folders_among(const std::vector<std::string>& paths) {
  std::vector<IgnoreFolder> folders;
  for (const std::string& path : paths) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
      folders.push_back({path, path});
    }
  }
  return folders;
}

std::string joined(const std::vector<std::string>& paths) {
  std::string all;
  for (const std::string& path : paths) all += (all.empty() ? "" : " ") + path;
  return all;
}

}  // namespace

Result<ExitCode> run(const ScanCommand& command) {
  std::vector<std::string> paths = command.paths;
  if (paths.empty()) paths.emplace_back(".");
  const Result<std::unique_ptr<Engine>> engine = set_up_engine(command.rules);
  if (!engine) return engine.error();
  const Result<Suppressions> suppressions =
      read_suppressions(command.report, folders_among(paths));
  if (!suppressions) return suppressions.error();

  FilesOptions options;
  options.jobs = command.jobs;
  options.use_ignore = command.use_ignore;
  options.max_file_bytes = command.max_file_bytes;
  Result<Report> report = timed(command.report, [&](Progress& progress) {
    return scan_files(**engine, paths, options, progress);
  });
  if (!report) return std::move(report).error();
  report->target = joined(paths);
  return deliver(*std::move(report), *suppressions, command.report);
}

Result<ExitCode> run(const HistoryCommand& command) {
  const Result<Repository> repository = open_repository(command.repository);
  if (!repository) return repository.error();
  const Result<std::unique_ptr<Engine>> engine = set_up_engine(command.rules);
  if (!engine) return engine.error();
  const std::string& tree = repository->work_tree;
  const Result<Suppressions> suppressions = read_suppressions(
      command.report, tree.empty() ? std::vector<IgnoreFolder>()
                                   : std::vector{IgnoreFolder{tree, ""}});
  if (!suppressions) return suppressions.error();

  HistoryOptions options;
  options.jobs = command.jobs;
  options.refs_only = command.refs_only;
  options.range = command.range;
  options.verify_deltas = command.verify_deltas;
  Result<Report> report = timed(command.report, [&](Progress& progress) {
    return scan_history(**engine, *repository, options, progress);
  });
  if (!report) return std::move(report).error();
  report->target = command.repository;
  return deliver(*std::move(report), *suppressions, command.report);
}

}  // namespace leaksift
