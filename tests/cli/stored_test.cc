// What `leaksift history` finds besides the content of files: in whatever else
// a repository stores.
#include <algorithm>
#include <filesystem>
#include <set>

#include "cli/history.h"
#include "cli/program.h"
#include "core/digest.h"
#include "support/catch.h"
#include "support/git/reftable_writer.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

std::string lfs_pointer(const std::string& oid, size_t size) {
  return "version https://git-lfs.github.com/spec/v1\noid sha256:" + oid +
         "\nsize " + std::to_string(size) + "\n";
}

std::string lfs_place(const std::string& oid) {
  return ".git/lfs/objects/" + oid.substr(0, 2) + "/" + oid.substr(2, 2) + "/" +
         oid;
}

// Nothing is found, one thing is named, and that is no failure.
void check_names_only(const GitFixture& repo, const char* reason,
                      const std::string& name) {
  const Reported r = history(repo);
  CHECK(r.findings.empty());
  CHECK(r.names_skipped(reason) == Lines{name});
  CHECK(r.ran.exit_code == 0);
}

}  // namespace

TEST_CASE("what an LFS pointer stands for is scanned where it is on disk",
          "[cli][history][lfs]") {
  const GitFixture repo;
  const std::string content = "large\nkey = " + acme_token(1) + "\n";
  const std::string oid = to_hex(sha256(content));
  repo.write("a/model.bin", lfs_pointer(oid, content.size()));
  const std::string commit = commit_all(repo, "pointer");
  const std::string blob = id_of(repo, "HEAD:a/model.bin");

  const Reported without = history(repo);
  CHECK(without.findings.empty());
  CHECK(without.names_skipped("lfs-not-fetched") == Lines{blob});
  CHECK(without.ran.exit_code == 0);
  CHECK(history(repo, {"--strict"}).ran.exit_code == 3);

  repo.write(lfs_place(oid), content);
  const Reported with = history(repo, {"--strict"});
  CHECK(with.ran.exit_code == 1);
  CHECK(with.summary["complete"] == true);
  REQUIRE(with.places() == Lines{"a/model.bin:2:7"});
  const nlohmann::json place = with.findings[0]["occurrences"][0];
  CHECK(place["object_type"] == "lfs");
  CHECK(place["blob"] == blob);
  CHECK(place["commit"] == commit);
}

TEST_CASE("an LFS object is found at every path and version of its pointers",
          "[cli][history][lfs]") {
  const GitFixture repo;
  const std::string content = acme_token(1);
  const std::string oid = to_hex(sha256(content));
  repo.write(lfs_place(oid), content);
  repo.write("one", lfs_pointer(oid, content.size()));
  repo.write("two", lfs_pointer(oid, content.size()));
  repo.write("three", lfs_pointer(oid, content.size()) + "x-own key\n");
  commit_all(repo, "pointers");
  CHECK(history(repo).places() == Lines{"one:1:1", "three:1:1", "two:1:1"});
}

TEST_CASE("an LFS object that is not what its name says is named",
          "[cli][history][lfs]") {
  const GitFixture repo;
  const std::string oid = to_hex(sha256("something else"));
  repo.write(lfs_place(oid), acme_token(1));
  repo.write("a", lfs_pointer(oid, 14));
  commit_all(repo, "pointer");
  const Reported r = history(repo, {"--refs"});
  CHECK(r.findings.empty());
  REQUIRE(r.names_skipped("corrupt").size() == 1);
  CHECK(r.names_skipped("corrupt")[0].ends_with(lfs_place(oid)));
  CHECK(r.ran.exit_code == 3);
}

TEST_CASE("a pointer leads to no file outside of the repository's folder",
          "[cli][history][lfs]") {
  const GitFixture repo;
  const std::string content = acme_token(1);
  const std::string oid = to_hex(sha256(content));
  repo.around().write("elsewhere", content);
  repo.around().link("repo/" + lfs_place(oid), repo.around() / "elsewhere");
  repo.write("a", lfs_pointer(oid, content.size()));
  commit_all(repo, "pointer");
  const Reported r = history(repo);
  CHECK(r.findings.empty());
  CHECK(r.summary["coverage"]["skipped_items"].size() >= 1);
}

TEST_CASE("a secret in a file's name is found where it came, and masked",
          "[cli][history][names]") {
  const GitFixture repo;
  repo.write("readme", "hello\n");
  commit_all(repo, "first");
  const std::string name = "backup-" + acme_token(1) + ".txt";
  repo.write("deep/" + name, "nothing in here\n");
  const std::string leak = commit_all(repo, "leak");
  const std::string blob = id_of(repo, "HEAD:deep/" + name);
  repo.write("deep/" + name, "another version\n");
  commit_all(repo, "changed");
  repo.git({"mv", "deep/" + name, "deep/other"});
  commit_all(repo, "gone");
  const bool packed = GENERATE(false, true);
  if (packed) repo.git({"repack", "-q", "-adf"});

  const Reported clear = history(repo, {"--show-secrets"});
  REQUIRE(clear.places() == Lines{"deep/" + name + ":1:8"});
  const nlohmann::json place = clear.findings[0]["occurrences"][0];
  CHECK(place["object_type"] == "path");
  CHECK(place["blob"] == blob);
  CHECK(place["commit"] == leak);
  CHECK(place["in_head"] == false);
  CHECK(clear.findings[0]["introduced"]["commit"] == leak);
  for (const char* format : {"text", "json", "jsonl", "sarif"}) {
    const Ran ran = run_program(
        {"history", repo.path(), "--rules", acme_rules(), "-f", format});
    CAPTURE(format, ran.out);
    CHECK(ran.exit_code == 1);
    CHECK(ran.out.find("backup-") != std::string::npos);
    CHECK(ran.out.find(acme_token(1)) == std::string::npos);
  }
}

TEST_CASE("a short secret in a name is masked there, too",
          "[cli][history][names]") {
  const GitFixture repo;
  repo.around().write("rules.toml",
                      "[[rules]]\nid = 'pin'\nregex = 'pin-([0-9]{6})'\n");
  repo.write("pin-845162", "nothing");
  commit_all(repo, "first");
  const Reported r = history(repo, {"--rules", repo.around() / "rules.toml"});
  REQUIRE(r.findings.size() == 1);
  CHECK(r.ran.out.find("845162") == std::string::npos);
}

TEST_CASE("names of folders and submodules are scanned",
          "[cli][history][names]") {
  const GitFixture repo;
  repo.write(acme_token(1) + "/a/file", "1");
  repo.write(acme_token(1) + "/b/file", "2");
  const std::string commit = commit_all(repo, "first");
  repo.write(acme_token(1) + "/b/file", "3");
  commit_all(repo, "the folder changes");
  repo.git({"update-index", "--add", "--cacheinfo",
            "160000," + commit + ",mods/" + acme_token(2)});
  repo.git({"commit", "-q", "-m", "submodule"});
  const Reported r = history(repo, {"--show-secrets"});
  CHECK(r.places() ==
        Lines{acme_token(1) + ":1:1", "mods/" + acme_token(2) + ":1:1"});
  CHECK(r.of_occurrences("object_type") == Lines{"path", "path"});
  // The first version of the folder stands for all.
  for (const nlohmann::json& finding : r.findings) {
    const nlohmann::json place = finding["occurrences"][0];
    if (!place["path"].get<std::string>().starts_with("mods")) {
      CHECK(place["blob"] == id_of(repo, commit + ":" + acme_token(1)));
    }
    CHECK(place["in_head"] == true);
  }
}

TEST_CASE("names in trees that nothing reaches are found, but not with --refs",
          "[cli][history][names]") {
  const GitFixture repo;
  repo.write("a", "1");
  commit_all(repo, "first");
  const std::string blob = id_of(repo, "HEAD:a");
  repo.git({"mktree"}, "100644 blob " + blob + "\t" + acme_token(1) + "\n");
  const Reported r = history(repo, {"--show-secrets"});
  CHECK(r.places() == Lines{acme_token(1) + ":1:1"});
  CHECK(history(repo, {"--refs"}).findings.empty());
}

TEST_CASE("--range tells new names from old ones", "[cli][history][names]") {
  const GitFixture repo;
  repo.write(acme_token(1), "1");
  commit_all(repo, "first");
  repo.git({"tag", "old"});
  repo.write("b/" + acme_token(2), "2");
  commit_all(repo, "second");
  const Reported r = history(repo, {"--range", "old..main", "--show-secrets"});
  CHECK(r.places() == Lines{"b/" + acme_token(2) + ":1:1"});
}

TEST_CASE("what stands in one name does not reach into the next",
          "[cli][history][names]") {
  const GitFixture repo;
  repo.around().write("rules.toml",
                      "[[rules]]\nid = 'two'\nregex = 'key-a\\s+key-b'\n");
  repo.write("key-a", "1");
  repo.write("key-b", "2");
  commit_all(repo, "first");
  CHECK(history(repo, {"--rules", repo.around() / "rules.toml"})
            .findings.empty());
}

TEST_CASE("names of refs are scanned, packed and loose",
          "[cli][history][names]") {
  const GitFixture repo;
  repo.write("a", "1");
  const std::string commit = commit_all(repo, "first");
  repo.git({"branch", "fix/" + acme_token(1)});
  repo.git({"tag", acme_token(2)});
  const bool packed = GENERATE(false, true);
  if (packed) repo.git({"pack-refs", "--all"});
  const Reported r = history(repo, {"--refs", "--show-secrets"});
  CHECK(r.places() == Lines{"refs/heads/fix/" + acme_token(1) + ":1:16",
                            "refs/tags/" + acme_token(2) + ":1:11"});
  CHECK(r.of_occurrences("object_type") == Lines{"ref", "ref"});
  CHECK(r.of_occurrences("blob") == Lines{commit, commit});
  const Reported masked = history(repo);
  CHECK(masked.findings.size() == 2);
  CHECK(masked.ran.out.find(acme_token(1)) == std::string::npos);
  CHECK(masked.ran.out.find(acme_token(2)) == std::string::npos);
}

TEST_CASE("the repository's own files are scanned, unless it is narrowed",
          "[cli][history][files]") {
  const GitFixture repo;
  repo.write("a", "1");
  commit_all(repo, "first");
  unsigned token = 0;
  Lines expected;
  auto put = [&](const std::string& file) {
    repo.write(".git/" + file, acme_token(++token) + "\n");
    expected.push_back(".git/" + file + ":1:1");
  };
  for (const char* file :
       {"COMMIT_EDITMSG", "MERGE_MSG", "SQUASH_MSG", "TAG_EDITMSG",
        "config.worktree", "description", "info/attributes", "hooks/pre-push",
        "filter-repo/commit-map", "modules/sub/config",
        "modules/deep/er/sub/COMMIT_EDITMSG", "rebase-merge/message",
        "lfs/objects/ab/cd/abcd", "svn/notes"}) {
    put(file);
  }
  repo.git({"remote", "add", "origin",
            "https://user:" + acme_token(100) + "@example.com/x.git"});
  repo.git({"config", "http.extraheader",
            "Authorization: Basic " + acme_token(101)});
  std::sort(expected.begin(), expected.end());
  const Reported r = history(repo);
  Lines places = r.places();
  const auto config = std::remove_if(places.begin(), places.end(),
                                     [](const std::string& place) {
                                       return place.starts_with(".git/config:");
                                     });
  CHECK(places.end() - config == 2);
  places.erase(config, places.end());
  CHECK(places == expected);
  for (const std::string& type : r.of_occurrences("object_type")) {
    CHECK(type == "file");
  }
  CHECK(history(repo, {"--refs"}).findings.empty());
  CHECK(history(repo, {"--range", "HEAD"}).findings.empty());
}

TEST_CASE("reflogs are scanned: messages and whose they are",
          "[cli][history][files]") {
  const GitFixture repo;
  repo.write("a", "1");
  commit_all(repo, "subject " + acme_token(1));
  repo.git({"commit", "-q", "--amend", "-m", "subject without"});
  repo.git({"-c", "gc.reflogExpire=never", "prune", "--expire=now"});
  const Reported r = history(repo);
  REQUIRE(r.findings.size() == 1);
  const Lines types = r.of_occurrences("object_type");
  CHECK(std::count(types.begin(), types.end(), "reflog") == 2);
  CHECK(r.of_occurrences("path").back() == ".git/logs/refs/heads/main");
}

TEST_CASE("reflogs in reftables count like those in files",
          "[cli][history][files]") {
  const GitFixture repo;
  repo.write("a", acme_token(1));
  const std::string lost = commit_all(repo, "with a token");
  repo.write("a", "nothing");
  repo.git({"add", "-A"});
  repo.git({"commit", "-q", "--amend", "-m", "without"});
  const std::string kept = id_of(repo, "HEAD");
  const Reported in_files = history(repo);

  std::filesystem::remove_all(repo / ".git/logs");
  std::filesystem::remove_all(repo / ".git/refs/heads");
  repo.write(".git/refs/heads", "this repository uses the reftable format\n");
  repo.write(".git/HEAD", "ref: refs/heads/.invalid\n");
  repo.write(".git/config",
             "[core]\nrepositoryformatversion = 1\n[extensions]\n"
             "refStorage = reftable\n");
  ReftableLog amended;
  amended.ref = "HEAD";
  amended.update = 2;
  amended.old_id = from_hex(lost);
  amended.new_id = from_hex(kept);
  amended.message = "commit (amend): " + acme_token(2) + "\n";
  ReftableLog dropped = amended;
  dropped.ref = "refs/stash";
  dropped.message = acme_token(3) + "\n";
  dropped.email = acme_token(4) + "@example.com";
  ReftableLog taken_back = dropped;
  taken_back.deleted = true;
  repo.write(".git/reftable/1",
             write_reftable({{"HEAD", {"", "", "refs/heads/main"}},
                             {"refs/heads/main", {from_hex(kept), "", ""}}},
                            {}, {amended, dropped}));
  repo.write(".git/reftable/2", write_reftable({}, {}, {taken_back}));
  repo.write(".git/reftable/tables.list", "1\n2\n");

  const Reported r = history(repo);
  CHECK(r.summary["complete"] == true);
  std::vector<nlohmann::json> in_blobs;
  Lines in_logs;
  for (const nlohmann::json& finding : r.findings) {
    const auto& first = finding["occurrences"][0];
    if (first["object_type"] == "blob") {
      in_blobs.push_back(finding);
    } else {
      CHECK(first["object_type"] == "reflog");
      in_logs.push_back(first["path"]);
    }
  }
  CHECK(in_logs == Lines{".git/reftable/HEAD", ".git/reftable/refs/stash",
                         ".git/reftable/refs/stash"});
  REQUIRE(in_blobs.size() == 1);
  CHECK(in_blobs == in_files.findings);
  CHECK(in_blobs[0]["state"] == "reflog");

  SECTION("and a release review looks into them") {
    const std::string out = repo.around() / "review";
    const std::string rules = acme_rules();
    REQUIRE(run_program({"history", repo.path(), "--review", "-o", out,
                         "--rules", rules})
                .exit_code == 1);
    const auto clean = nlohmann::json::parse(
        run_program({"history", repo.path(), "--verify-clean", out, "--rules",
                     rules, "-f", "json"})
            .out);
    std::set<std::string> names;
    for (const nlohmann::json& left : clean["left"]) {
      if (left["place"] != "git file") continue;
      for (const std::string name : left["names"]) names.insert(name);
    }
    CHECK(names ==
          std::set<std::string>{"reftable: HEAD", "reftable: refs/stash"});
  }
  SECTION("and one that is damaged is named") {
    std::string table = read_bytes(repo / ".git/reftable/1");
    table[table.size() - 90] = static_cast<char>(~table[table.size() - 90]);
    repo.write(".git/reftable/1", table);
    const Reported damaged = history(repo);
    CHECK(damaged.ran.exit_code == 1);
    CHECK(damaged.names_skipped("unreadable") == Lines{repo / ".git/reftable"});
  }
}

TEST_CASE("of a bare repository and a linked work tree the same files",
          "[cli][history][files]") {
  const GitFixture repo;
  repo.write("a", "1");
  commit_all(repo, "first");
  const std::string bare = repo.around() / "bare.git";
  repo.git({"clone", "-q", "--bare", ".", bare});
  repo.git_in(bare, {"config", "remote.x.url", acme_token(1)});
  const Reported of_bare = report({"history", bare});
  REQUIRE(of_bare.findings.size() == 1);
  CHECK(of_bare.of_occurrences("path") == Lines{"config"});

  const std::string linked = repo.around() / "linked";
  repo.git({"worktree", "add", "-q", linked});
  repo.write(".git/worktrees/linked/COMMIT_EDITMSG", acme_token(2));
  CHECK(report({"history", linked}).places() ==
        Lines{".git/worktrees/linked/COMMIT_EDITMSG:1:1"});
}

TEST_CASE("links and pipes in a repository's folder are named, not read",
          "[cli][history][files]") {
  const GitFixture repo;
  repo.write("a", "1");
  commit_all(repo, "first");
  repo.around().write("elsewhere", acme_token(1));
  repo.around().link("repo/.git/info/link", repo.around() / "elsewhere");
  check_names_only(repo, "symlink", ".git/info/link");
}

TEST_CASE("a submodule's repository is named as a history of its own",
          "[cli][history][files]") {
  const GitFixture sub;
  sub.write("s", acme_token(1));
  commit_all(sub, "first");
  const GitFixture repo;
  repo.write("a", "1");
  commit_all(repo, "first");
  repo.git({"submodule", "--quiet", "add", sub.path(), "mod"});
  commit_all(repo, "submodule");
  check_names_only(repo, "git-directory", ".git/modules/mod");
}

TEST_CASE("URLs of submodules are scanned where they were written down",
          "[cli][history][files]") {
  const GitFixture repo;
  repo.write(".gitmodules",
             "[submodule \"x\"]\n\tpath = x\n\turl = https://u:" +
                 acme_token(1) + "@example.com/x.git\n");
  commit_all(repo, "first");
  CHECK(history(repo, {"--refs"}).places() == Lines{".gitmodules:3:18"});
}

TEST_CASE("who made a commit or a tag, and how, is scanned like the rest of it",
          "[cli][history][objects]") {
  const GitFixture repo;
  repo.write("a", "1");
  repo.git({"add", "."});
  const std::string tree(trimmed(repo.git({"write-tree"})));
  auto object = [&](const std::string& type, const std::string& text) {
    return std::string(trimmed(repo.git(
        {"hash-object", "-w", "--literally", "-t", type, "--stdin"}, text)));
  };
  struct Person {
    std::string name = "A Tester";
    std::string mail = "tester@example.com";
    std::string line() const {
      return name + " <" + mail + "> 1700000000 +0000\n";
    }
  };
  auto commit = [&](const Person& author, const Person& committer,
                    const std::string& headers = {}) {
    return object("commit", "tree " + tree + "\nauthor " + author.line() +
                                "committer " + committer.line() + headers +
                                "\nmessage\n");
  };
  const Person person;
  const Person by_name{acme_token(1)};
  const Person by_mail{"A Tester", acme_token(2)};
  const std::string clean = commit(person, person);
  Lines commits = {
      commit(by_name, person),
      commit(by_mail, person),
      commit(person, {acme_token(3)}),
      commit(person, {"A Tester", acme_token(4)}),
      commit(person, person, "encoding " + acme_token(5) + "\n"),
      commit(person, person,
             "gpgsig -----BEGIN PGP SIGNATURE-----\n Comment: " +
                 acme_token(6) + "\n -----END PGP SIGNATURE-----\n"),
      commit(person, person,
             "mergetag object " + clean + "\n type commit\n tag v\n tagger " +
                 "A <a@b> 1 +0000\n \n " + acme_token(7) + "\n")};
  auto tag = [&](const Person& tagger, const std::string& message) {
    return object("tag", "object " + clean + "\ntype commit\ntag v\ntagger " +
                             tagger.line() + "\n" + message + "\n");
  };
  Lines tags = {tag({acme_token(8)}, "v"),
                tag({"A Tester", acme_token(9)}, "v"),
                tag(person, acme_token(10))};
  repo.git({"notes", "add", "-m", acme_token(11), clean});
  const std::string note = id_of(repo, "refs/notes/commits:" + clean);

  const Reported r = history(repo);
  CHECK(r.findings.size() == 11);
  Lines expected = {"blob " + note};
  for (const std::string& id : commits) expected.push_back("commit " + id);
  for (const std::string& id : tags) expected.push_back("tag " + id);
  std::sort(expected.begin(), expected.end());
  Lines found;
  for (const nlohmann::json& finding : r.findings) {
    for (const nlohmann::json& o : finding["occurrences"]) {
      found.push_back(o["object_type"].get<std::string>() + " " +
                      o["blob"].get<std::string>());
    }
  }
  std::sort(found.begin(), found.end());
  CHECK(found == expected);
}
