#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/progress_bar.h"
#include "cli/release.h"
#include "cli/rule_setup.h"
#include "git/repository.h"
#include "pipeline/files.h"
#include "pipeline/history.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

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

// The work tree that `folder` lies in, if it is not the top of one itself.
std::optional<IgnoreFolder> enclosing(const std::string& folder) {
  std::error_code error;
  const fs::path here = fs::canonical(folder.empty() ? "." : folder, error);
  if (error) return std::nullopt;
  const Result<Repository> repository = open_repository(here.string());
  if (!repository || repository->work_tree.empty()) return std::nullopt;
  const fs::path top = fs::canonical(repository->work_tree, error);
  const std::string below = here.lexically_relative(top).generic_string();
  if (error || below.empty() || below.starts_with("..")) return std::nullopt;
  return IgnoreFolder{top.string(), folder, below == "." ? "" : below + "/"};
}

// A folder's own ignore files and those of its work tree; for a single file
// only the latter.
std::vector<IgnoreFolder> ignore_folders(
    const std::vector<std::string>& paths) {
  std::vector<IgnoreFolder> folders;
  for (const std::string& path : paths) {
    std::error_code error;
    const bool is_folder = fs::is_directory(path, error);
    if (!is_folder && !fs::is_regular_file(path, error)) continue;
    if (is_folder) folders.push_back({path, path, ""});
    std::optional<IgnoreFolder> around =
        enclosing(is_folder ? path : fs::path(path).parent_path().string());
    if (around && !(is_folder && around->below.empty())) {
      folders.push_back(*std::move(around));
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
      read_suppressions(command.report, ignore_folders(paths));
  if (!suppressions) return suppressions.error();
  if (Status output = check_output(command.report); !output) {
    return std::move(output).error();
  }

  FilesOptions options;
  options.jobs = command.jobs;
  options.use_ignore = command.use_ignore;
  options.max_file_bytes = command.max_file_bytes;
  options.memory = command.memory;
  Result<Report> report = timed(command.report, [&](Progress& progress) {
    return scan_files(**engine, paths, options, progress);
  });
  if (!report) return std::move(report).error();
  report->target = joined(paths);
  return deliver(*std::move(report), *suppressions, command.report);
}

Result<ExitCode> run(const HistoryCommand& command) {
  std::vector<std::string> names = command.repositories;
  if (names.empty()) names.emplace_back(".");
  std::vector<NamedRepository> repositories;
  for (const std::string& name : names) {
    Result<Repository> repository = open_repository(name);
    if (!repository) return std::move(repository).error();
    repositories.push_back({name, *std::move(repository)});
  }
  const Result<ReleaseTask> task = ReleaseTask::prepare(command);
  if (!task) return task.error();
  const Repository first = repositories[0].repository;
  const Result<std::unique_ptr<Engine>> engine = set_up_engine(command.rules);
  if (!engine) return engine.error();
  // What one repository ignores is another one's secret.
  std::vector<IgnoreFolder> folders;
  const std::string& tree = first.work_tree;
  if (names.size() == 1 && !tree.empty()) folders.push_back({tree, "", ""});
  const Result<Suppressions> suppressions =
      read_suppressions(task->report_options(), folders);
  if (!suppressions) return suppressions.error();

  HistoryOptions options;
  options.jobs = command.jobs;
  options.refs_only = command.refs_only;
  options.range = command.range;
  options.verify_deltas = command.verify_deltas;
  options.memory = command.memory;
  Result<Report> report = timed(command.report, [&](Progress& progress) {
    return scan_history(**engine, std::move(repositories), options, progress);
  });
  if (!report) return std::move(report).error();
  report->target = joined(names);
  return task->deliver(*std::move(report), *suppressions, first, options);
}

}  // namespace leaksift
