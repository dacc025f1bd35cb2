#include "findings/baseline.h"

#include "findings/group.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

const std::string kCommit(40, 'c');

Rule make_rule() {
  Rule rule;
  rule.id = "acme-token";
  return rule;
}
const Rule kRule = make_rule();

std::vector<Finding> sample(const std::string& secret = "fake-token") {
  Sighting sighting;
  sighting.rule = &kRule;
  sighting.secret = Secret(secret);
  sighting.occurrence.path = "src/a.env";
  sighting.occurrence.begin = {3, 5};
  sighting.occurrence.commit =
      CommitInfo{kCommit, "A", "a@b.example", {1}, "", "", {}};
  return group_findings({sighting});
}

std::string gitleaks(const std::string& secret, const std::string& more) {
  return R"([{"RuleID":"acme-token","Description":"d","StartLine":3,)"
         R"("File":"src/a.env","Secret":")" +
         secret + "\"" + more + "}]";
}

bool is_known(const std::string& text, std::vector<Finding> findings) {
  const Result<Baseline> baseline = Baseline::parse(text, "b.json");
  REQUIRE(baseline);
  baseline->apply(findings);
  return findings[0].suppression == Suppression::kBaseline;
}

std::string error_of(const std::string& text) {
  const Result<Baseline> baseline = Baseline::parse(text, "b.json");
  return baseline ? "" : baseline.error().message();
}

}  // namespace

TEST_CASE("an earlier report of ours knows its findings by fingerprint",
          "[findings][baseline]") {
  const std::string finding = R"("rule_id":"acme-token","fingerprint":")" +
                              sample()[0].fingerprint + "\"}";
  const std::string jsonl = "{\"type\":\"finding\"," + finding + "\n" +
                            R"({"type":"summary","findings":1})" + "\n";
  CHECK(is_known("[{" + finding + "]", sample()));
  CHECK(is_known("{\"findings\":[{" + finding + "],\"summary\":{}}", sample()));
  CHECK(is_known(jsonl, sample()));
  CHECK_FALSE(is_known(jsonl, sample("another")));
}

TEST_CASE("gitleaks' report knows a secret wherever it stands",
          "[findings][baseline]") {
  const std::string text = gitleaks("fake-token", R"(,"Commit":"0")");
  auto moved = sample();
  moved[0].occurrences[0].path = "elsewhere";
  CHECK(is_known(text, sample()));
  CHECK(is_known(text, moved));
  CHECK_FALSE(is_known(text, sample("another")));
}

TEST_CASE("gitleaks' redacted report knows a place", "[findings][baseline]") {
  auto moved = sample();
  moved[0].occurrences[0].begin.line = 4;
  for (const std::string secret : {"REDACTED", "fake-t...", ""}) {
    CAPTURE(secret);
    CHECK(is_known(gitleaks(secret, R"(,"Commit":"")"), sample()));
    CHECK(is_known(gitleaks(secret, ",\"Commit\":\"" + kCommit + "\""),
                   sample()));
    CHECK_FALSE(is_known(gitleaks(secret, R"(,"Commit":"dddd")"), sample()));
    CHECK_FALSE(is_known(gitleaks(secret, ""), moved));
  }
  CHECK_FALSE(is_known(gitleaks("other...", ""), sample()));
}

TEST_CASE("an empty report is a baseline that knows nothing",
          "[findings][baseline]") {
  for (const std::string text :
       {"[]", R"({"findings":[],"summary":{}})", R"({"type":"summary"})"}) {
    CAPTURE(text);
    CHECK_FALSE(is_known(text, sample()));
  }
}

TEST_CASE("a file that is no report is an error that says where",
          "[findings][baseline]") {
  CHECK(error_of(" \n").find("b.json: empty") == 0);
  CHECK(error_of("[{\"fingerprint\":").find("b.json: not JSON: ") == 0);
  CHECK(error_of("\"x\"").find("b.json: no report of leaksift") == 0);
  CHECK(error_of("{\"runs\":[]}").find("b.json: no report of leaksift") == 0);
  CHECK(error_of("[3]") == "b.json: finding 1: it is no object");
  CHECK(error_of("[" + gitleaks("x", "").substr(1, 1) + "}]")
            .find("b.json: finding 1: it has neither") == 0);
  CHECK(error_of(R"([{"fingerprint":"12"}])").find("b.json: finding 1: ") == 0);
  CHECK(error_of(R"([{"RuleID":"a","Secret":"b"}])") ==
        "b.json: finding 1: it has no StartLine");
}

TEST_CASE("a broken line of a jsonl report is named", "[findings][baseline]") {
  const std::string first = R"({"type":"finding","fingerprint":")" +
                            sample()[0].fingerprint + "\"}\n\n";
  CHECK(error_of(first + "{\"type\":\"find").find("b.json:3: not JSON: ") == 0);
  CHECK(error_of(first + R"({"type":"other"})") ==
        "b.json:3: neither a finding nor a summary");
  CHECK(error_of(first + R"({"type":"finding"})").find("b.json:3: ") == 0);
}

TEST_CASE("a baseline that cannot be read is an error",
          "[findings][baseline]") {
  const Result<Baseline> baseline = Baseline::read("/no/such/file");
  REQUIRE_FALSE(baseline);
  CHECK(baseline.error().message().find("/no/such/file") != std::string::npos);
}
