#include "report/json.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "findings/baseline.h"
#include "report/json_frame.h"
#include "support/catch.h"
#include "support/report/sample_report.h"

using namespace leaksift;
using nlohmann::json;

namespace {

std::string json_of(const Report& report, const ReportStyle& style = {}) {
  std::ostringstream out;
  write_json(report, style, out);
  return out.str();
}

std::vector<json> lines_of(const Report& report,
                           const ReportStyle& style = {}) {
  std::ostringstream out;
  write_jsonl(report, style, out);
  std::vector<json> lines;
  std::istringstream in(out.str());
  for (std::string line; std::getline(in, line);) {
    lines.push_back(json::parse(line));
  }
  return lines;
}

std::vector<std::string> keys_of(const json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

}  // namespace

TEST_CASE("bytes that are no UTF-8 become text", "[report][json]") {
  auto [bytes, text] = GENERATE(table<std::string, std::string>({
      {"plain \x1b \n", "plain \x1b \n"},
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"caf\xe9", "caf\\xe9"},
      {"\xc3", "\\xc3"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
  }));
  CHECK(json_text(bytes) == text);
}

TEST_CASE("a report is one JSON object", "[report][json]") {
  const auto sample = testing::hostile_report();
  const json report = json::parse(json_of(sample.report));
  CHECK(keys_of(report) == std::vector<std::string>{"findings", "summary"});
  CHECK(report["findings"].size() == 3);
}

TEST_CASE("a report of lines has one for each finding and a summary last",
          "[report][json]") {
  const auto sample = testing::hostile_report();
  const json whole = json::parse(json_of(sample.report));
  const std::vector<json> lines = lines_of(sample.report);
  REQUIRE(lines.size() == 4);
  for (size_t i = 0; i < 3; ++i) {
    json finding = lines[i];
    CHECK(finding["type"] == "finding");
    finding.erase("type");
    CHECK(finding == whole["findings"][i]);
  }
  json summary = lines[3];
  CHECK(summary["type"] == "summary");
  summary.erase("type");
  CHECK(summary == whole["summary"]);
}

TEST_CASE("a finding says what, where and since when", "[report][json]") {
  const auto sample = testing::hostile_report();
  const json findings = json::parse(json_of(sample.report))["findings"];
  const json& finding = findings[0];
  CHECK(finding["rule_id"] == "acme-token");
  CHECK(finding["class"] == "secret");
  CHECK(finding["severity"] == "critical");
  CHECK(finding["confidence"] == "medium");
  CHECK(finding["provider"] == "acme");
  CHECK(finding["fingerprint"] == sample.report.findings[0].fingerprint);
  CHECK(finding["secret"] == "fake****");
  CHECK(finding["entropy"] == 4.25);
  CHECK(finding["decoded_via"] == json::array());
  CHECK(finding["occurrences"].size() == 15);
  CHECK(finding["introduced"]["commit"] == std::string(40, 'e'));
  CHECK(finding["introduced"]["date"] == "1970-01-06T19:53:20+01:00");
  CHECK(finding["introduced"]["commit_date"] == "1970-01-06T17:23:21-01:30");
  CHECK_FALSE(finding.contains("suppressed"));
  CHECK(finding["state"] == "head");
  REQUIRE(finding["changes"].size() == 2);
  CHECK(finding["changes"][0]["commit"] == std::string(40, 'a'));
  CHECK(finding["changes"][0]["change"] == "added");
  CHECK(finding["changes"][0]["path"] == "fake****caf\\xe9/\\xc3(\\xff");
  CHECK(finding["changes"][1]["change"] == "removed");
  CHECK(finding["change_count"] == 102);

  const json& place = finding["occurrences"][1];
  CHECK(place["path"].get<std::string>().find("a\nNo secrets") == 0);
  CHECK(place["line"] == 7);
  CHECK(place["column"] == 3);
  CHECK(place["end_line"] == 7);
  CHECK(place["end_column"] == 44);
  CHECK(place["blob"] == std::string(40, 'b'));
  CHECK(place["object_type"] == "blob");
  CHECK(place["commit"] == std::string(40, 'b'));
  CHECK(place["in_head"] == true);
  CHECK(place["in_tips"] == true);
  CHECK(place["state"] == "head");
  CHECK(place["refs"].size() == 2);
  CHECK(place["ref_count"] == 2);
  CHECK(place["id"] == sample.report.findings[0].occurrences[1].id);
}

TEST_CASE("without a history nothing is said of git", "[report][json]") {
  const auto sample = testing::hostile_report();
  const json findings = json::parse(json_of(sample.report))["findings"];
  const auto card = std::find_if(
      findings.begin(), findings.end(),
      [](const json& one) { return one["rule_id"] == "acme-card"; });
  REQUIRE(card != findings.end());
  CHECK_FALSE(card->contains("introduced"));
  CHECK((*card)["decoded_via"] == json::array({"utf-16le"}));
  CHECK(keys_of((*card)["occurrences"][0]) ==
        std::vector<std::string>{"column", "encoding", "end_column", "end_line",
                                 "id", "line", "parts", "path"});
  const json& parts = (*card)["occurrences"][0]["parts"];
  REQUIRE(parts.size() == 2);
  CHECK(parts[1] == json({{"rule_id", "acme-name"},
                          {"secret", "part****"},
                          {"line", 3},
                          {"column", 1},
                          {"end_line", 4},
                          {"end_column", 2}}));
  CHECK((*card)["occurrences"][0]["path"].get<std::string>().find(
            "caf\\xe9/\\xc3(\\xff") == 0);
}

TEST_CASE("the summary counts what was found, left out and not looked at",
          "[report][json]") {
  const auto sample = testing::hostile_report();
  const json summary = json::parse(json_of(sample.report))["summary"];
  CHECK(summary["tool"] == "leaksift");
  CHECK(summary["command"] == "history");
  CHECK(summary["finding_count"] == 3);
  CHECK(summary["occurrence_count"] == 19);
  CHECK(summary["suppressed"] == json({{"inline-comment", 1},
                                       {"ignore-file", 1},
                                       {"baseline", 0},
                                       {"confidence", 0},
                                       {"part", 0}}));
  CHECK(summary["suppressed_occurrences"] == json({{"inline-comment", 2},
                                                   {"ignore-file", 1},
                                                   {"baseline", 0},
                                                   {"confidence", 0},
                                                   {"part", 0}}));
  CHECK(summary["complete"] == false);
  CHECK(summary["coverage"]["inputs"] == 1234);
  CHECK(summary["coverage"]["skipped"] ==
        json({{"unreadable", 2}, {"corrupt", 1}, {"archive-not-opened", 5}}));
  CHECK(summary["coverage"]["skipped_items"].size() == 8);
  CHECK(summary["seconds"] == 0.42);
  CHECK_FALSE(summary.contains("stages"));
}

TEST_CASE("a scan that looked at everything is complete", "[report][json]") {
  const json done = json::parse(json_of(testing::empty_report(0)));
  CHECK(done["findings"] == json::array());
  CHECK(done["summary"]["complete"] == true);
  const json failed = json::parse(json_of(testing::empty_report(1)));
  CHECK(failed["summary"]["complete"] == false);
}

TEST_CASE("suppressed findings are listed for who asks", "[report][json]") {
  const auto sample = testing::hostile_report();
  const json findings = json::parse(
      json_of(sample.report, {.show_suppressed = true}))["findings"];
  CHECK(findings.size() == 5);
  size_t suppressed = 0;
  size_t suppressed_places = 0;
  for (const json& finding : findings) {
    suppressed += finding.contains("suppressed") ? 1 : 0;
    for (const json& place : finding["occurrences"]) {
      suppressed_places += place.contains("suppressed") ? 1 : 0;
    }
  }
  CHECK(suppressed == 2);
  CHECK(suppressed_places == 3);
}

TEST_CASE("secrets are shown to who asks, as text", "[report][json]") {
  const auto sample = testing::hostile_report();
  const json findings =
      json::parse(json_of(sample.report, {.show_secrets = true}))["findings"];
  CHECK(findings[0]["secret"] == sample.secrets[0]);
  const std::string expected = json_text(sample.secrets[1]);
  CHECK(std::any_of(findings.begin(), findings.end(), [&](const json& one) {
    return one["secret"] == expected;
  }));
}

TEST_CASE("a secret that equals a commit does not blot it out",
          "[report][json]") {
  auto sample = testing::hostile_report();
  std::vector<Sighting> all = sample.sightings;
  all[0].secret = Secret(all[1].occurrence.commit->id);
  sample.report.findings = group_findings(all);
  const std::string text = json_of(sample.report);
  CHECK(text.find("\"commit\":\"" + all[1].occurrence.commit->id) !=
        std::string::npos);
}

TEST_CASE("stages are told to who asks", "[report][json]") {
  const auto sample = testing::hostile_report();
  const json stages =
      json::parse(json_of(sample.report, {.stats = true}))["summary"]["stages"];
  REQUIRE(stages.size() == 1);
  CHECK(stages[0]["seconds"] == 0.5);
  CHECK(stages[0]["bytes"] == 1'000'000);
}

TEST_CASE("a report is its own scan's baseline, in either form",
          "[report][json]") {
  const auto sample = testing::hostile_report();
  std::ostringstream lines;
  write_jsonl(sample.report, {}, lines);
  for (const std::string& text : {json_of(sample.report), lines.str()}) {
    const Result<Baseline> baseline = Baseline::parse(text, "b");
    REQUIRE(baseline);
    CHECK(baseline->size() == 3);
    Report again = sample.report;
    baseline->apply(again.findings);
    CHECK(again.count(Suppression::kNone) == 0);
    CHECK(again.count(Suppression::kBaseline) == 3);
  }
}
