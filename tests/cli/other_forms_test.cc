// Repositories in other forms: packs without an index, bundles, several at
// once.
#include <algorithm>
#include <filesystem>

#include "cli/history.h"
#include "cli/program.h"
#include "core/file.h"
#include "support/catch.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

namespace fs = std::filesystem;

// A history of three commits with a token each, in one pack with deltas.
void fill_packed(const GitFixture& repo) {
  std::string text(4000, 'x');
  for (unsigned i = 1; i <= 3; ++i) {
    text += "\nline " + std::to_string(i);
    repo.write("grows", text + "\nkey = " + acme_token(i) + "\n");
    commit_all(repo, "commit " + std::to_string(i));
  }
  repo.git({"repack", "-q", "-adf"});
}

std::string pack_of(const GitFixture& repo) {
  const std::vector<std::string> packs = repo.packs();
  REQUIRE(packs.size() == 1);
  return packs[0];
}

std::string findings_of(const Reported& r) {
  return r.ran.out.substr(0, r.ran.out.find("{\"type\":\"summary\""));
}

void remove_indexes(const GitFixture& repo) {
  for (const auto& entry : fs::directory_iterator(repo / ".git/objects/pack")) {
    if (entry.path().extension() != ".pack") fs::remove(entry.path());
  }
}

// One that is to be damaged.
struct UnindexedPack {
  GitFixture repo;
  std::string path;
  std::string bytes;

  UnindexedPack() {
    fill_packed(repo);
    remove_indexes(repo);
    path = pack_of(repo);
    bytes = read_bytes(path);
  }
};

}  // namespace

TEST_CASE("a pack without an index is read like one with it",
          "[cli][history][packs]") {
  const std::string hash = GENERATE("sha1", "sha256");
  const GitFixture repo({"--object-format=" + hash});
  fill_packed(repo);
  if (GENERATE(false, true)) {  // deltas that name their bases by id
    repo.git({"-c", "repack.usedeltabaseoffset=false", "repack", "-q", "-adf"});
  }
  const Reported with = history(repo, {"--refs"});
  REQUIRE(with.findings.size() == 3);
  remove_indexes(repo);
  const Reported without = history(repo, {"--refs"});
  CHECK(findings_of(without) == findings_of(with));
  CHECK(without.summary["complete"] == true);
  CHECK(without.summary["coverage"] == with.summary["coverage"]);
  CHECK(run_program({"git-verify", repo.path()}).exit_code == 0);
}

TEST_CASE("a pack without an index may be cut off anywhere",
          "[cli][history][packs]") {
  const UnindexedPack pack;
  const std::string& bytes = pack.bytes;
  for (const size_t kept :
       {size_t{0}, size_t{3}, size_t{11}, size_t{40}, bytes.size() / 4,
        bytes.size() / 2, bytes.size() - 30, bytes.size() - 1}) {
    CAPTURE(kept, bytes.size());
    REQUIRE(write_file(pack.path, bytes.substr(0, kept)));
    const Reported r = history(pack.repo);
    CHECK(r.skipped("corrupt") > 0);
    CHECK(r.summary["complete"] == false);
    CHECK(r.ran.exit_code == (r.findings.empty() ? 3 : 1));
  }
}

TEST_CASE("a flipped bit in a pack without an index is named",
          "[cli][history][packs]") {
  const UnindexedPack pack;
  const std::string& bytes = pack.bytes;
  for (size_t at = 12; at + 20 < bytes.size(); at += bytes.size() / 25) {
    CAPTURE(at, bytes.size());
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    REQUIRE(write_file(pack.path, damaged));
    const Reported r = history(pack.repo);
    const bool named = r.skipped("corrupt") + r.skipped("missing-object") > 0;
    CHECK(named);
    CHECK(r.summary["complete"] == false);
  }
}

TEST_CASE("a bundle is scanned like the repository it was made from",
          "[cli][history][bundles]") {
  const std::string hash = GENERATE("sha1", "sha256");
  const GitFixture repo({"--object-format=" + hash});
  fill_packed(repo);
  repo.git({"tag", "-a", "v1", "-m", acme_token(9)});
  const std::string bundle = repo.around() / "all.bundle";
  const std::string version = hash == "sha1" ? GENERATE("2", "3") : "3";
  repo.git({"bundle", "create", "-q", "--version=" + version, bundle, "--all"});
  const Reported of_repo = history(repo, {"--refs"});
  const Reported of_bundle = report({"history", bundle});
  CHECK(of_bundle.findings.size() == 4);
  CHECK(of_bundle.places() == of_repo.places());
  CHECK(of_bundle.of_occurrences("commit") == of_repo.of_occurrences("commit"));
  CHECK(of_bundle.summary["complete"] == true);
  CHECK(findings_of(report({"history", bundle, "--refs"})) ==
        findings_of(of_bundle));
}

TEST_CASE("what a bundle builds on is named, and what lacks a base",
          "[cli][history][bundles]") {
  const GitFixture repo;
  fill_packed(repo);
  const std::string bundle = repo.around() / "new.bundle";
  repo.git({"bundle", "create", "-q", bundle, "HEAD~1..main"});
  const Reported r = report({"history", bundle});
  // The file's new version is a delta against an old one.
  const Lines bases = r.names_skipped("missing-object");
  CHECK(bases.size() == 1);
  const Lines cut = r.names_skipped("shallow-border");
  CHECK(std::count(cut.begin(), cut.end(), id_of(repo, "HEAD~1")) == 1);
  CHECK(r.ran.exit_code == 3);
}

TEST_CASE("damaged bundles are named or refused, never scanned in silence",
          "[cli][history][bundles]") {
  const GitFixture repo;
  fill_packed(repo);
  const std::string bundle = repo.around() / "all.bundle";
  repo.git({"bundle", "create", "-q", bundle, "--all"});
  const std::string bytes = read_bytes(bundle);
  const size_t front = bytes.find("\n\nPACK") + 2;
  auto run = [&](const std::string& with) {
    repo.around().write("damaged.bundle", with);
    return run_program({"history", repo.around() / "damaged.bundle", "--rules",
                        acme_rules(), "-f", "jsonl"});
  };
  CHECK(run(bytes.substr(0, 20)).exit_code == 2);
  CHECK(run("# v9 git bundle\n" + bytes.substr(16)).exit_code == 2);
  CHECK(run("# v3 git bundle\n@x=y\n" + bytes.substr(16)).exit_code == 2);
  CHECK(run(bytes.substr(0, front)).exit_code == 3);
  CHECK(run(bytes.substr(0, front + 11)).exit_code == 3);
  for (size_t at = front; at + 20 < bytes.size(); at += bytes.size() / 25) {
    CAPTURE(at, front, bytes.size());
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    const Ran ran = run(damaged);
    CHECK(ran.out.find("\"complete\":false") != std::string::npos);
    CHECK(run(bytes.substr(0, at)).exit_code != 0);
  }
}

TEST_CASE("a pack file alone is scanned", "[cli][history][packs]") {
  const std::string hash = GENERATE("sha1", "sha256");
  const GitFixture repo({"--object-format=" + hash});
  fill_packed(repo);
  const Reported r = report({"history", pack_of(repo)});
  CHECK(r.places() == Lines{"grows:3:7", "grows:4:7", "grows:5:7"});
}

TEST_CASE("several repositories make one report, what they share read once",
          "[cli][history][several]") {
  const GitFixture repo;
  repo.write("shared", acme_token(1));
  const std::string shared = commit_all(repo, "first");
  const std::string fork = repo.around() / "fork";
  const bool by_alternate = GENERATE(false, true);
  repo.git(
      {"clone", "-q", by_alternate ? "--shared" : "--no-hardlinks", ".", fork});
  repo.write("only-here", acme_token(2));
  commit_all(repo, "second");
  repo.around().write("fork/only-there", acme_token(3));
  repo.git_in(fork, {"add", "."});
  repo.git_in(fork, {"commit", "-q", "-m", "third"});

  const Reported r = report({"history", repo.path(), fork, "--refs"});
  REQUIRE(r.findings.size() == 3);
  Lines places;
  for (const nlohmann::json& finding : r.findings) {
    for (const nlohmann::json& o : finding["occurrences"]) {
      const std::string where = o["repository"] == fork ? "fork" : "repo";
      places.push_back(where + ":" + o["path"].get<std::string>());
    }
    if (finding["occurrences"].size() == 2) {
      CHECK(finding["introduced"]["commit"] == shared);
      CHECK(finding["change_count"] == 1);
    }
  }
  std::sort(places.begin(), places.end());
  CHECK(places == Lines{"fork:only-there", "fork:shared", "repo:only-here",
                        "repo:shared"});
  // Blobs and commits: two shared, two in each alone.
  CHECK(r.summary["coverage"]["blobs"] == 6);
  CHECK(report({"history", fork, repo.path(), "--refs"}).findings ==
        r.findings);
  const Reported alone = report({"history", fork, "--refs"});
  CHECK(alone.of_occurrences("repository") == Lines{"", ""});
  const Ran text = run_program(
      {"history", repo.path(), fork, "--rules", acme_rules(), "--refs"});
  CHECK(text.out.find(fork + ": only-there:1:1") != std::string::npos);
}

TEST_CASE("an object lost in one repository is scanned in the next",
          "[cli][history][several]") {
  const GitFixture repo;
  repo.write("a", acme_token(1));
  commit_all(repo, "first");
  const std::string copy = repo.around() / "copy";
  repo.git({"clone", "-q", "--no-hardlinks", ".", copy});
  const std::string id = id_of(repo, "HEAD:a");
  const std::string object =
      repo / ".git/objects/" + id.substr(0, 2) + "/" + id.substr(2);
  std::string bytes = read_bytes(object);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0xff);
  REQUIRE(write_file(object, bytes));
  const Reported r = report({"history", repo.path(), copy, "--refs"});
  CHECK(r.names_skipped("corrupt") == Lines{id});
  CHECK(r.of_occurrences("repository") == Lines{copy});
}

TEST_CASE("a bundle takes what it builds on from another repository",
          "[cli][history][several]") {
  const GitFixture repo;
  fill_packed(repo);
  const std::string bundle = repo.around() / "new.bundle";
  repo.git({"bundle", "create", "-q", bundle, "HEAD~1..main"});
  const std::string old = repo.around() / "old";
  repo.git({"clone", "-q", "--no-local", "--no-tags", ".", old});
  repo.git_in(old, {"reset", "-q", "--hard", "HEAD~1"});
  repo.git_in(old, {"update-ref", "-d", "refs/remotes/origin/main"});
  repo.git_in(old, {"update-ref", "-d", "refs/remotes/origin/HEAD"});
  repo.git_in(old, {"reflog", "expire", "--expire=now", "--all"});
  fs::remove(old + "/.git/ORIG_HEAD");
  repo.git_in(old, {"-c", "gc.auto=0", "repack", "-q", "-ad"});
  repo.git_in(old, {"prune", "--expire=now"});
  REQUIRE(report({"history", old, "--refs"}).findings.size() == 2);

  const Reported r = report({"history", bundle, old, "--refs"});
  CHECK(r.findings.size() == 3);
  CHECK(r.summary["complete"] == true);
  CHECK(r.names_skipped("missing-object").empty());
}
