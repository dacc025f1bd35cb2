#include "report/text.h"

#include <algorithm>
#include <sstream>

#include "support/catch.h"
#include "support/report/sample_report.h"

using namespace leaksift;

namespace {

std::string text_of(const Report& report, const ReportStyle& style = {}) {
  std::ostringstream out;
  write_text(report, style, out);
  return out.str();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct SimpleReport {
  Rule rule;
  Report report = testing::empty_report(0);

  SimpleReport() {
    rule.id = "acme-token";
    rule.description = "Acme API token";
    rule.regex = "x";
  }
  // In each of `lines` of one file.
  void found(std::vector<uint32_t> lines, bool in_history = false) {
    std::vector<Sighting> all;
    for (const uint32_t line : lines) {
      Sighting s;
      s.rule = &rule;
      s.secret = Secret(testing::fake_secret("acme_", 20, 1));
      s.entropy = 4.128;
      s.occurrence.path = "src/a.env";
      s.occurrence.begin = {line, 7};
      if (in_history) {
        s.occurrence.blob = std::string(40, 'b');
        s.occurrence.commit = CommitInfo{"0123456789abcdef0123",
                                         "Jane Doe",
                                         "jane@acme.example",
                                         {1'000'000, 0},
                                         "",
                                         "",
                                         {}};
        s.occurrence.in_head = line == 2;
      }
      all.push_back(s);
    }
    report.findings = group_findings(all);
  }
};

}  // namespace

TEST_CASE("a person reads what was found, where and how bad it is",
          "[report][text]") {
  SimpleReport simple;
  simple.found({2, 9});
  const std::string fingerprint = simple.report.findings[0].fingerprint;
  CHECK(text_of(simple.report) ==
        "acme-token: Acme API token [high, confidence medium]\n"
        "  secret      acme**** (entropy 4.13)\n"
        "  fingerprint " +
            fingerprint +
            "\n"
            "  places      src/a.env:2:7\n"
            "              src/a.env:9:7\n"
            "\n"
            "1 secret in 2 places (1 high).\n"
            "Scanned .: 10 inputs, 9 contents, 1.00 KB, in 0.00 s.\n");
}

TEST_CASE("a person reads who brought it in and whether it is still there",
          "[report][text]") {
  SimpleReport simple;
  simple.found({1, 2, 3}, true);
  const std::string text = text_of(simple.report);
  CHECK(has(text,
            "  introduced  0123456789ab 1970-01-12T13:46:40Z Jane Doe "
            "<jane@acme.example> in src/a.env\n"));
  CHECK(has(text, "  in HEAD     yes, still in 1 place\n"));
  CHECK(has(text,
            "  places      src/a.env:2:7 (in HEAD)\n"
            "              src/a.env:1:7\n"));
  simple.found({1}, true);
  CHECK(has(text_of(simple.report), "  in HEAD     no, only in the history\n"));
}

TEST_CASE("a person reads what still leads to a secret", "[report][text]") {
  SimpleReport simple;
  simple.found({1}, true);
  Finding& finding = simple.report.findings[0];
  finding.occurrences[0].refs = {"refs/heads/a", "refs/tags/\x1b", "c", "d"};
  finding.occurrences[0].ref_count = 25;
  finding.state = Liveness::kTip;
  CHECK(has(text_of(simple.report),
            "  in HEAD     no, but in another ref\n"
            "  refs        refs/heads/a, refs/tags/\\x1b, c and 22 more\n"));
  const auto words = [&](Liveness state) {
    finding.state = state;
    const std::string text = text_of(simple.report);
    const size_t at = text.find("in HEAD     no, ") + 16;
    return text.substr(at, text.find('\n', at) - at);
  };
  CHECK(words(Liveness::kHistory) == "only in the history");
  CHECK(words(Liveness::kNote) == "only in notes");
  CHECK(words(Liveness::kStash) == "only in a stash");
  CHECK(words(Liveness::kReflog) == "only in what reflogs remember");
  CHECK(words(Liveness::kDangling) == "nothing leads to it");
}

TEST_CASE("of many places the first five are shown", "[report][text]") {
  SimpleReport simple;
  simple.found({1, 2, 3, 4, 5, 6, 7});
  const std::string text = text_of(simple.report);
  CHECK(has(text, "src/a.env:5:7\n              and 2 more\n"));
  CHECK_FALSE(has(text, "src/a.env:6:7"));
  CHECK(has(text, "1 secret in 7 places"));
}

TEST_CASE("the parts of a place are named beside it", "[report][text]") {
  SimpleReport simple;
  simple.found({4});
  simple.report.findings[0].occurrences[0].parts = {
      {"acme-id", Secret(testing::fake_secret("id_0", 20, 2)), {3, 9}, {3, 33}},
      {"acme-host", Secret("short"), {5, 1}, {5, 6}}};
  CHECK(has(text_of(simple.report),
            "  place       src/a.env:4:7 with acme-id id_0**** at 3:9 and "
            "acme-host **** at 5:1\n"));
}

TEST_CASE("versions of a line are one place", "[report][text]") {
  SimpleReport simple;
  simple.found({4, 4, 4}, true);
  simple.report.findings[0].occurrences.resize(
      3, simple.report.findings[0].occurrences[0]);
  CHECK(has(text_of(simple.report),
            "  place       src/a.env:4:7 (in 3 versions)\n"));
}

TEST_CASE("nothing found is said only of what was looked at",
          "[report][text]") {
  CHECK(text_of(testing::empty_report(0)) ==
        "No secrets found.\n"
        "Scanned .: 10 inputs, 9 contents, 1.00 KB, in 0.00 s.\n");
  CHECK(text_of(testing::empty_report(4)) ==
        "No secrets found in what was scanned, but the scan is not complete.\n"
        "Scanned .: 10 inputs, 9 contents, 1.00 KB, in 0.00 s.\n"
        "Could not be scanned:\n"
        "  unreadable: 4 (f0: denied, f1: denied, f2: denied, and 1 more)\n"
        "The scan is not complete: something could not be scanned.\n");
}

TEST_CASE("what was left out counts only for the strict", "[report][text]") {
  Report report = testing::empty_report(0);
  report.coverage.skip({SkipReason::kSymlink, "link", ""});
  CHECK(has(text_of(report), "Left out:\n  symlink: 1 (link)\n"));
  CHECK_FALSE(has(text_of(report), "not complete"));
  report.strict = true;
  CHECK(has(text_of(report),
            "The scan is not complete: something was left out, and --strict "
            "asks for all.\n"));
}

TEST_CASE("what is suppressed is counted by reason", "[report][text]") {
  const auto sample = testing::hostile_report();
  const std::string text = text_of(sample.report);
  CHECK(has(text,
            "Suppressed secrets: 1 by comments in the text, 1 by ignore "
            "files.\n"));
  CHECK(has(text,
            "Suppressed places: 2 by comments in the text, 1 by ignore "
            "files.\n"));
  CHECK(has(text, "and 1 suppressed place\n"));
  CHECK_FALSE(has(text, "ignored.txt"));
  CHECK(has(text_of(sample.report, {.show_suppressed = true}),
            "suppressed: ignore-file]"));
}

TEST_CASE("no name can forge a line of the report", "[report][text]") {
  const std::string text = text_of(testing::hostile_report().report);
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    CHECK(line.find("No secrets found") != 0);
  }
  CHECK(
      has(text, "a\\x0aNo secrets found.\\x0d\\x0a\"quoted\" 100%<b>&\\x:7:3"));
}

TEST_CASE("what has no path is named by its object", "[report][text]") {
  CHECK(
      has(text_of(testing::hostile_report().report), "blob eeeeeeeeeeee:2:3"));
}

TEST_CASE("color is for who asks", "[report][text]") {
  SimpleReport simple;
  simple.found({1});
  CHECK_FALSE(has(text_of(simple.report), "\x1b"));
  CHECK(
      has(text_of(simple.report, {.color = true}), "\x1b[1macme-token\x1b[0m"));
}

TEST_CASE("stages are shown to who asks", "[report][text]") {
  const auto sample = testing::hostile_report();
  CHECK_FALSE(has(text_of(sample.report), "0.500 s"));
  CHECK(has(text_of(sample.report, {.stats = true}), "0.500 s "));
}

TEST_CASE("rules with a stage come last, under its name", "[report][text]") {
  SimpleReport simple;
  simple.found({1});
  Rule evaluation = simple.rule;
  evaluation.id = "acme-evaluation";
  evaluation.tags = {"CWE-489", "faise:evaluation"};
  Rule foundational = simple.rule;
  foundational.id = "acme-foundational";
  foundational.tags = {"faise:foundational"};
  const Finding finding = simple.report.findings[0];
  for (const Rule* rule : {&evaluation, &foundational, &evaluation}) {
    simple.report.findings.push_back(finding);
    simple.report.findings.back().rule = rule;
  }
  std::rotate(simple.report.findings.begin(),
              simple.report.findings.begin() + 1, simple.report.findings.end());

  const std::string text = text_of(simple.report);
  std::vector<size_t> places;
  for (const char* part :
       {"acme-token: ", "== Foundational ==\n\nacme-foundational: ",
        "== Evaluation ==\n\nacme-evaluation: "}) {
    places.push_back(text.find(part));
    CHECK(places.back() != std::string::npos);
  }
  CHECK(std::is_sorted(places.begin(), places.end()));
  CHECK(text.find("== Evaluation", places.back() + 1) == std::string::npos);
}
