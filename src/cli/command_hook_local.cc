#include <chrono>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/rule_setup.h"
#include "core/short_lived.h"
#include "core/text.h"
#include "findings/fold_parts.h"
#include "hook/local_scan.h"
#include "report/redactor.h"
#include "report/selection.h"

namespace leaksift {
namespace {

// How one of these hooks speaks of what it stops.
struct Wording {
  std::string_view command;  // of the report
  std::string_view stopped;
  std::string_view remedy;
};

constexpr Wording kCommit = {
    "hook pre-commit", "leaksift: nothing was committed.",
    "Take it out of the file, `git add` that, and commit again; or leave the "
    "file out:\n  git restore --staged -- FILE   (of a first commit: git rm "
    "--cached FILE)\n"};
constexpr Wording kPush = {
    "hook pre-push", "leaksift: nothing was pushed.",
    "It has to leave the commit that brings it:\n"
    "  the last one: take it out of the file, git commit --amend FILE\n"
    "  one before:   git rebase -i COMMIT^   (mark it `edit`, then "
    "likewise)\n"};

constexpr std::string_view kReplace =
    "A real secret that anybody else has seen must be replaced where it is "
    "valid.\n";

// "echo 'FINGERPRINT' >> .leaksiftignore" for each that is reported.
void write_how_to_allow(const Report& report, std::ostream& out) {
  constexpr size_t kMaxLines = 5;
  out << "Not a secret? A comment `leaksift:allow` in its line, or a line in "
         ".leaksiftignore:\n";
  std::set<std::string> lines;
  for (const Finding* finding : listed_findings(report, {})) {
    if (finding->suppression == Suppression::kNone) {
      lines.insert(finding->fingerprint);
    }
  }
  size_t shown = 0;
  for (const std::string& line : lines) {
    if (++shown > kMaxLines) break;
    out << "  " << line << "  # why\n";
  }
  if (lines.size() > kMaxLines) {
    out << "  and " << lines.size() - kMaxLines << " more fingerprints\n";
  }
}

// What was there before is not this change's fault, but worth a word.
void advise_of_known(uint64_t count, std::ostream& out) {
  if (count == 0) return;
  out << "leaksift: " << count << (count == 1 ? " secret was" : " secrets were")
      << " in these files before: `leaksift scan` shows "
      << (count == 1 ? "it" : "them") << ".\n";
}

uint64_t count_known(std::vector<Finding> known,
                     const Suppressions& suppressions,
                     const ReportOptions& options, const Wording& wording) {
  Report report;
  report.command = wording.command;
  report.findings = std::move(known);
  settle(report, suppressions, options);
  return report.count(Suppression::kNone);
}

// Says nothing where there is nothing to say.
Result<ExitCode> deliver_local(LocalFindings found,
                               const Suppressions& suppressions,
                               const ReportOptions& options,
                               const Wording& wording) {
  found.report.command = wording.command;
  const uint64_t known =
      count_known(std::move(found.known), suppressions, options, wording);
  settle(found.report, suppressions, options);
  fold_parts(found.report.findings);
  const ExitCode code = exit_code_of(found.report);
  const bool is_text = options.format == Format::kText;
  const bool is_wanted = !is_text || options.stats || !options.output.empty();
  if (code != ExitCode::kClean || is_wanted) {
    if (Status written = write_out(found.report, options); !written) {
      return std::move(written).error();
    }
  }
  // Machines read the report from standard output.
  std::ostream& out = is_text ? std::cout : std::cerr;
  if (code != ExitCode::kClean) out << "\n" << wording.stopped << "\n";
  if (code == ExitCode::kFindings) {
    out << wording.remedy << kReplace;
    write_how_to_allow(found.report, out);
  }
  advise_of_known(known, out);
  return code;
}

// `find` says what is to be scanned.
template <typename Command, typename Find>
Result<ExitCode> scan_and_deliver(const Command& command,
                                  const Wording& wording, Find find) {
  const auto start = std::chrono::steady_clock::now();
  expect_short_life();
  if (Status output = check_output(command.report); !output) {
    return std::move(output).error();
  }
  const Result<LocalRepository> local = open_local(process_environment());
  if (!local) return local.error();
  std::vector<IgnoreFolder> folders;
  if (!local->work_tree.empty()) folders.push_back({local->work_tree, "", ""});
  const Result<Suppressions> suppressions =
      read_suppressions(command.report, folders);
  if (!suppressions) return suppressions.error();
  // At the same time as the engine is made: people wait for this.
  std::optional<Result<LocalChange>> change;
  std::jthread reader([&] { change.emplace(find(*local)); });
  Result<std::unique_ptr<Engine>> engine = set_up_engine(command.rules);
  reader.join();
  if (!engine) return std::move(engine).error();
  if (!*change) return change->error();
  Result<LocalFindings> found =
      scan_local(**engine, **change, command.jobs, command.memory);
  if (!found) return std::move(found).error();
  const std::chrono::duration<double> passed =
      std::chrono::steady_clock::now() - start;
  found->report.wall_seconds = passed.count();
  Result<ExitCode> code =
      deliver_local(*std::move(found), *suppressions, command.report, wording);
  // Taking the engine apart would take as long as a small scan.
  static_cast<void>(engine->release());
  return code;
}

}  // namespace

Result<ExitCode> run(const HookPreCommitCommand& command) {
  return scan_and_deliver(command, kCommit, [&](const LocalRepository& local) {
    return staged_change(local, command.memory);
  });
}

Result<ExitCode> run(const HookPrePushCommand& command) {
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  const Result<std::vector<PushedRef>> pushed = parse_pushed_refs(input);
  if (!pushed) return pushed.error();
  return scan_and_deliver(command, kPush, [&](const LocalRepository& local) {
    return pushed_change(local, command.remote, *pushed, command.memory);
  });
}

}  // namespace leaksift
