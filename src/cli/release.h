// What becomes of the scan of a history: a report, a release review, or the
// answer whether it is clean of an earlier review's secrets.
#pragma once

#include <optional>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "git/repository.h"
#include "leaksift/result.h"
#include "pipeline/history.h"
#include "review/clean_check.h"

namespace leaksift {

class ReleaseTask {
 public:
  // Before the scan, so that a mistake does not cost one: can the output be
  // written, and the review be read?
  static Result<ReleaseTask> prepare(const HistoryCommand& command);

  // The command's; what the review knew is the baseline.
  const ReportOptions& report_options() const { return options_; }

  Result<ExitCode> deliver(Report report, const Suppressions& suppressions,
                           const Repository& repository,
                           const HistoryOptions& scanned) const;

 private:
  explicit ReleaseTask(const HistoryCommand& command)
      : options_(command.report), review_(command.review) {}

  Result<ExitCode> review(const Report& report, const Repository& repository,
                          const HistoryOptions& scanned) const;
  Result<ExitCode> verify(Report report, const Repository& repository,
                          const HistoryOptions& scanned) const;

  ReportOptions options_;
  bool review_;
  std::optional<ReviewedSecrets> reviewed_;  // with --verify-clean
};

}  // namespace leaksift
