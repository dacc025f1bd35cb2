// What `leaksift history` looks at, and what it says about it.
#include "cli/history.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "cli/program.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

std::string with_token(unsigned number) {
  return "key = " + acme_token(number) + "\n";
}

}  // namespace

TEST_CASE("a secret is found after it was removed, with who brought it",
          "[cli][history]") {
  const GitFixture repo;
  repo.write("readme", "hello\n");
  commit_all(repo, "first");
  repo.write("conf/app.env", "\n" + with_token(1));
  const std::string leak = commit_all(repo, "leak");
  repo.write("conf/app.env", "\n");
  commit_all(repo, "removed");

  const Reported r = history(repo);
  CHECK(r.ran.exit_code == 1);
  REQUIRE(r.findings.size() == 1);
  REQUIRE(r.places() == Lines{"conf/app.env:2:7"});
  const nlohmann::json introduced = r.findings[0]["introduced"];
  CHECK(introduced["commit"] == leak);
  CHECK(introduced["path"] == "conf/app.env");
  CHECK(introduced["author_name"] == "A Tester");
  CHECK(introduced["author_email"] == "tester@example.com");
  CHECK(introduced["date"] == "2023-11-14T23:13:20+01:00");
  const nlohmann::json place = r.findings[0]["occurrences"][0];
  CHECK(place["in_head"] == false);
  CHECK(place["refs"] == nlohmann::json{"refs/heads/main"});
  const std::string blob = repo.git({"rev-parse", leak + ":conf/app.env"});
  CHECK(place["blob"] == trimmed(blob));
}

TEST_CASE("one secret in many versions, paths and branches is one finding",
          "[cli][history]") {
  const GitFixture repo;
  repo.write("a", with_token(1));
  const std::string first = commit_all(repo, "first");
  repo.write("a", "moved down\n" + with_token(1));
  commit_all(repo, "moved");
  repo.git({"checkout", "-q", "-b", "side"});
  repo.write("b", with_token(1) + "more\n");
  commit_all(repo, "side");
  const Reported r = history(repo);
  REQUIRE(r.findings.size() == 1);
  CHECK(r.places() == Lines{"a:1:7", "a:2:7", "b:1:7"});
  CHECK(r.findings[0]["introduced"]["commit"] == first);
}

TEST_CASE("objects that nothing reaches are scanned, but not with --refs",
          "[cli][history]") {
  const GitFixture repo;
  repo.write("a", with_token(1));
  commit_all(repo, "first");
  repo.git({"hash-object", "-w", "--stdin"}, with_token(2));
  CHECK(history(repo).findings.size() == 2);
  CHECK(history(repo, {"--refs"}).findings.size() == 1);
}

TEST_CASE("--range scans what one end has and the other has not",
          "[cli][history]") {
  const GitFixture repo;
  repo.write("a", with_token(1));
  commit_all(repo, "first");
  repo.git({"tag", "old"});
  repo.write("b", with_token(2));
  const std::string second = commit_all(repo, "second");
  repo.write("c", with_token(3));
  commit_all(repo, "third");
  CHECK(history(repo, {"--range", "old..main"}).places() ==
        Lines{"b:1:7", "c:1:7"});
  CHECK(history(repo, {"--range", "old.." + second}).places() ==
        Lines{"b:1:7"});
  CHECK(history(repo, {"--range", "main..main"}).ran.exit_code == 0);
}

TEST_CASE("messages of commits and tags are scanned", "[cli][history]") {
  const GitFixture repo;
  commit_all(repo, "now with " + acme_token(1));
  repo.git({"tag", "-a", "v1", "-m", "take " + acme_token(2)});
  const Reported r = history(repo, {"--refs"});
  CHECK(r.of_occurrences("object_type") == Lines{"commit", "tag"});
  CHECK(r.findings.size() == 2);
}

TEST_CASE("a repository is found from inside, by its .git, and bare",
          "[cli][history]") {
  const GitFixture repo;
  repo.write("deep/er/a", with_token(1));
  commit_all(repo, "first");
  const std::string bare = repo.around() / "bare.git";
  repo.git({"clone", "-q", "--bare", ".", bare});
  repo.git({"worktree", "add", "-q", repo.around() / "linked"});
  const Lines expected = {"deep/er/a:1:7"};
  CHECK(report({"history"}, repo / "deep/er").places() == expected);
  CHECK(report({"history", repo / ".git"}).places() == expected);
  CHECK(report({"history", bare}).places() == expected);
  CHECK(report({"history", repo.around() / "linked"}).places() == expected);
}

TEST_CASE("a rule about paths alone judges every path of the history",
          "[cli][history]") {
  const GitFixture repo;
  const TempDir outside;
  outside.write("rules.toml", R"(
[[rules]]
id = "key-store"
path = '(?i)\.(?:p12|jks)$'
[[rules]]
id = "in-vault"
path = '^vault/'
[[rules.allowlists]]
paths = ['\.md$']
)");
  repo.write("a/one.p12", "same");
  repo.write("b/deep/er/TWO.JKS", std::string("\0\1", 2));
  repo.write("vault/three", "3");
  repo.write("vault/readme.md", "4");
  const std::string first = commit_all(repo, "first");
  repo.git({"mv", "a/one.p12", "a/one.txt"});
  repo.git({"rm", "-q", "-r", "b", "vault"});
  commit_all(repo, "gone");
  repo.git({"tag", "gone"});
  repo.git({"mv", "a/one.txt", "a/five.p12"});
  const std::string last = commit_all(repo, "back");
  auto places = [&](const Arguments& more) {
    Arguments options = {"--rules", outside / "rules.toml"};
    options.insert(options.end(), more.begin(), more.end());
    return history(repo, options);
  };
  const Lines all = {"a/five.p12:1:1", "a/one.p12:1:1", "b/deep/er/TWO.JKS:1:1",
                     "vault/three:1:1"};
  const Reported r = places({});
  CHECK(r.ran.exit_code == 1);
  CHECK(r.places() == all);
  REQUIRE(r.findings.size() == 4);
  CHECK(r.findings[0]["introduced"]["commit"] == last);
  CHECK(r.findings[0]["occurrences"][0]["in_head"] == true);
  CHECK(r.findings[1]["introduced"]["commit"] == first);
  CHECK(r.findings[1]["occurrences"][0]["in_head"] == false);
  const std::string blob(trimmed(repo.git({"rev-parse", "HEAD:a/five.p12"})));
  CHECK(r.findings[0]["occurrences"][0]["blob"] == blob);
  // The blob is old, the path is not.
  CHECK(places({"--range", "gone..main"}).places() == Lines{"a/five.p12:1:1"});
  CHECK(places({"--refs"}).places() == all);
}

TEST_CASE("packing, threads and deltas change no path that is found",
          "[cli][history]") {
  const GitFixture repo;
  const TempDir outside;
  outside.write("rules.toml", "[[rules]]\nid = 'p'\npath = 'key-[0-9]+$'\n");
  Lines expected;
  for (unsigned i = 0; i < 40; ++i) {
    const std::string number = std::to_string(i);
    repo.write("other-" + number, number);
    const std::string folder = i % 2 == 0 ? "" : "folder/";
    repo.write(folder + "key-" + number, "content " + std::to_string(i % 7));
    expected.push_back(folder + "key-" + number + ":1:1");
    commit_all(repo, number);
  }
  std::sort(expected.begin(), expected.end());
  auto bytes = [&](const std::string& jobs) {
    const Reported r =
        history(repo, {"--rules", outside / "rules.toml", "--jobs", jobs});
    CHECK(r.places() == expected);
    return r.ran.out.substr(0, r.ran.out.find("\"seconds\""));
  };
  const std::string loose = bytes("1");
  repo.git({"repack", "-q", "-adf", "--depth=50"});
  CHECK(bytes("1") == loose);
  CHECK(bytes("7") == loose);
}

TEST_CASE("packing, threads and deltas change no byte of a report",
          "[cli][history]") {
  const GitFixture repo;
  std::string text;
  for (unsigned i = 0; i < 20; ++i) {
    text += "line " + std::to_string(i * 7919) + " of a file that grows\n";
    if (i % 4 == 0) text += with_token(i);
    repo.write("grows", text);
    repo.write("file-" + std::to_string(i % 5), text.substr(text.size() / 2));
    commit_all(repo, "commit " + std::to_string(i));
  }
  auto bytes = [&](const Arguments& more) {
    std::string out = history(repo, more).ran.out;
    return out.substr(0, out.find("\"seconds\""));
  };
  const std::string loose = bytes({"--jobs", "1"});
  CHECK(loose.size() > 1000);
  CHECK(bytes({"--jobs", "7"}) == loose);
  repo.git({"repack", "-q", "-adf", "--depth=50"});
  CHECK(bytes({"--jobs", "1"}) == loose);
  CHECK(bytes({"--jobs", "7"}) == loose);
  CHECK(bytes({"--verify-deltas"}) == loose);
  // The summary counts fewer files.
  auto findings = [](const std::string& out) {
    return out.substr(0, out.find("{\"type\":\"summary\""));
  };
  CHECK(findings(bytes({"--refs"})) == findings(loose));
  repo.git({"-c", "pack.window=0", "repack", "-q", "-adf"});
  CHECK(bytes({}) == loose);
}

TEST_CASE("packing, threads and deltas change no part of a finding",
          "[cli][history]") {
  const GitFixture repo;
  const TempDir outside;
  outside.write("rules.toml",
                "[[rules]]\nid = 'id'\nregex = 'id-[0-9]+'\n"
                "[[rules]]\nid = 'tok'\nregex = 'acme_[0-9a-f]{32}'\n"
                "required = [{id = 'id', optional = true, withinLines = 9}]\n");
  std::vector<std::string> lines(60, "a line of a file that changes");
  lines[30] = acme_token(1);
  for (const size_t at : {10U, 50U, 24U, 26U, 32U, 31U, 29U}) {
    lines[at] = "id-" + std::to_string(at);
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    repo.write("grows", text);
    commit_all(repo, std::to_string(at));
  }
  auto bytes = [&](Arguments more) {
    more.insert(more.end(), {"--rules", outside / "rules.toml"});
    const Reported r = history(repo, more);
    std::set<std::string> parts;
    for (const auto& finding : r.findings) {
      for (const auto& place : finding["occurrences"]) {
        if (finding["rule_id"] != "tok") continue;
        parts.insert(place.contains("parts") ? place["parts"][0]["line"].dump()
                                             : "none");
      }
    }
    CHECK(parts == std::set<std::string>{"none", "25", "27", "33", "32", "30"});
    return r.ran.out.substr(0, r.ran.out.find("\"seconds\""));
  };
  const std::string loose = bytes({"--jobs", "1"});
  repo.git({"repack", "-q", "-adf", "--depth=50"});
  CHECK(bytes({"--jobs", "1"}) == loose);
  CHECK(bytes({"--jobs", "7"}) == loose);
  CHECK(bytes({"--verify-deltas"}) == loose);
}

TEST_CASE("a clone cut off at some depth says so", "[cli][history]") {
  const GitFixture repo;
  repo.write("a", with_token(1));
  commit_all(repo, "first");
  repo.write("a", with_token(2));
  const std::string second = commit_all(repo, "second");
  const std::string shallow = repo.around() / "shallow";
  repo.git({"clone", "-q", "--depth=1", "file://" + repo.path(), shallow});
  const Reported r = report({"history", shallow});
  CHECK(r.findings.size() == 1);
  CHECK(r.names_skipped("shallow-border") == Lines{second});
  const Reported strict = report({"history", shallow, "--strict"});
  CHECK(strict.summary["complete"] == false);
}

TEST_CASE("objects that a partial clone lacks are counted, never \"clean\"",
          "[cli][history]") {
  const GitFixture repo;
  repo.write("a", with_token(1));
  commit_all(repo, "first");
  repo.write("a", "nothing any more\n");
  commit_all(repo, "second");
  repo.git({"config", "uploadpack.allowFilter", "true"});
  const std::string partial = repo.around() / "partial";
  repo.git(
      {"clone", "-q", "--filter=blob:none", "file://" + repo.path(), partial});
  const Arguments more = GENERATE(Arguments{}, Arguments{"--refs"});
  Arguments command = {"history", partial};
  command.insert(command.end(), more.begin(), more.end());
  const Reported r = report(command);
  const std::string blob = repo.git({"rev-parse", "HEAD~1:a"});
  CHECK(r.names_skipped("promised-object") ==
        Lines{std::string(trimmed(blob))});
  CHECK(r.ran.exit_code == 3);
}

TEST_CASE("an object that is gone is named, and the scan incomplete",
          "[cli][history]") {
  const GitFixture repo;
  repo.write("a", with_token(1));
  commit_all(repo, "first");
  repo.write("a", "nothing any more\n");
  commit_all(repo, "second");
  const std::string blob(trimmed(repo.git({"rev-parse", "HEAD~1:a"})));
  std::filesystem::remove(repo / ".git/objects/" + blob.substr(0, 2) + "/" +
                          blob.substr(2));
  const Reported r = history(repo, {"--refs"});
  CHECK(r.names_skipped("missing-object") == Lines{blob});
  CHECK(r.ran.exit_code == 3);
}

TEST_CASE("repositories of both hashes and both kinds of refs are read",
          "[cli][history]") {
  const GitFixture repo({"--object-format=sha256"});
  repo.write("a", with_token(1));
  const std::string commit = commit_all(repo, "first");
  REQUIRE(commit.size() == 64);
  const Reported r = history(repo);
  REQUIRE(r.findings.size() == 1);
  CHECK(r.findings[0]["introduced"]["commit"] == commit);
}
