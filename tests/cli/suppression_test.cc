// What suppresses a finding, and that it is told.
#include <algorithm>
#include <map>
#include <set>

#include "cli/program.h"
#include "support/catch.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

std::string with_token(unsigned number, const std::string& comment = {}) {
  return "key = " + acme_token(number) + comment + "\n";
}

// Two secrets in three places.
struct Sample : Tree {
  Sample() {
    write("src/a.env", with_token(1));
    write("tests/a.env", with_token(1));
    write("tests/b.env", with_token(2));
  }
};

uint64_t suppressed(const Reported& r, const char* by) {
  return r.summary["suppressed"][by];
}

}  // namespace

TEST_CASE("a finding in the baseline is known, a new one is not",
          "[cli][suppression]") {
  const Sample tree;
  const TempDir outside;
  const std::string format = GENERATE("json", "jsonl");
  const std::string known = outside / "known";
  const Ran first = run_program(
      {"scan", ".", "--rules", acme_rules(), "-f", format, "-o", known},
      tree.path());
  CHECK(first.exit_code == 1);
  CHECK(first.out.empty());

  const Reported same = tree.scan({"--baseline", known});
  CHECK(same.ran.exit_code == 0);
  CHECK(suppressed(same, "baseline") == 2);
  // The known secret in another place is still known.
  tree.write("moved.env", "\n\n" + with_token(2));
  tree.write("new.env", with_token(3));
  const Reported more = tree.scan({"--baseline", known});
  CHECK(more.ran.exit_code == 1);
  CHECK(more.summary["finding_count"] == 1);
  CHECK(suppressed(more, "baseline") == 2);
}

TEST_CASE("a JSON report of gitleaks is a baseline, too",
          "[cli][suppression]") {
  const Sample tree;
  const TempDir outside;
  nlohmann::json entry = {{"RuleID", "acme-token"},
                          {"File", "tests/b.env"},
                          {"StartLine", 1},
                          {"Commit", ""},
                          {"Secret", acme_token(2)}};
  outside.write("gitleaks.json", nlohmann::json::array({entry}).dump());
  const Reported r = tree.scan({"-b", outside / "gitleaks.json"});
  CHECK(r.ran.exit_code == 1);
  CHECK(r.summary["finding_count"] == 1);
  CHECK(suppressed(r, "baseline") == 1);
}

TEST_CASE("a .leaksiftignore works from wherever its folder is scanned",
          "[cli][suppression]") {
  const Sample tree;
  tree.write(".leaksiftignore", "# made up\n/tests/  # for the tests\n");
  for (const auto& [path, directory] :
       {std::pair{std::string("."), tree.path()},
        {tree.path(), "/"},
        {tree.path() + "/", "/"},
        {"..", tree / "src"}}) {
    CAPTURE(path, directory);
    const Reported r = report({"scan", path}, directory);
    CHECK(r.ran.exit_code == 1);
    CHECK(r.ran.err.empty());
    CHECK(r.summary["finding_count"] == 1);
    CHECK(suppressed(r, "ignore-file") == 1);
    CHECK(r.summary["suppressed_occurrences"]["ignore-file"] == 2);
  }
}

TEST_CASE("fingerprints and rules are ignored by name", "[cli][suppression]") {
  const Sample tree;
  const std::string fingerprint = tree.scan().findings[0]["fingerprint"];
  tree.write(".leaksiftignore", fingerprint + "\n");
  CHECK(tree.scan().summary["finding_count"] == 1);
  tree.write(".leaksiftignore", "rule:acme-token\n");
  const Reported none = tree.scan();
  CHECK(none.ran.exit_code == 0);
  CHECK(suppressed(none, "ignore-file") == 2);
  // Who does not trust the tree sees all of it.
  const Reported all = tree.scan({"--no-suppress"});
  CHECK(all.ran.exit_code == 1);
  CHECK(all.summary["finding_count"] == 2);
}

TEST_CASE("an entry that matches nothing is told", "[cli][suppression]") {
  const Sample tree;
  tree.write(".leaksiftignore", "/tests/\n\nrule:acme-tokens\n");
  const Reported r = tree.scan();
  CHECK(r.ran.err ==
        "warning: ./.leaksiftignore:3: matches nothing: rule:acme-tokens\n");
}

TEST_CASE("a slip in a .leaksiftignore is an error with its line",
          "[cli][suppression]") {
  const Sample tree;
  tree.write(".leaksiftignore", "/tests/\nrules:acme-token\n");
  const Ran ran = run_program({"scan", "."}, tree.path());
  CHECK(ran.exit_code == 2);
  CHECK_THAT(ran.err, Catch::Contains("./.leaksiftignore:2: ") &&
                          Catch::Contains("did you mean 'rule:'"));
}

TEST_CASE("a .gitleaksignore is obeyed", "[cli][suppression]") {
  const Sample tree;
  tree.write(".gitleaksignore", "tests/b.env:acme-token:1\nnonsense\n");
  const Reported r = tree.scan();
  CHECK(suppressed(r, "ignore-file") == 1);
  CHECK_THAT(r.ran.err, Catch::Contains("./.gitleaksignore:2: "));
}

TEST_CASE("entries for commits are no mistake in a scan of files",
          "[cli][suppression]") {
  const Sample tree;
  tree.write(".gitleaksignore", std::string(40, 'a') + ":b:acme-token:1\n");
  CHECK(tree.scan().ran.err.empty());
}

TEST_CASE("of many entries that match nothing a few are told",
          "[cli][suppression]") {
  const Sample tree;
  std::string text;
  for (int i = 0; i < 900; ++i) text += "/no" + std::to_string(i) + "\n";
  tree.write(".leaksiftignore", text);
  const std::string err = tree.scan().ran.err;
  CHECK(std::count(err.begin(), err.end(), '\n') == 6);
  CHECK_THAT(err, Catch::EndsWith("warning: and 895 more of these\n"));
}

TEST_CASE("a history goes by the ignore files of its work tree",
          "[cli][suppression]") {
  const GitFixture repo;
  repo.write("tests/a.env", with_token(1));
  repo.write("src/b.env", with_token(2));
  repo.git({"add", "."});
  repo.git({"commit", "-q", "-m", "all"});
  const std::string commit = repo.git({"rev-parse", "HEAD"}).substr(0, 40);
  repo.write(".leaksiftignore", "/tests/\n");
  repo.write(".gitleaksignore", commit + ":src/b.env:acme-token:1\n");
  const Reported r = report({"history", repo.path()});
  CHECK(r.ran.exit_code == 0);
  CHECK(r.ran.err.empty());
  CHECK(suppressed(r, "ignore-file") == 2);
}

TEST_CASE("a part of a work tree goes by the ignore files at its top",
          "[cli][suppression]") {
  const GitFixture repo;
  repo.write("src/tests/a.env", with_token(1));
  repo.write("src/b.env", with_token(2));
  repo.write(".leaksiftignore", "/src/tests/\n/elsewhere/\n");
  repo.write(".gitleaksignore", "src/b.env:acme-token:1\n");
  for (const auto& [path, directory] :
       {std::pair{std::string("src"), repo.path()},
        {repo / "src", "/"},
        {".", repo / "src"}}) {
    CAPTURE(path, directory);
    const Reported r = report({"scan", path}, directory);
    CHECK(r.ran.exit_code == 0);
    CHECK(r.ran.err.empty());
    CHECK(suppressed(r, "ignore-file") == 2);
  }
  for (const auto& [path, directory] :
       {std::pair{std::string("src/b.env"), repo.path()},
        {"b.env", repo / "src"},
        {repo / "src/b.env", "/"}}) {
    CAPTURE(path, directory);
    const Reported r = report({"scan", path}, directory);
    CHECK(r.ran.exit_code == 0);
    CHECK(suppressed(r, "ignore-file") == 1);
  }
}

TEST_CASE("a comment in the line allows a secret there", "[cli][suppression]") {
  const Tree tree;
  const std::string comment =
      GENERATE("leaksift:allow", "leaksift:allow acme-token",
               "leaksift:allow acme-token: a fake", "gitleaks:allow");
  tree.write("a", with_token(1, "  # " + comment));
  tree.write("b", with_token(2, "  # leaksift:allow acme-key"));
  CAPTURE(comment);
  const Reported r = tree.scan();
  CHECK(suppressed(r, "inline-comment") == 1);
  CHECK(r.summary["finding_count"] == 1);
  CHECK(tree.scan({"--no-suppress"}).summary["finding_count"] == 2);
}

TEST_CASE("a secret allowed in one place counts in another",
          "[cli][suppression]") {
  const Tree tree;
  tree.write("a", with_token(1, "  # leaksift:allow"));
  tree.write("b", with_token(1));
  const Reported r = tree.scan();
  CHECK(r.ran.exit_code == 1);
  CHECK(r.summary["occurrence_count"] == 1);
  CHECK(r.summary["suppressed_occurrences"]["inline-comment"] == 1);
  const Ran text =
      run_program({"scan", ".", "--rules", acme_rules()}, tree.path());
  CHECK_THAT(text.out,
             Catch::Contains("Suppressed places: 1 by comments in the text."));
}

TEST_CASE("a finding and its places are the same however a folder is named",
          "[cli][suppression]") {
  const GitFixture repo;
  const bool in_work_tree = GENERATE(true, false);
  CAPTURE(in_work_tree);
  const std::string folder =
      in_work_tree ? repo.path() : repo.around() / "plain";
  const TempDir outside;
  outside.write("rules.toml", read_bytes(acme_rules()) + R"(
[[rules]]
id = "acme-file"
description = "Acme key file"
path = '''\.acmekey$'''
)");
  const std::string below =
      in_work_tree ? std::string("repo/") : std::string("plain/");
  repo.around().write(below + "src/a.env", with_token(1) + with_token(1));
  repo.around().write(below + "src/my.acmekey", "whatever");
  repo.around().write(below + "b.env", with_token(2));

  using Names = std::map<std::string, std::set<std::string>>;
  auto names = [&](const Arguments& command, const std::string& from) {
    Arguments all = command;
    all.insert(all.end(), {"--rules", outside / "rules.toml"});
    Names ids;  // by fingerprint
    for (const nlohmann::json& finding : report(all, from).findings) {
      for (const nlohmann::json& o : finding["occurrences"]) {
        ids[finding["fingerprint"]].insert(o["id"]);
      }
    }
    return ids;
  };
  const Names all = names({"scan", "."}, folder);
  REQUIRE(all.size() == 3);
  CHECK(names({"scan", folder}, "/") == all);
  CHECK(names({"scan", below}, repo.around().path()) == all);
  CHECK(names({"scan", "./" + below + "src/.."}, repo.around().path()) == all);
  CHECK(names({"scan", "../../" + below}, folder + "/src") == all);
  if (!in_work_tree) return;
  // And by whatever part of the tree, and in its history.
  CHECK(names({"scan", "src", "b.env"}, folder) == all);
  CHECK(names({"scan", "my.acmekey", folder + "/b.env", "a.env"},
              folder + "/src") == all);
  repo.git({"add", "-A"});
  repo.git({"commit", "-q", "-m", "all"});
  CHECK(names({"history", "."}, folder) == all);
}
