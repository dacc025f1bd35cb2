#include "findings/finding.h"

#include <limits>

#include "support/catch.h"

using namespace leaksift;

TEST_CASE("a date shows the author's own clock", "[findings][finding]") {
  auto [time, text] = GENERATE(table<Timestamp, std::string>({
      {{0, 0}, "1970-01-01T00:00:00Z"},
      {{1795403106, 60}, "2026-11-23T04:05:06+01:00"},
      {{1795403106, -570}, "2026-11-22T17:35:06-09:30"},
      {{951782400, 0}, "2000-02-29T00:00:00Z"},
      {{-1, 0}, "1969-12-31T23:59:59Z"},
  }));
  CHECK(to_iso8601(time) == text);
}

TEST_CASE("a date that no calendar has is shown as the nearest one",
          "[findings][finding]") {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  auto [time, text] = GENERATE_COPY(table<Timestamp, std::string>({
      {{kMost, 60}, "9999-12-31T23:59:59Z"},
      {{kLeast, -60}, "0001-01-01T00:00:00Z"},
      {{253402300799, 60}, "9999-12-31T23:59:59Z"},
      {{0, 1440}, "1970-01-01T00:00:00Z"},
      {{0, -32768}, "1970-01-01T00:00:00Z"},
  }));
  CHECK(to_iso8601(time) == text);
}

TEST_CASE("a finding counts until its last occurrence is suppressed",
          "[findings][finding]") {
  Finding finding;
  finding.occurrences.resize(3);
  finding.occurrences[0].path = "a";
  finding.occurrences[1].path = "b";
  finding.occurrences[2].path = "c";

  CHECK(finding.suppress(Suppression::kInlineComment,
                         [](const auto& o) { return o.path == "a"; }));
  CHECK(finding.suppression == Suppression::kNone);

  CHECK(finding.suppress(Suppression::kIgnoreFile,
                         [](const auto&) { return true; }));
  CHECK(finding.suppression == Suppression::kIgnoreFile);
  CHECK(finding.occurrences[0].suppression == Suppression::kInlineComment);

  CHECK_FALSE(finding.suppress(Suppression::kBaseline,
                               [](const auto&) { return false; }));
  CHECK(finding.suppression == Suppression::kIgnoreFile);
}

TEST_CASE("a report counts findings and occurrences by their state",
          "[findings][finding]") {
  Report report;
  report.findings.resize(2);
  report.findings[0].occurrences.resize(3);
  report.findings[1].occurrences.resize(2);
  for (Finding& finding : report.findings) {
    finding.occurrences[0].path = "known";
    finding.occurrences[1].path = "known";
    finding.suppress(Suppression::kBaseline,
                     [](const auto& o) { return o.path == "known"; });
  }
  CHECK(report.count(Suppression::kNone) == 1);
  CHECK(report.count(Suppression::kBaseline) == 1);
  CHECK(report.count_occurrences(Suppression::kNone) == 1);
  CHECK(report.count_occurrences(Suppression::kBaseline) == 4);
}
