// `leaksift hook pre-push`, as git runs it.
#include <cstdlib>
#include <filesystem>

#include "cli/history.h"
#include "cli/program.h"
#include "support/catch.h"
#include "support/command.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

// A repository with the hook and a remote "origin".
class Pushing : public GitFixture {
 public:
  Pushing() {
    git({"init", "-q", "--bare", server()});
    git({"remote", "add", "origin", server()});
    const Ran ran = run_command({LEAKSIFT_PROGRAM, "hook", "install", "--hook",
                                 "pre-push", "--", "--rules", acme_rules()},
                                path());
    CAPTURE(ran.err);
    REQUIRE(ran.exit_code == 0);
  }

  std::string server() const { return around() / "server.git"; }

  Ran push(Arguments more) const {
    ::setenv("HOME", home().c_str(), 1);
    const Arguments front = {"git", "push", "-q"};
    more.insert(more.begin(), front.begin(), front.end());
    return run_command(more, path());
  }

  bool stops(const Arguments& more) const {
    const Ran ran = push(more);
    CAPTURE(ran.err);
    CHECK((ran.exit_code == 0 || ran.exit_code == 1));
    CHECK((ran.exit_code == 1) ==
          (ran.err.find("nothing was pushed") != std::string::npos));
    return ran.exit_code == 1;
  }

  std::string put(const std::string& file, const std::string& text) const {
    write(file, text);
    return commit_all(*this, "put " + file);
  }
};

std::string line_with(unsigned token) {
  return "token = " + acme_token(token) + "\n";
}

}  // namespace

TEST_CASE("a push of a new branch brings what no branch there has",
          "[hook][push]") {
  const Pushing repo;
  repo.put("a", "harmless\n");
  CHECK_FALSE(repo.stops({"origin", "main"}));
  const std::string id = repo.put("b", line_with(1));
  const Ran ran = repo.push({"origin", "main"});
  CHECK(ran.exit_code == 1);
  CHECK_THAT(ran.err, Catch::Contains("b:1:9"));
  CHECK_THAT(ran.err, Catch::Contains(id.substr(0, 12)));
  CHECK_THAT(ran.err, !Catch::Contains(acme_token(1)));
  // Taken out again, it is still in the commit before.
  repo.put("b", "harmless\n");
  CHECK(repo.stops({"origin", "main"}));
  CHECK(repo.stops({"origin", "HEAD:refs/heads/new"}));
  CHECK_FALSE(repo.stops({"origin", "HEAD~2:refs/heads/new"}));
}

TEST_CASE("what the remote has already is no reason to stop", "[hook][push]") {
  const Pushing repo;
  repo.put("a", line_with(1));
  repo.git({"push", "-q", "--no-verify", "origin", "main"});
  repo.put("a", line_with(1) + "more\n");
  const Ran ran = repo.push({"origin", "main"});
  CHECK(ran.exit_code == 0);
  CHECK_THAT(ran.err, Catch::Contains("1 secret was in these files before"));
  repo.put("c", "harmless\n");
  CHECK_FALSE(repo.stops({"origin", "HEAD:refs/heads/new"}));
}

TEST_CASE("another remote does not have what the first one has",
          "[hook][push]") {
  const Pushing repo;
  repo.put("a", line_with(1));
  repo.git({"push", "-q", "--no-verify", "origin", "main"});
  const std::string other = repo.around() / "other.git";
  repo.git({"init", "-q", "--bare", other});
  repo.git({"remote", "add", "other", other});
  CHECK(repo.stops({"other", "main"}));
  CHECK(repo.stops({other, "main"}));
}

TEST_CASE("a remote that is given by its URL is known by its name",
          "[hook][push]") {
  const Pushing repo;
  repo.put("a", line_with(1));
  repo.git({"push", "-q", "--no-verify", "origin", "main"});
  repo.put("b", "harmless\n");
  CHECK_FALSE(repo.stops({repo.server(), "HEAD:refs/heads/new"}));
  repo.put("c", line_with(2));
  CHECK(repo.stops({repo.server(), "HEAD:refs/heads/new2"}));
}

TEST_CASE("deletions bring nothing", "[hook][push]") {
  const Pushing repo;
  repo.put("a", "harmless\n");
  CHECK_FALSE(repo.stops({"origin", "main", "main:refs/heads/gone"}));
  repo.put("b", line_with(1));
  CHECK_FALSE(repo.stops({"origin", ":refs/heads/gone"}));
}

TEST_CASE("a push is stopped by messages of commits and tags", "[hook][push]") {
  const Pushing repo;
  repo.put("a", "harmless\n");
  SECTION("a commit's") {
    repo.git({"commit", "-q", "--allow-empty", "-m", "uses " + acme_token(1)});
    CHECK(repo.stops({"origin", "main"}));
  }
  SECTION("a tag's") {
    CHECK_FALSE(repo.stops({"origin", "main"}));
    repo.git({"tag", "-a", "-m", "uses " + acme_token(1), "v1"});
    CHECK(repo.stops({"origin", "v1"}));
  }
}

TEST_CASE("a rebased branch brings only what the old one had not",
          "[hook][push]") {
  const Pushing repo;
  repo.put("a", "harmless\n");
  repo.put("b", line_with(1));
  repo.git({"push", "-q", "--no-verify", "origin", "main"});
  repo.git({"commit", "-q", "--amend", "-m", "another message"});
  CHECK_FALSE(repo.stops({"--force", "origin", "main"}));
  repo.put("c", line_with(2));
  CHECK(repo.stops({"--force", "origin", "main"}));
}

TEST_CASE("the name of a new ref is scanned, that of an old one is not",
          "[hook][push]") {
  const Pushing repo;
  repo.put("a", "harmless\n");
  const std::string ref = "refs/heads/" + acme_token(7);
  const Ran ran = repo.push({"origin", "HEAD:" + ref});
  CHECK(ran.exit_code == 1);
  CHECK_THAT(ran.err, Catch::Contains("acme****"));
  CHECK_THAT(ran.err, Catch::Contains("nothing was pushed"));
  repo.git({"push", "-q", "--no-verify", "origin", "HEAD:" + ref});
  repo.put("a", "still harmless\n");
  CHECK_FALSE(repo.stops({"origin", "HEAD:" + ref}));
  CHECK_FALSE(repo.stops({"origin", ":" + ref}));
}

TEST_CASE("of several refs each is scanned", "[hook][push]") {
  const Pushing repo;
  repo.put("a", "harmless\n");
  repo.git({"branch", "one"});
  repo.git({"checkout", "-q", "-b", "two"});
  repo.put("b", line_with(1));
  CHECK_FALSE(repo.stops({"origin", "main", "one"}));
  CHECK(repo.stops({"origin", "main", "one", "two"}));
}

TEST_CASE("what is no line of pre-push is an error", "[hook][push]") {
  const GitFixture repo;
  const Arguments command = {"hook", "pre-push", "origin", "url"};
  const Ran ran = run_program(command, repo.path(), "refs/heads/main x y z\n");
  CHECK(ran.exit_code == 2);
  CHECK_THAT(ran.err, Catch::Contains("refs/heads/main x y z"));
  CHECK(run_program(command, repo.path(), "").exit_code == 0);
  CHECK(run_program(command, repo.path(), " \n").exit_code == 2);
}
