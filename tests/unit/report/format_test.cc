#include "report/format.h"

#include <algorithm>
#include <random>
#include <sstream>

#include "core/utf8.h"
#include "support/catch.h"
#include "support/report/sample_report.h"

using namespace leaksift;

namespace {

const std::vector<Format> kFormats = {Format::kText, Format::kJson,
                                      Format::kJsonl, Format::kSarif};

std::string written(Format format, const Report& report,
                    const ReportStyle& style = {}) {
  std::ostringstream out;
  write_report(format, report, style, out);
  return out.str();
}

// Any eight bytes in a row of any of the secrets, beyond the mask's four.
std::string leak_in(const std::string& text,
                    const std::vector<std::string>& secrets) {
  constexpr size_t kTelling = 8;
  for (const std::string& secret : secrets) {
    for (size_t i = 0; i + kTelling <= secret.size(); ++i) {
      const std::string piece = secret.substr(i, kTelling);
      if (text.find(piece) != std::string::npos) return piece;
    }
  }
  return "";
}

bool is_harmless(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\n' || (byte >= 0x20 && byte != 0x7f);
}

}  // namespace

TEST_CASE("a format is known by its name", "[report][format]") {
  for (const Format format : kFormats) {
    CHECK(from_string<Format>(to_string(format)) == format);
  }
  CHECK_FALSE(from_string<Format>("xml"));
  CHECK_FALSE(from_string<Format>("JSON"));
}

TEST_CASE("no report holds a secret, wherever it stood", "[report][format]") {
  const auto sample = testing::hostile_report();
  for (const Format format : kFormats) {
    for (const bool all : {false, true}) {
      CAPTURE(to_string(format), all);
      const ReportStyle style{
          .color = all, .stats = all, .show_suppressed = all};
      const std::string text = written(format, sample.report, style);
      CHECK(text.find("fake****") != std::string::npos);
      CHECK(leak_in(text, sample.secrets).empty());
    }
  }
}

TEST_CASE("no report sends a terminal anything but text", "[report][format]") {
  const auto sample = testing::hostile_report();
  for (const Format format : kFormats) {
    for (const bool show : {false, true}) {
      CAPTURE(to_string(format), show);
      const ReportStyle style{
          .show_secrets = show, .stats = true, .show_suppressed = show};
      const std::string text = written(format, sample.report, style);
      CHECK(is_valid_utf8(text));
      CHECK(std::all_of(text.begin(), text.end(), is_harmless));
      for (const std::string turning :
           {"\u202e", "\u2066", "\u200f", "\u009b"}) {
        CHECK(text.find(turning) == std::string::npos);
      }
    }
  }
}

TEST_CASE("a report is the same in whatever order things were found",
          "[report][format]") {
  const auto sample = testing::hostile_report();
  Report first = sample.report;
  first.findings = group_findings(sample.sightings);
  std::vector<Sighting> shuffled = sample.sightings;
  std::mt19937 random(3);
  for (int i = 0; i < 5; ++i) {
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    Report again = sample.report;
    again.findings = group_findings(shuffled);
    for (const Format format : kFormats) {
      CHECK(written(format, again) == written(format, first));
    }
  }
}

TEST_CASE("time changes nothing but what says how long it took",
          "[report][format]") {
  auto sample = testing::hostile_report();
  for (const Format format : kFormats) {
    sample.report.wall_seconds = 0.25;
    const std::string fast = written(format, sample.report);
    sample.report.wall_seconds = 2.5;
    const std::string slow = written(format, sample.report);
    size_t different_lines = 0;
    std::istringstream a(fast);
    std::istringstream b(slow);
    for (std::string line_a, line_b;
         std::getline(a, line_a) && std::getline(b, line_b);) {
      different_lines += line_a != line_b ? 1 : 0;
    }
    CHECK(different_lines == (format == Format::kSarif ? 0 : 1));
  }
}
