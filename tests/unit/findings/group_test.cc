#include "findings/group.h"

#include <algorithm>
#include <random>
#include <set>

#include "findings/fingerprint.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

Rule rule_called(const std::string& id) {
  Rule rule;
  rule.id = id;
  return rule;
}

const Rule kAlpha = rule_called("alpha");
const Rule kBeta = rule_called("beta");

Sighting seen(const Rule& rule, const std::string& secret,
              const std::string& path, uint32_t line) {
  Sighting sighting;
  sighting.rule = &rule;
  sighting.secret = Secret(secret);
  sighting.occurrence.path = path;
  sighting.occurrence.begin = {line, 1};
  sighting.occurrence.end = {line, 1 + static_cast<uint32_t>(secret.size())};
  return sighting;
}

Sighting seen_in_commit(const std::string& path, const std::string& blob,
                        const std::string& commit, int64_t seconds) {
  Sighting sighting = seen(kAlpha, "fake", path, 1);
  sighting.occurrence.blob = blob;
  sighting.occurrence.object_type = "blob";
  sighting.occurrence.commit =
      CommitInfo{commit, "A", "a@b.example", {seconds}, "", "", {}};
  return sighting;
}

// Everything that a report could show, as text.
std::string dump(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.rule->id + " " + finding.fingerprint + " " +
            std::string(to_string(finding.suppression)) + " " +
            std::to_string(finding.introduced.value_or(99)) + "\n";
    for (const Occurrence& o : finding.occurrences) {
      text += "  " + o.path + ":" + std::to_string(o.begin.line) + " " + o.id +
              " " + o.blob + " " + (o.commit ? o.commit->id : "-") + " " +
              (o.in_head.value_or(false) ? "head" : "-") + " " +
              std::string(to_string(o.suppression)) + "\n";
    }
  }
  return text;
}

std::vector<Sighting> many_sightings() {
  std::vector<Sighting> all;
  for (const Rule* rule : {&kAlpha, &kBeta}) {
    for (const std::string secret : {"one", "two", "three"}) {
      for (const std::string path : {"a", "b/c", "b", ""}) {
        for (const uint32_t line : {1U, 7U, 30U}) {
          Sighting sighting = seen(*rule, secret, path, line);
          sighting.allowed_inline = line == 7 && secret != "one";
          sighting.occurrence.blob = path.empty() ? "f00d" : "b10b";
          if (line != 30) {
            sighting.occurrence.commit = CommitInfo{
                "c" + path, "A", "a@b.example", {1000 - line}, "", "", {}};
          }
          all.push_back(sighting);
          all.push_back(sighting);
          sighting.occurrence.in_head = true;
          all.push_back(sighting);
        }
      }
    }
  }
  return all;
}

}  // namespace

TEST_CASE("one secret is one finding, wherever it stands",
          "[findings][group]") {
  const auto findings = group_findings({
      seen(kAlpha, "fake", "b", 9),
      seen(kAlpha, "fake", "a", 20),
      seen(kAlpha, "fake", "a", 3),
  });
  REQUIRE(findings.size() == 1);
  const Finding& finding = findings[0];
  CHECK(finding.fingerprint == fingerprint_of("alpha", Secret("fake")));
  REQUIRE(finding.occurrences.size() == 3);
  CHECK(finding.occurrences[0].path == "a");
  CHECK(finding.occurrences[0].begin.line == 3);
  CHECK(finding.occurrences[1].begin.line == 20);
  CHECK(finding.occurrences[2].path == "b");
}

TEST_CASE("the same secret found by two rules is two findings",
          "[findings][group]") {
  const auto findings = group_findings(
      {seen(kBeta, "fake", "a", 1), seen(kAlpha, "fake", "a", 1)});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].rule == &kAlpha);
  CHECK(findings[1].rule == &kBeta);
}

TEST_CASE("findings are in the order of where they first stand",
          "[findings][group]") {
  const auto findings = group_findings({
      seen(kAlpha, "late", "b", 1),
      seen(kBeta, "early", "a", 2),
      seen(kAlpha, "middle", "a", 10),
      seen(kAlpha, "early too", "z", 1),
      seen(kAlpha, "early too", "a", 1),
  });
  REQUIRE(findings.size() == 4);
  CHECK(findings[0].secret == Secret("early too"));
  CHECK(findings[1].secret == Secret("early"));
  CHECK(findings[2].secret == Secret("middle"));
  CHECK(findings[3].secret == Secret("late"));
}

TEST_CASE("the order of sightings and their repeats change nothing",
          "[findings][group]") {
  std::vector<Sighting> all = many_sightings();
  const std::string expected = dump(group_findings(all));
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(all.begin(), all.end(), random);
    CHECK(dump(group_findings(all)) == expected);
  }
}

TEST_CASE("of one place, what is known of it stays", "[findings][group]") {
  Sighting known = seen(kAlpha, "fake", "a", 1);
  known.occurrence.in_head = true;
  const auto findings = group_findings({seen(kAlpha, "fake", "a", 1), known});
  REQUIRE(findings[0].occurrences.size() == 1);
  CHECK(findings[0].occurrences[0].in_head == true);
}

TEST_CASE("a comment allows its own place only", "[findings][group]") {
  Sighting allowed = seen(kAlpha, "fake", "a", 1);
  allowed.allowed_inline = true;
  Report report;

  report.findings = group_findings({allowed});
  CHECK(report.count(Suppression::kInlineComment) == 1);
  CHECK(report.count(Suppression::kNone) == 0);

  report.findings = group_findings({allowed, seen(kAlpha, "fake", "a", 2)});
  CHECK(report.count(Suppression::kInlineComment) == 0);
  CHECK(report.count(Suppression::kNone) == 1);
  CHECK(report.count_occurrences(Suppression::kInlineComment) == 1);
  CHECK(report.count_occurrences(Suppression::kNone) == 1);
}

TEST_CASE("a place that is seen both allowed and not is not allowed",
          "[findings][group]") {
  Sighting allowed = seen(kAlpha, "fake", "a", 1);
  allowed.allowed_inline = true;
  const auto findings = group_findings({allowed, seen(kAlpha, "fake", "a", 1)});
  REQUIRE(findings[0].occurrences.size() == 1);
  CHECK(findings[0].suppression == Suppression::kNone);
}

TEST_CASE("a secret was introduced by its earliest commit",
          "[findings][group]") {
  const auto findings = group_findings({
      seen_in_commit("a", "01", "cc", 300),
      seen_in_commit("b", "01", "bb", 200),
      seen_in_commit("c", "01", "aa", 200),
      seen(kAlpha, "fake", "0", 1),
  });
  REQUIRE(findings.size() == 1);
  REQUIRE(findings[0].introduced);
  CHECK(findings[0].occurrences[*findings[0].introduced].commit->id == "aa");
}

TEST_CASE("a commit is earlier than those that follow it, whatever its date",
          "[findings][group]") {
  Sighting child = seen_in_commit("a", "01", "aa", 100);
  child.occurrence.commit->order = 1;
  const auto findings =
      group_findings({child, seen_in_commit("b", "01", "bb", 200)});
  REQUIRE(findings[0].introduced);
  CHECK(findings[0].occurrences[*findings[0].introduced].commit->id == "bb");
}

TEST_CASE("a commit that refs reach goes before an earlier one that none does",
          "[findings][group]") {
  Sighting left = seen_in_commit("a", "b1", "aa", 1);
  Sighting kept = seen_in_commit("a", "b2", "bb", 2);
  kept.occurrence.commit->order = 1;
  left.occurrence.state = Liveness::kReflog;
  kept.occurrence.state = Liveness::kTip;
  const Finding finding = group_findings({left, kept}).at(0);
  REQUIRE(finding.introduced);
  CHECK(finding.occurrences[*finding.introduced].commit->id == "bb");
  CHECK(finding.state == Liveness::kTip);
}

TEST_CASE("where no commit is known nothing says who introduced it",
          "[findings][group]") {
  CHECK_FALSE(group_findings({seen(kAlpha, "x", "a", 1)})[0].introduced);
}

TEST_CASE("what says who introduced it is not overruled", "[findings][group]") {
  auto findings = group_findings({seen_in_commit("a", "01", "cc", 300),
                                  seen_in_commit("b", "01", "bb", 200)});
  findings[0].introduced = 0;
  find_introduced(findings[0]);
  CHECK(findings[0].introduced == 0);
}

TEST_CASE("an id names one place of a file in all its versions",
          "[findings][group]") {
  std::vector<Sighting> all;
  for (const std::string blob : {"01", "02"}) {
    for (const uint32_t line : {10U, 20U}) {
      all.push_back(seen_in_commit("a", blob, "c" + blob, 1));
      all.back().occurrence.begin = {line + (blob == "02" ? 5U : 0U), 1};
      // The same version once more, brought back by another commit.
      all.push_back(all.back());
      all.back().occurrence.commit->id = "dd";
    }
  }
  const auto findings = group_findings(all);
  REQUIRE(findings.size() == 1);
  const auto& places = findings[0].occurrences;
  REQUIRE(places.size() == 8);
  for (const Occurrence& place : places) {
    const bool is_first = place.begin.line < 20;
    CHECK(place.id ==
          occurrence_id(findings[0].fingerprint, place, is_first ? 0 : 1));
  }
}

TEST_CASE("an id is the same however a folder was named, and still one place's",
          "[findings][group]") {
  auto seen_below = [](const std::string& root, const std::string& path,
                       uint32_t line) {
    Sighting sighting = seen(kAlpha, "fake", root + path, line);
    sighting.occurrence.stable_path = path;
    return sighting;
  };
  const auto here = group_findings({seen_below("./x/", "a", 1)});
  const auto there = group_findings({seen_below("/y/x/", "a", 5)});
  CHECK(here[0].occurrences[0].id == there[0].occurrences[0].id);
  // Two folders at once, each with such a file.
  const auto both =
      group_findings({seen_below("x/", "a", 1), seen_below("y/", "a", 1),
                      seen_below("y/", "a", 2)});
  REQUIRE(both[0].occurrences.size() == 3);
  std::set<std::string> ids;
  for (const Occurrence& o : both[0].occurrences) ids.insert(o.id);
  CHECK(ids.size() == 3);
  CHECK(both[0].occurrences[0].id == here[0].occurrences[0].id);

  Occurrence spot;
  spot.path = "./x/key.pem";
  spot.stable_path = "key.pem";
  Occurrence elsewhere = spot;
  elsewhere.path = "/y/x/key.pem";
  CHECK(path_sighting(kAlpha, spot).secret ==
        path_sighting(kAlpha, elsewhere).secret);
}

TEST_CASE("nothing seen is nothing found", "[findings][group]") {
  CHECK(group_findings({}).empty());
}
