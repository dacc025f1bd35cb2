#include "report/sarif.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "report/sarif_rule.h"
#include "support/catch.h"
#include "support/report/sample_report.h"

using namespace leaksift;
using nlohmann::json;

namespace {

json run_of(const Report& report, const ReportStyle& style = {}) {
  std::ostringstream out;
  write_sarif(report, style, out);
  return json::parse(out.str())["runs"][0];
}

}  // namespace

TEST_CASE("a path's URI means that path and nothing else", "[report][sarif]") {
  auto [path, uri] = GENERATE(table<std::string, std::string>({
      {"src/a.env", "src/a.env"},
      {"./src/a", "src/a"},
      {"a b", "a%20b"},
      {"100%", "100%25"},
      {"a?b#c", "a%3Fb%23c"},
      {"c:/x", "c%3A/x"},
      {"a\\b", "a%5Cb"},
      {"caf\xe9", "caf%E9"},
      {"gr\xc3\xbc", "gr%C3%BC"},
      {"a\nb\x1b", "a%0Ab%1B"},
      {"/etc/x", "file:///etc/x"},
      {"//host/x", "file:////host/x"},
      {"a.zip!b", "a.zip%21b"},
  }));
  CHECK(uri_of_path(path) == uri);
}

TEST_CASE("a message holds no links and placeholders of others",
          "[report][sarif]") {
  CHECK(sarif_text("[a](http://x) {0} \\") == "\\[a\\](http://x) {{0}} \\\\");
  CHECK(sarif_text("caf\xe9") == "caf\\\\xe9");
}

TEST_CASE("severities become levels", "[report][sarif]") {
  CHECK(sarif_level(Severity::kCritical) == "error");
  CHECK(sarif_level(Severity::kHigh) == "error");
  CHECK(sarif_level(Severity::kMedium) == "warning");
  CHECK(sarif_level(Severity::kLow) == "note");
  CHECK(sarif_level(Severity::kInfo) == "note");
}

TEST_CASE("a rule says what to do and links only to the web",
          "[report][sarif]") {
  const auto sample = testing::hostile_report();
  const json rules = run_of(sample.report)["tool"]["driver"]["rules"];
  REQUIRE(rules.size() == 3);
  const json& rule = rules[1];
  CHECK(rule["id"] == "acme-token");
  CHECK(rule["name"] == "AcmeToken");
  CHECK(rule["helpUri"] == "https://docs.acme.example/tokens");
  CHECK(rule["help"]["text"].get<std::string>().find("Revoke it") == 0);
  CHECK(rule["help"]["markdown"].get<std::string>().find("javascript") ==
        std::string::npos);
  CHECK(rule["defaultConfiguration"]["level"] == "error");
  CHECK(rule["properties"]["security-severity"] == "9.5");
  CHECK(rule["properties"]["precision"] == "medium");
  CHECK(rule["properties"]["tags"] ==
        json::array({"security", "secret", "made-up", "t\x1b"}));
}

TEST_CASE("a result is known by its fingerprint and names its places",
          "[report][sarif]") {
  const auto sample = testing::hostile_report();
  const json run = run_of(sample.report);
  CHECK(run["columnKind"] == "unicodeCodePoints");
  REQUIRE(run["results"].size() == 3);
  const json& result = run["results"][0];
  const std::string& fingerprint = sample.report.findings[0].fingerprint;
  CHECK(result["ruleId"] == "acme-token");
  CHECK(result["level"] == "error");
  CHECK(result["fingerprints"]["leaksift/v1"] == fingerprint);
  CHECK(result["partialFingerprints"]["secretFingerprint/v1"] == fingerprint);
  CHECK(result["locations"].size() == 15);
  CHECK(result["properties"]["occurrences"] == 15);
  CHECK(result["properties"]["introduced"]["id"] == std::string(40, 'e'));

  const json& dangling = result["locations"][14];
  CHECK_FALSE(dangling.contains("physicalLocation"));
  CHECK(dangling["logicalLocations"][0]["name"] == std::string(40, 'e'));

  const json& place = result["locations"][0];
  CHECK(place["physicalLocation"]["artifactLocation"]["uriBaseId"] ==
        "%SRCROOT%");
  CHECK(place["physicalLocation"]["region"] == json({{"startLine", 7},
                                                     {"startColumn", 3},
                                                     {"endLine", 7},
                                                     {"endColumn", 44}}));
  CHECK(place["properties"]["commit"]["id"] == std::string(40, 'b'));
}

TEST_CASE("a result's parts are related locations", "[report][sarif]") {
  const auto sample = testing::hostile_report();
  const json results = run_of(sample.report)["results"];
  CHECK_FALSE(results[0].contains("relatedLocations"));
  const auto card = std::find_if(
      results.begin(), results.end(),
      [](const json& one) { return one["ruleId"] == "acme-card"; });
  REQUIRE(card != results.end());
  const json& related = (*card)["relatedLocations"];
  REQUIRE(related.size() == 2);
  CHECK(related[1]["id"] == 1);
  CHECK(related[1]["message"]["text"] == "acme-name: part****");
  CHECK(related[1]["physicalLocation"]["artifactLocation"] ==
        (*card)["locations"][0]["physicalLocation"]["artifactLocation"]);
  CHECK(related[1]["physicalLocation"]["region"] == json({{"startLine", 3},
                                                          {"startColumn", 1},
                                                          {"endLine", 4},
                                                          {"endColumn", 2}}));
}

TEST_CASE("a result says what its checksum tells", "[report][sarif]") {
  auto sample = testing::hostile_report();
  const std::string& leaked = sample.secrets[0];
  sample.report.findings[0].check = {
      Proof::kFails, {{"account", "12"}, {"host", "x" + leaked}}};
  const json results = run_of(sample.report)["results"];
  const json& told = results[0]["properties"];
  CHECK(told["checksum"] == "fails");
  CHECK(told["facts"] == json({{"account", "12"}, {"host", "xfake****"}}));
  CHECK_FALSE(results[1]["properties"].contains("checksum"));
  CHECK_FALSE(results[1]["properties"].contains("facts"));
}

TEST_CASE("SARIF never shows a secret", "[report][sarif]") {
  const auto sample = testing::hostile_report();
  std::ostringstream out;
  write_sarif(sample.report, {.show_secrets = true}, out);
  CHECK(out.str().find(sample.secrets[0]) == std::string::npos);
}

TEST_CASE("suppressed results say by whom", "[report][sarif]") {
  const auto sample = testing::hostile_report();
  const json results =
      run_of(sample.report, {.show_suppressed = true})["results"];
  std::vector<std::string> kinds;
  for (const json& result : results) {
    if (!result.contains("suppressions")) continue;
    kinds.push_back(result["suppressions"][0]["kind"]);
  }
  CHECK(kinds == std::vector<std::string>{"inSource", "external"});
}

TEST_CASE("what failed is notified and the run is no success",
          "[report][sarif]") {
  const json failed =
      run_of(testing::hostile_report().report)["invocations"][0];
  CHECK(failed["executionSuccessful"] == false);
  size_t errors = 0;
  for (const json& one : failed["toolExecutionNotifications"]) {
    errors += one["level"] == "error" ? 1 : 0;
  }
  CHECK(errors == 5);  // two reasons, three things
  const json fine = run_of(testing::empty_report(0))["invocations"][0];
  CHECK(fine["executionSuccessful"] == true);
  CHECK(fine["toolExecutionNotifications"].empty());
}

TEST_CASE("a result with very many places names some and counts all",
          "[report][sarif]") {
  auto sample = testing::hostile_report();
  Sighting one = sample.sightings[0];
  std::vector<Sighting> many;
  for (uint32_t line = 1; line <= 1'500; ++line) {
    one.occurrence.begin = {line, 1};
    many.push_back(one);
  }
  sample.report.findings = group_findings(many);
  const json result = run_of(sample.report)["results"][0];
  CHECK(result["locations"].size() == kMaxSarifLocations);
  CHECK(result["properties"]["occurrences"] == 1'500);
  CHECK(result["message"]["text"].get<std::string>().find(
            "in 1500 places, of which the first 1000 are listed") !=
        std::string::npos);
}
