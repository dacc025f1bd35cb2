// `leaksift hook pre-commit`, as git runs it and by hand.
#include <cstdlib>
#include <filesystem>

#include "cli/history.h"
#include "cli/program.h"
#include "support/catch.h"
#include "support/command.h"
#include "support/git_fixture.h"

using namespace leaksift;
namespace fs = std::filesystem;

namespace {

// A repository with the hook installed.
class Guarded : public GitFixture {
 public:
  explicit Guarded(const Arguments& options = {},
                   const std::vector<std::string>& init = {})
      : GitFixture(init) {
    Arguments command = {LEAKSIFT_PROGRAM, "hook",      "install", "--",
                         "--rules",        acme_rules()};
    command.insert(command.end(), options.begin(), options.end());
    const Ran ran = run_command(command, path());
    CAPTURE(ran.err);
    REQUIRE(ran.exit_code == 0);
  }

  // git, whatever comes of it.
  Ran run(Arguments arguments) const {
    ::setenv("HOME", home().c_str(), 1);
    arguments.insert(arguments.begin(), "git");
    return run_command(arguments, path());
  }

  Ran commit(Arguments more = {}) const {
    const Arguments front = {"commit", "-m", "a commit"};
    more.insert(more.begin(), front.begin(), front.end());
    return run(more);
  }

  // Without asking the hook.
  void put(const std::string& file, const std::string& text) const {
    write(file, text);
    git({"add", "--", file});
    git({"commit", "-q", "--no-verify", "-m", "put"});
  }

  bool stops(const Arguments& more = {}) const {
    const Ran ran = commit(more);
    CAPTURE(ran.err);
    CHECK((ran.exit_code == 0 || ran.exit_code == 1));
    CHECK((ran.exit_code == 1) ==
          (ran.err.find("nothing was committed") != std::string::npos));
    return ran.exit_code == 1;
  }
};

std::string line_with(unsigned token) {
  return "token = " + acme_token(token) + "\n";
}

}  // namespace

TEST_CASE("the first commit of a repository is scanned", "[hook][commit]") {
  const std::string format = GENERATE("sha1", "sha256");
  const Guarded repo({}, {"--object-format=" + format});
  repo.write("dir/secret", line_with(1));
  repo.git({"add", "-A"});
  const Ran ran = repo.commit();
  CHECK(ran.exit_code == 1);
  CHECK_THAT(ran.err, Catch::Contains("dir/secret:1:9"));
  CHECK_THAT(ran.err, !Catch::Contains(acme_token(1)));
  CHECK_THAT(ran.err, Catch::Contains("git restore --staged"));
  CHECK_THAT(ran.err, Catch::Contains("leaksift:allow"));
  CHECK_THAT(ran.err, !Catch::Contains("--no-verify"));
}

TEST_CASE("a harmless commit says nothing", "[hook][commit]") {
  const Guarded repo;
  repo.write("file", "harmless\n");
  repo.git({"add", "-A"});
  const Ran ran = repo.commit({"-q"});
  CHECK(ran.exit_code == 0);
  CHECK(ran.err.empty());
}

TEST_CASE("what is staged counts, not what is in the work tree",
          "[hook][commit]") {
  const Guarded repo;
  repo.write("file", line_with(1));
  repo.git({"add", "-A"});
  repo.write("file", "harmless\n");
  CHECK(repo.stops());
  repo.git({"add", "-A"});
  repo.write("file", line_with(1));
  repo.write("other", line_with(2));
  CHECK_FALSE(repo.stops());
}

TEST_CASE("a secret that HEAD has in the file is advice only",
          "[hook][commit]") {
  const Guarded repo;
  repo.put("file", line_with(1));
  repo.write("file", line_with(1) + "more\n");
  repo.git({"add", "-A"});
  const Ran ran = repo.commit();
  CHECK(ran.exit_code == 0);
  CHECK_THAT(ran.err, Catch::Contains("1 secret was in these files before"));
  repo.write("file", line_with(1) + line_with(2));
  repo.git({"add", "-A"});
  CHECK(repo.stops());
}

TEST_CASE("a secret that only moves is not new", "[hook][commit]") {
  const Guarded repo;
  repo.put("old/file", line_with(1));
  repo.git({"mv", "old/file", "new-name"});
  SECTION("as it was") {}
  SECTION("and edited") {
    repo.write("new-name", "first\n" + line_with(1));
    repo.git({"add", "-A"});
  }
  CHECK_FALSE(repo.stops());
  // A copy stands in one place more.
  repo.write("copy", line_with(1) + "a copy\n");
  repo.git({"add", "-A"});
  CHECK(repo.stops());
}

TEST_CASE(
    "commits of changed and of named files are scanned by the index that "
    "git makes for them",
    "[hook][commit]") {
  const Guarded repo;
  repo.put("a", "1\n");
  repo.put("b", "1\n");
  repo.write("a", line_with(1));
  repo.write("b", "2\n");
  CHECK_FALSE(repo.stops({"--", "b"}));
  CHECK(repo.stops({"--", "a"}));
  CHECK(repo.stops({"-a"}));
  repo.write("new", line_with(2));
  repo.write("a", "2\n");
  CHECK_FALSE(repo.stops({"-a"}));
  // What is staged besides does not go with a commit of named files.
  repo.git({"add", "new"});
  repo.write("b", "3\n");
  CHECK_FALSE(repo.stops({"--only", "b"}));
  CHECK(repo.stops());
}

TEST_CASE("what is only intended to be added is not scanned",
          "[hook][commit]") {
  const Guarded repo;
  repo.write("later", line_with(1));
  repo.write("now", "harmless\n");
  repo.git({"add", "--intent-to-add", "later"});
  repo.git({"add", "now"});
  CHECK_FALSE(repo.stops());
}

TEST_CASE("of a merge only what neither side has is new", "[hook][commit]") {
  const Guarded repo;
  repo.put("file", "0\n");
  repo.git({"checkout", "-q", "-b", "other"});
  repo.put("file", "theirs " + line_with(1));
  repo.git({"checkout", "-q", "main"});
  repo.put("file", "ours " + line_with(2));
  CHECK(repo.run({"merge", "-q", "other"}).exit_code == 1);
  // Not before all conflicts are resolved.
  const Ran early = run_program({"hook", "pre-commit"}, repo.path());
  CHECK(early.exit_code == 2);
  CHECK_THAT(early.err, Catch::Contains("file: in conflict"));
  repo.write("file", line_with(1) + line_with(2));
  repo.git({"add", "-A"});
  SECTION("both are known") {
    CHECK_FALSE(repo.stops());
  }
  SECTION("a third is not") {
    repo.write("evil", line_with(3));
    repo.git({"add", "-A"});
    CHECK(repo.stops());
  }
}

TEST_CASE("submodules, links and modes are no new content", "[hook][commit]") {
  const GitFixture inner;
  inner.write("file", line_with(1));
  commit_all(inner, "one");
  const Guarded repo;
  repo.put("script", line_with(2));
  repo.git({"submodule", "add", "-q", inner.path(), "sub"});
  repo.git({"update-index", "--chmod=+x", "script"});
  fs::create_symlink("script", repo / "link");
  repo.git({"add", "link"});
  CHECK_FALSE(repo.stops());
}

TEST_CASE("a link to a secret's name holds it", "[hook][commit]") {
  const Guarded repo;
  fs::create_symlink(acme_token(1), repo / "link");
  repo.git({"add", "link"});
  CHECK(repo.stops());
}

TEST_CASE("a new file whose name is a secret is stopped", "[hook][commit]") {
  const Guarded repo;
  repo.write("keys/" + acme_token(1), "harmless\n");
  repo.git({"add", "-A"});
  CHECK(repo.stops());
}

TEST_CASE("what scan would let be, the hook lets be", "[hook][commit]") {
  const Guarded repo;
  SECTION("a comment") {
    repo.write("file", acme_token(1) + "  # leaksift:allow\n");
  }
  SECTION("the ignore file, by path") {
    repo.write("file", line_with(1));
    repo.write(".leaksiftignore", "/file\n/elsewhere  # not in this commit\n");
  }
  SECTION("the ignore file, by the fingerprint in the message") {
    repo.write("file", line_with(1));
    repo.git({"add", "-A"});
    const Ran ran = repo.commit();
    const size_t at = ran.err.find("fingerprint ");
    REQUIRE(at != std::string::npos);
    repo.write(".leaksiftignore", ran.err.substr(at + 12, 32) + "  # a test\n");
  }
  repo.git({"add", "-A"});
  const Ran ran = repo.commit({"-q"});
  CHECK(ran.exit_code == 0);
  CHECK(ran.err.empty());
}

TEST_CASE("a baseline's secrets are known to the hook", "[hook][commit]") {
  const GitFixture before;
  before.write("file", line_with(1));
  const std::string baseline = before.around() / "baseline.json";
  run_program({"scan", before.path(), "--rules", acme_rules(), "-f", "json",
               "-o", baseline});
  const Guarded repo({"--baseline", baseline});
  repo.write("file", line_with(1));
  repo.git({"add", "-A"});
  CHECK_FALSE(repo.stops());
  repo.write("file", line_with(2));
  repo.git({"add", "-A"});
  CHECK(repo.stops());
}

TEST_CASE("machines get the report alone on standard output",
          "[hook][commit]") {
  const GitFixture repo;
  repo.write("file", line_with(1));
  repo.git({"add", "-A"});
  const Reported reported = report({"hook", "pre-commit"}, repo.path());
  CHECK(reported.ran.exit_code == 1);
  CHECK(reported.places() == Lines{"file:1:9"});
  CHECK(reported.of_occurrences("blob") == Lines{id_of(repo, ":file")});
  for (const char* format : {"json", "sarif"}) {
    const Ran ran = run_program(
        {"hook", "pre-commit", "--rules", acme_rules(), "-f", format},
        repo.path());
    CHECK(ran.exit_code == 1);
    CHECK_NOTHROW(nlohmann::json::parse(ran.out));
    CHECK_THAT(ran.err, Catch::Contains("nothing was committed"));
  }
}

TEST_CASE("git's variables say which repository and index are meant",
          "[hook][commit]") {
  const GitFixture repo;
  repo.write("file", line_with(1));
  repo.git({"add", "-A"});
  fs::rename(repo / ".git", repo.around() / "elsewhere");
  fs::rename(repo.around() / "elsewhere/index", repo.around() / "its-index");
  const std::string top = repo.around().path();
  ::setenv("GIT_DIR", "elsewhere", 1);
  const Ran empty =
      run_program({"hook", "pre-commit", "--rules", acme_rules()}, top);
  ::setenv("GIT_INDEX_FILE", "its-index", 1);
  ::setenv("GIT_WORK_TREE", "repo", 1);
  const Ran found =
      run_program({"hook", "pre-commit", "--rules", acme_rules()}, top);
  repo.write(".leaksiftignore", "/file\n");
  const Ran ignored =
      run_program({"hook", "pre-commit", "--rules", acme_rules()}, top);
  for (const char* name : {"GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"}) {
    ::unsetenv(name);
  }
  CHECK(empty.exit_code == 0);  // no index: nothing is staged
  CHECK(found.exit_code == 1);
  CHECK(ignored.exit_code == 0);
}

TEST_CASE("a damaged index or object is no clean commit", "[hook][commit]") {
  const GitFixture repo;
  repo.write("file", line_with(1));
  repo.git({"add", "-A"});
  const Arguments command = {"hook", "pre-commit", "--rules", acme_rules()};
  SECTION("the index") {
    repo.write(".git/index", "rubbish");
    const Ran ran = run_program(command, repo.path());
    CHECK(ran.exit_code == 2);
    CHECK_THAT(ran.err, Catch::Contains("index: damaged index"));
  }
  SECTION("the staged object") {
    const std::string id = id_of(repo, ":file");
    fs::remove(repo / ".git/objects/" + id.substr(0, 2) + "/" + id.substr(2));
    const Ran ran = run_program(command, repo.path());
    CHECK(ran.exit_code == 3);
    CHECK_THAT(ran.out, Catch::Contains(id));
  }
}
