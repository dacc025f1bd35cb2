#include "findings/ignore_file.h"

#include "findings/group.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

const std::string kCommit(40, 'c');

Rule rule_called(const std::string& id) {
  Rule rule;
  rule.id = id;
  return rule;
}

const Rule kToken = rule_called("acme-token");
const Rule kPassword = rule_called("generic-password");

Sighting seen(const Rule& rule, const std::string& secret,
              const std::string& path, uint32_t line) {
  Sighting sighting;
  sighting.rule = &rule;
  sighting.secret = Secret(secret);
  sighting.occurrence.path = path;
  sighting.occurrence.begin = {line, 5};
  sighting.occurrence.commit =
      CommitInfo{kCommit, "A", "a@b.example", {1}, "", "", {}};
  return sighting;
}

// Two findings: a token in three places, a password in one.
std::vector<Finding> sample() {
  return group_findings({
      seen(kToken, "token", "src/a.env", 1),
      seen(kToken, "token", "src/a.env", 9),
      seen(kToken, "token", "tests/a.env", 1),
      seen(kPassword, "password", "tests/b.env", 4),
  });
}

struct Outcome {
  std::vector<Finding> findings = sample();
  std::vector<std::string> unused;

  uint64_t left() const {
    Report report;
    report.findings = findings;
    return report.count_occurrences(Suppression::kNone);
  }
};

Outcome with_ours(const std::string& text) {
  IgnoreList list;
  const Status added = list.add_leaksift(text, ".leaksiftignore");
  REQUIRE(added);
  Outcome outcome;
  outcome.unused = list.apply(outcome.findings);
  return outcome;
}

Outcome with_gitleaks(const std::string& text) {
  IgnoreList list;
  CHECK(list.add_gitleaks(text, ".gitleaksignore").empty());
  Outcome outcome;
  outcome.unused = list.apply(outcome.findings);
  return outcome;
}

std::string error_of(const std::string& text) {
  IgnoreList list;
  const Status added = list.add_leaksift(text, "f");
  return added ? "" : added.error().message();
}

}  // namespace

TEST_CASE("a fingerprint ignores a finding everywhere", "[findings][ignore]") {
  const Outcome outcome = with_ours(sample()[0].fingerprint + "\n");
  CHECK(outcome.findings[0].suppression == Suppression::kIgnoreFile);
  CHECK(outcome.findings[1].suppression == Suppression::kNone);
  CHECK(outcome.unused.empty());
}

TEST_CASE("an occurrence's id ignores that place", "[findings][ignore]") {
  const Outcome outcome =
      with_ours("occurrence:" + sample()[0].occurrences[1].id);
  CHECK(outcome.left() == 3);
  CHECK(outcome.findings[0].suppression == Suppression::kNone);
  CHECK(outcome.findings[0].occurrences[1].suppression ==
        Suppression::kIgnoreFile);
}

TEST_CASE("a rule can be ignored, in some paths or all", "[findings][ignore]") {
  CHECK(with_ours("rule:acme-token").left() == 1);
  CHECK(with_ours("rule:acme-token   tests/").left() == 3);
  CHECK(with_ours("rule:acme-token a.env").left() == 1);
  CHECK(with_ours("rule:generic-password /src/").left() == 4);
}

TEST_CASE("a path pattern ignores all in it", "[findings][ignore]") {
  CHECK(with_ours("tests/").left() == 2);
  CHECK(with_ours("/src/*.env").left() == 2);
  CHECK(with_ours("*.env").left() == 0);
}

TEST_CASE("comments, blank lines and reasons are no entries",
          "[findings][ignore]") {
  const Outcome outcome = with_ours(
      "\xef\xbb\xbf# comment\r\n\r\n  tests/  # only fixtures\r\n\t\n#x");
  CHECK(outcome.left() == 2);
  CHECK(outcome.unused.empty());
  CHECK(with_ours("rule:acme-token # whatever it is").left() == 1);
}

TEST_CASE("a '#' with a backslash belongs to the path", "[findings][ignore]") {
  IgnoreList list;
  REQUIRE(list.add_leaksift("\\#dir/ \\#1  # reason", "f"));
  auto findings = group_findings({seen(kToken, "token", "#dir/ #1", 1)});
  CHECK(list.apply(findings).empty());
}

TEST_CASE("an entry that matches nothing is told", "[findings][ignore]") {
  const Outcome outcome = with_ours("tests/\n# x\nrule:no-such-rule # why\n");
  REQUIRE(outcome.unused.size() == 1);
  CHECK(outcome.unused[0] ==
        ".leaksiftignore:3: matches nothing: rule:no-such-rule");
}

TEST_CASE("what is suppressed already still counts as matched",
          "[findings][ignore]") {
  IgnoreList list;
  REQUIRE(list.add_leaksift("rule:acme-token\n/src/\n", "f"));
  std::vector<Finding> findings = sample();
  CHECK(list.apply(findings).empty());
  CHECK(list.apply(findings).empty());
}

TEST_CASE("a bad line is an error with file and line", "[findings][ignore]") {
  CHECK(error_of("\n!src") ==
        "f:2: '!' is not supported; begin with '\\!' for a name with it");
  CHECK(error_of("occurrence:12") ==
        "f:1: an occurrence's id is 32 hexadecimal digits");
  CHECK(error_of("rule: # none") == "f:1: 'rule:' needs the id of a rule");
  CHECK(error_of("rules:acme") ==
        "f:1: 'rules:'; did you mean 'rule:'? (begin a path with '/')");
  CHECK(error_of("0123456789abcdef0") ==
        "f:1: 17 hexadecimal digits; a fingerprint has 32 (begin a path with "
        "'/')");
  CHECK(error_of("/0123456789abcdef0").empty());
}

TEST_CASE("a .gitleaksignore names rule, file and line", "[findings][ignore]") {
  CHECK(with_gitleaks("src/a.env:acme-token:9").left() == 3);
  CHECK(with_gitleaks("src\\a.env:acme-token:9").left() == 3);
  CHECK(with_gitleaks("./src/a.env:acme-token:9\n# c\n").left() == 3);
  CHECK(with_gitleaks(kCommit + ":src/a.env:acme-token:1").left() == 3);
}

TEST_CASE("a .gitleaksignore entry for another place matches nothing",
          "[findings][ignore]") {
  auto [line] = GENERATE(table<std::string>({
      {"src/a.env:acme-token:2"},
      {"src/a.env:other:9"},
      {"a.env:acme-token:9"},
      {std::string(40, 'd') + ":src/a.env:acme-token:1"},
  }));
  const Outcome outcome = with_gitleaks(line);
  CHECK(outcome.left() == 4);
  CHECK(outcome.unused.size() == 1);
}

TEST_CASE("a .gitleaksignore line that says nothing is a warning",
          "[findings][ignore]") {
  IgnoreList list;
  const auto warnings = list.add_gitleaks(
      "nonsense\na:b:c\n:b:3\na::3\na:b:3x\nok:rule:3\n", "g");
  REQUIRE(warnings.size() == 5);
  CHECK(warnings[0] ==
        "g:1: neither commit:file:rule-id:start-line nor "
        "file:rule-id:start-line");
  CHECK_FALSE(list.empty());
}

TEST_CASE("a path in a .gitleaksignore may hold colons", "[findings][ignore]") {
  IgnoreList list;
  CHECK(list.add_gitleaks("a:b/c:d:acme-token:3", "g").empty());
  auto findings = group_findings({seen(kToken, "token", "a:b/c:d", 3)});
  CHECK(list.apply(findings).empty());
}

TEST_CASE("paths in an ignore file begin at its folder", "[findings][ignore]") {
  const std::string folder = GENERATE("/home/me/app", "/home/me/app/", ".");
  const std::string path =
      folder.ends_with('/') ? folder + "tests/b.env" : folder + "/tests/b.env";
  struct Try {
    std::string path;
    bool ours = false;
    uint64_t left = 0;
  };
  const Try t = GENERATE_COPY(
      Try{path, true, 0}, Try{path, false, 0},
      // The folder's own name has no part in it, nor have other folders.
      Try{"/home/me/application/tests/b.env", true, 1},
      Try{"tests/b.env", true, 1});
  std::vector<Finding> findings =
      group_findings({seen(kToken, "token", t.path, 4)});
  IgnoreList list(folder);
  if (t.ours) {
    REQUIRE(list.add_leaksift("/tests/*.env", ".leaksiftignore"));
  } else {
    CHECK(list.add_gitleaks("tests/b.env:acme-token:4", "f").empty());
  }
  const std::vector<std::string> unused = list.apply(findings);
  CHECK(unused.size() == t.left);
  CHECK((findings[0].suppression == Suppression::kNone) == (t.left == 1));
}
