#include "report/text_summary.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <ostream>
#include <vector>

#include "core/text.h"

namespace leaksift {
namespace {

constexpr size_t kMaxExamples = 3;

constexpr std::array<std::string_view, 6> kSuppressedBy = {
    "",
    "by comments in the text",
    "by ignore files",
    "by the baseline",
    "of too little confidence (--min-confidence)",
    "as parts of others"};

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) {
    if (!all.empty()) all += ", ";
    all += part;
  }
  return all;
}

// "3 by ignore files, 1 by the baseline"; empty for none.
std::string suppressed_text(const Report& report,
                            uint64_t (Report::*count)(Suppression) const) {
  std::vector<std::string> parts;
  for (const Suppression kind : kSuppressions) {
    const uint64_t number = (report.*count)(kind);
    if (number == 0) continue;
    parts.push_back(std::to_string(number) + " " +
                    std::string(kSuppressedBy[static_cast<size_t>(kind)]));
  }
  return joined(parts);
}

class Summary {
 public:
  Summary(const Report& report, const Redactor& redactor, std::ostream& out)
      : report_(report), redactor_(redactor), out_(out) {}

  void write_found() const;
  void write_suppressed() const;
  void write_scanned() const;
  void write_skipped() const;
  void write_verdict() const;
  void write_stages() const;

 private:
  bool complete() const { return report_.coverage.complete(report_.strict); }
  std::string text(std::string_view bytes) const {
    return printable(redactor_.without_secrets(bytes));
  }
  std::string severities() const;
  void write_skipped_kind(std::string_view heading, bool failures) const;
  std::string examples_of(SkipReason reason, uint64_t count) const;

  const Report& report_;
  const Redactor& redactor_;
  std::ostream& out_;
};

// "1 critical, 3 high"
std::string Summary::severities() const {
  std::vector<std::string> parts;
  for (int i = static_cast<int>(Severity::kCritical); i >= 0; --i) {
    const auto severity = static_cast<Severity>(i);
    const auto number =
        std::count_if(report_.findings.begin(), report_.findings.end(),
                      [&](const Finding& finding) {
                        return finding.suppression == Suppression::kNone &&
                               finding.rule->severity == severity;
                      });
    if (number == 0) continue;
    parts.push_back(std::to_string(number) + " " +
                    std::string(to_string(severity)));
  }
  return joined(parts);
}

void Summary::write_found() const {
  const uint64_t secrets = report_.count(Suppression::kNone);
  if (secrets > 0) {
    const uint64_t places = report_.count_occurrences(Suppression::kNone);
    out_ << count_of(secrets, "secret") << " in " << count_of(places, "place")
         << " (" << severities() << ").\n";
  } else if (complete()) {
    out_ << "No secrets found.\n";
  } else {
    // Never to be read as "there are none".
    out_ << "No secrets found in what was scanned, but the scan is not "
            "complete.\n";
  }
}

void Summary::write_suppressed() const {
  const std::string findings = suppressed_text(report_, &Report::count);
  if (!findings.empty()) out_ << "Suppressed secrets: " << findings << ".\n";
  const std::string places =
      suppressed_text(report_, &Report::count_occurrences);
  if (!places.empty()) out_ << "Suppressed places: " << places << ".\n";
}

void Summary::write_scanned() const {
  const Coverage& coverage = report_.coverage;
  std::array<char, 32> seconds;
  std::snprintf(seconds.data(), seconds.size(), "%.2f", report_.wall_seconds);
  out_ << "Scanned " << text(report_.target) << ": "
       << count_of(coverage.inputs, "input") << ", "
       << count_of(coverage.blobs, "content") << ", "
       << human_bytes(coverage.bytes) << ", in " << seconds.data() << " s.\n";
}

void Summary::write_skipped() const {
  write_skipped_kind("Could not be scanned:", true);
  write_skipped_kind("Left out:", false);
}

void Summary::write_skipped_kind(std::string_view heading,
                                 bool failures) const {
  bool first = true;
  for (const auto& [reason, count] : report_.coverage.skip_counts) {
    if (is_failure(reason) != failures || count == 0) continue;
    if (first) out_ << heading << "\n";
    first = false;
    out_ << "  " << to_string(reason) << ": " << count
         << examples_of(reason, count) << "\n";
  }
}

std::string Summary::examples_of(SkipReason reason, uint64_t count) const {
  std::vector<std::string> examples;
  for (const Skipped& entry : report_.coverage.skipped) {
    if (entry.reason != reason) continue;
    if (examples.size() == kMaxExamples) break;
    examples.push_back(text(entry.name) + (entry.detail.empty()
                                               ? std::string()
                                               : ": " + text(entry.detail)));
  }
  if (examples.empty()) return "";
  const uint64_t more = count - std::min<uint64_t>(count, examples.size());
  return " (" + joined(examples) +
         (more > 0 ? ", and " + std::to_string(more) + " more)" : ")");
}

void Summary::write_verdict() const {
  if (complete()) return;
  const bool failed = !report_.coverage.complete(false);
  out_ << "The scan is not complete: "
       << (failed ? "something could not be scanned"
                  : "something was left out, and --strict asks for all")
       << ".\n";
}

void Summary::write_stages() const {
  for (const StageStats& stage : report_.stages) {
    std::array<char, 96> numbers;
    std::snprintf(numbers.data(), numbers.size(), "%10.3f s %10s %12llu",
                  stage.seconds, human_bytes(stage.bytes).c_str(),
                  static_cast<unsigned long long>(stage.count));
    std::string name = printable(stage.name);
    name.resize(std::max<size_t>(name.size(), 16), ' ');
    out_ << "  " << name << numbers.data() << "\n";
  }
}

}  // namespace

std::string count_of(uint64_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) +
         (count == 1 ? "" : "s");
}

void write_text_summary(const Report& report, const ReportStyle& style,
                        const Redactor& redactor, std::ostream& out) {
  const Summary summary(report, redactor, out);
  summary.write_found();
  summary.write_suppressed();
  summary.write_scanned();
  summary.write_skipped();
  summary.write_verdict();
  if (style.stats) summary.write_stages();
}

}  // namespace leaksift
