#include "cli/release.h"

#include <iostream>
#include <sstream>
#include <utility>

#include "review/clean_report.h"
#include "review/review_folder.h"
#include "review/review_model.h"

namespace leaksift {

Result<ReleaseTask> ReleaseTask::prepare(const HistoryCommand& command) {
  ReleaseTask task(command);
  const bool of_one = command.review || !command.verify_clean.empty();
  if (of_one && !command.report.min_confidence) {
    task.options_.min_confidence = Confidence::kLow;
  }
  if (of_one && command.repositories.size() > 1) {
    return Error("--review and --verify-clean take one repository");
  }
  if (command.review) {
    Status folder = check_review_folder(command.report.output);
    if (!folder) return std::move(folder).error();
    return task;
  }
  if (!command.verify_clean.empty()) {
    if (task.options_.format != Format::kText &&
        task.options_.format != Format::kJson) {
      return Error("--verify-clean reports as text or json");
    }
    Result<ReviewedSecrets> reviewed = read_review(command.verify_clean);
    if (!reviewed) return std::move(reviewed).error();
    task.reviewed_ = *std::move(reviewed);
    task.options_.baseline =
        command.verify_clean + "/" + review_file::kFindings;
  }
  Status output = check_output(task.options_);
  if (!output) return std::move(output).error();
  return task;
}

Result<ExitCode> ReleaseTask::deliver(Report report,
                                      const Suppressions& suppressions,
                                      const Repository& repository,
                                      const HistoryOptions& scanned) const {
  if (!review_ && !reviewed_) {
    return leaksift::deliver(std::move(report), suppressions, options_);
  }
  settle(report, suppressions, options_);
  return review_ ? review(report, repository, scanned)
                 : verify(std::move(report), repository, scanned);
}

Result<ExitCode> ReleaseTask::review(const Report& report,
                                     const Repository& repository,
                                     const HistoryOptions& scanned) const {
  const RewritePlan plan =
      plan_rewrite(report, repository, scanned.jobs, scanned.memory);
  Status written = write_review(report, plan, options_.output);
  if (!written) return std::move(written).error();
  std::cerr << "wrote " << options_.output << "/" << review_file::kReadme
            << ": start there\n";
  const ExitCode code = exit_code_of(report);
  return code == ExitCode::kClean && !is_ready(report, plan)
             ? ExitCode::kIncomplete
             : code;
}

Result<ExitCode> ReleaseTask::verify(Report report,
                                     const Repository& repository,
                                     const HistoryOptions& scanned) const {
  const CleanCheck check = check_clean(
      repository, std::move(report), *reviewed_, scanned.jobs, scanned.memory);
  const auto write =
      options_.format == Format::kJson ? write_clean_json : write_clean_text;
  if (options_.output.empty()) {
    write(check, *reviewed_, std::cout);
  } else {
    std::ostringstream text;
    write(check, *reviewed_, text);
    Status written = write_output(options_.output, text.str());
    if (!written) return std::move(written).error();
  }
  if (check.found_something()) return ExitCode::kFindings;
  return check.complete() ? ExitCode::kClean : ExitCode::kIncomplete;
}

}  // namespace leaksift
