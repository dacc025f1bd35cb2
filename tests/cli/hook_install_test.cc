// `leaksift hook install` and `uninstall`, with git running what they made.
#include <sys/stat.h>

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

// Runs it with the home of the repository's git, as its user would.
Ran hook(const GitFixture& repo, Arguments arguments,
         const std::string& folder = {}) {
  ::setenv("HOME", repo.home().c_str(), 1);
  Arguments command = {LEAKSIFT_PROGRAM, "hook"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_command(command, folder.empty() ? repo.path() : folder);
}

void must_do(const GitFixture& repo, const Arguments& arguments,
             const std::string& folder = {}) {
  const Ran ran = hook(repo, arguments, folder);
  CAPTURE(ran.out, ran.err);
  REQUIRE(ran.exit_code == 0);
}

// git itself, whatever comes of it.
Ran git(const GitFixture& repo, Arguments arguments,
        const std::string& folder = {}) {
  ::setenv("HOME", repo.home().c_str(), 1);
  arguments.insert(arguments.begin(), "git");
  return run_command(arguments, folder.empty() ? repo.path() : folder);
}

void put_hook(const std::string& path, const std::string& text,
              fs::perms mode = fs::perms(0755)) {
  fs::create_directories(fs::path(path).parent_path());
  std::FILE* const file = std::fopen(path.c_str(), "w");
  REQUIRE(file != nullptr);
  std::fputs(text.c_str(), file);
  std::fclose(file);
  fs::permissions(path, mode);
}

fs::perms mode_of(const std::string& path) {
  return fs::symlink_status(path).permissions();
}

Arguments install(Arguments more = {}) {
  more.insert(more.begin(), "install");
  for (const auto& word :
       {std::string("--"), std::string("--rules"), acme_rules()}) {
    more.push_back(word);
  }
  return more;
}

// Stages a file with a secret, or one without, and commits.
Ran commit(const GitFixture& repo, const std::string& path, bool with_secret,
           const std::string& top = {}) {
  static unsigned number = 1000;
  const std::string folder = top.empty() ? repo.path() : top;
  const std::string text =
      with_secret ? acme_token(++number) : std::to_string(++number);
  std::FILE* const file = std::fopen((folder + "/" + path).c_str(), "w");
  REQUIRE(file != nullptr);
  std::fputs((text + "\n").c_str(), file);
  std::fclose(file);
  REQUIRE(git(repo, {"add", "--", path}, folder).exit_code == 0);
  return git(repo, {"commit", "-q", "-m", "a commit"}, folder);
}

}  // namespace

TEST_CASE("an installed hook stops a commit with a secret", "[hook][install]") {
  const GitFixture repo;
  must_do(repo, install());
  CHECK(commit(repo, "harmless", false).exit_code == 0);
  const Ran stopped = commit(repo, "secret", true);
  CHECK(stopped.exit_code == 1);
  CHECK_THAT(stopped.err, Catch::Contains("nothing was committed"));
  repo.git({"rm", "-q", "--cached", "secret"});
  CHECK(commit(repo, "harmless", false).exit_code == 0);
}

TEST_CASE("installing twice is installing once", "[hook][install]") {
  const GitFixture repo;
  must_do(repo, install());
  const std::string first = read_bytes(repo / ".git/hooks/pre-commit");
  must_do(repo, install());
  CHECK(read_bytes(repo / ".git/hooks/pre-commit") == first);
  CHECK_FALSE(fs::exists(repo / ".git/hooks/pre-commit.before-leaksift"));
  must_do(repo, {"install"});
  CHECK(read_bytes(repo / ".git/hooks/pre-commit") != first);
}

TEST_CASE("a hook that is there runs first, and comes back as it was",
          "[hook][install]") {
  const GitFixture repo;
  const std::string path = repo / ".git/hooks/pre-commit";
  const std::string theirs = "#!/bin/sh\necho ran >> \"$PWD/log\"\n";
  put_hook(path, theirs, fs::perms(0750));
  must_do(repo, install());
  must_do(repo, install());
  CHECK(commit(repo, "secret", true).exit_code == 1);
  CHECK(read_bytes(repo / "log") == "ran\n");
  must_do(repo, {"uninstall"});
  CHECK(read_bytes(path) == theirs);
  CHECK(mode_of(path) == fs::perms(0750));
  CHECK_FALSE(fs::exists(path + ".before-leaksift"));
  CHECK(commit(repo, "secret", true).exit_code == 0);
}

TEST_CASE("when the earlier hook fails nothing else runs", "[hook][install]") {
  const GitFixture repo;
  put_hook(repo / ".git/hooks/pre-commit", "#!/bin/sh\nexit 7\n");
  must_do(repo, install());
  const Ran stopped = commit(repo, "secret", true);
  CHECK(stopped.exit_code == 1);
  CHECK_THAT(stopped.err, !Catch::Contains("leaksift"));
}

TEST_CASE("an earlier hook that git would not run is not run",
          "[hook][install]") {
  const GitFixture repo;
  const std::string path = repo / ".git/hooks/pre-commit";
  put_hook(path, "#!/bin/sh\nexit 7\n", fs::perms(0644));
  must_do(repo, install());
  CHECK(commit(repo, "harmless", false).exit_code == 0);
  must_do(repo, {"uninstall"});
  CHECK(mode_of(path) == fs::perms(0644));
}

TEST_CASE("a hook that is a link is kept as a link", "[hook][install]") {
  const GitFixture repo;
  const std::string path = repo / ".git/hooks/pre-commit";
  const std::string target = repo.around() / "shared-hook";
  const std::string theirs = "#!/bin/sh\necho ran >> \"$PWD/log\"\n";
  put_hook(target, theirs);
  fs::create_symlink(target, path);
  must_do(repo, install());
  CHECK(read_bytes(target) == theirs);
  CHECK(commit(repo, "harmless", false).exit_code == 0);
  CHECK(read_bytes(repo / "log") == "ran\n");
  must_do(repo, {"uninstall"});
  CHECK(fs::read_symlink(path) == target);
}

TEST_CASE("a folder of hooks that is a link is not followed",
          "[hook][install]") {
  const GitFixture repo;
  fs::remove_all(repo / ".git/hooks");
  fs::create_directory(repo.around() / "shared");
  fs::create_directory_symlink(repo.around() / "shared", repo / ".git/hooks");
  const Ran ran = hook(repo, install());
  CHECK(ran.exit_code == 2);
  CHECK_THAT(ran.err, Catch::Contains("is a symbolic link to"));
  CHECK(fs::is_empty(repo.around() / "shared"));
}

TEST_CASE("hooks of others are not taken out", "[hook][install]") {
  const GitFixture repo;
  const std::string path = repo / ".git/hooks/pre-commit";
  must_do(repo, install());
  must_do(repo, {"uninstall"});
  CHECK_FALSE(fs::exists(path));
  CHECK_THAT(hook(repo, {"uninstall"}).out, Catch::Contains("not installed"));
  put_hook(path, "#!/bin/sh\n");
  must_do(repo, {"uninstall"});
  CHECK(read_bytes(path) == "#!/bin/sh\n");
}

TEST_CASE("two earlier hooks are one too many", "[hook][install]") {
  const GitFixture repo;
  const std::string path = repo / ".git/hooks/pre-commit";
  put_hook(path, "#!/bin/sh\n# one\n");
  put_hook(path + ".before-leaksift", "#!/bin/sh\n# two\n");
  const Ran ran = hook(repo, install());
  CHECK(ran.exit_code == 2);
  CHECK_THAT(ran.err, Catch::Contains(path + ".before-leaksift"));
  CHECK(read_bytes(path) == "#!/bin/sh\n# one\n");
}

TEST_CASE("without leaksift a hook stops and says what to do",
          "[hook][install]") {
  const GitFixture repo;
  const std::string program = repo.around() / "it's \"here\" $now/leaksift";
  fs::create_directories(fs::path(program).parent_path());
  fs::copy_file(LEAKSIFT_PROGRAM, program);
  Arguments command = install();
  command.insert(command.begin(), {program, "hook"});
  ::setenv("HOME", repo.home().c_str(), 1);
  const Ran ran = run_command(command, repo.path());
  CAPTURE(ran.err);
  REQUIRE(ran.exit_code == 0);
  CHECK(commit(repo, "harmless", false).exit_code == 0);
  CHECK(commit(repo, "secret", true).exit_code == 1);
  fs::remove(program);
  const Ran stopped = commit(repo, "harmless", false);
  CHECK(stopped.exit_code == 1);
  CHECK_THAT(stopped.err,
             Catch::Contains("leaksift is not at " + program + " any more"));
  CHECK_THAT(stopped.err, Catch::Contains("leaksift hook install"));
}

TEST_CASE("a repository whose path has blanks and quotes has hooks, too",
          "[hook][install]") {
  const GitFixture around;
  const std::string top = around / "a 'b' \"c\" $d";
  around.git({"init", "-q", top});
  must_do(around, install(), top);
  CHECK(commit(around, "secret", true, top).exit_code == 1);
}

TEST_CASE("worktrees share the hook, and each is scanned by its own index",
          "[hook][install]") {
  const GitFixture repo;
  commit_all(repo, "one");
  const std::string other = repo.around() / "other tree";
  repo.git({"worktree", "add", "-q", "-b", "other", other});
  must_do(repo, install(), other);
  CHECK(fs::exists(repo / ".git/hooks/pre-commit"));
  CHECK(commit(repo, "secret", true, other).exit_code == 1);
  CHECK(commit(repo, "harmless", false).exit_code == 0);
}

TEST_CASE("core.hooksPath of the repository is where hooks go",
          "[hook][install]") {
  const GitFixture repo;
  repo.git({"config", "core.hooksPath", "tools/hooks"});
  fs::create_directories(repo / "below");
  const Ran ran = hook(repo, install(), repo / "below");
  CHECK(ran.exit_code == 0);
  CHECK_THAT(ran.out, Catch::Contains("is in the work tree"));
  CHECK(fs::exists(repo / "tools/hooks/pre-commit"));
  CHECK(commit(repo, "secret", true).exit_code == 1);
}

TEST_CASE("where core.hooksPath is global, one repository's hook is refused",
          "[hook][install]") {
  const GitFixture repo;
  git(repo, {"config", "--global", "core.hooksPath", repo.around() / "all"});
  const Ran ran = hook(repo, install());
  CHECK(ran.exit_code == 2);
  CHECK_THAT(ran.err, Catch::Contains("--global"));
}

TEST_CASE("a global hook runs everywhere, after the repositories' own",
          "[hook][install]") {
  const GitFixture repo;
  put_hook(repo / ".git/hooks/pre-commit",
           "#!/bin/sh\necho own >> \"$PWD/log\"\n");
  put_hook(repo / ".git/hooks/commit-msg",
           "#!/bin/sh\necho \"message $1\" >> \"$PWD/log\"\n");
  must_do(repo, install({"--global"}));
  CHECK(commit(repo, "secret", true).exit_code == 1);
  CHECK(read_bytes(repo / "log") == "own\n");
  repo.git({"rm", "-q", "--cached", "secret"});
  CHECK(commit(repo, "harmless", false).exit_code == 0);
  CHECK(read_bytes(repo / "log") == "own\nown\nmessage .git/COMMIT_EDITMSG\n");

  // Another one later leaves the first.
  must_do(repo, install({"--global", "--hook", "pre-push"}));
  CHECK(commit(repo, "secret", true).exit_code == 1);
  must_do(repo, {"uninstall", "--global"});
  CHECK(git(repo, {"config", "--global", "core.hooksPath"}).exit_code == 1);
  CHECK_FALSE(fs::exists(repo.home() + "/.config/leaksift/hooks"));
  CHECK(commit(repo, "secret", true).exit_code == 0);
}

TEST_CASE("a user's own global folder of hooks is kept", "[hook][install]") {
  const GitFixture repo;
  const std::string all = repo.around() / "all";
  put_hook(all + "/pre-commit", "#!/bin/sh\necho ran >> \"$PWD/log\"\n");
  git(repo, {"config", "--global", "core.hooksPath", all});
  must_do(repo, install({"--global"}));
  CHECK(commit(repo, "secret", true).exit_code == 1);
  CHECK(read_bytes(repo / "log") == "ran\n");
  must_do(repo, {"uninstall", "--global"});
  CHECK(git(repo, {"config", "--global", "core.hooksPath"}).out == all + "\n");
  CHECK(commit(repo, "secret", true).exit_code == 0);
}

TEST_CASE("repositories made from a template have its hook",
          "[hook][install]") {
  const GitFixture repo;
  const std::string folder = repo.around() / "template";
  fs::create_directory(folder);
  must_do(repo, install({"--template", folder}));
  const std::string top = repo.around() / "made";
  repo.git({"init", "-q", "--template=" + folder, top});
  CHECK(commit(repo, "secret", true, top).exit_code == 1);
}

TEST_CASE("an earlier hook gets the same input and arguments",
          "[hook][install]") {
  const GitFixture repo;
  const std::string server = repo.around() / "server.git";
  repo.git({"init", "-q", "--bare", server});
  const std::string log = repo.around() / "log";
  put_hook(repo / ".git/hooks/pre-push", "#!/bin/sh\nprintf '%s;' \"$@\" > '" +
                                             log + "'\ncat >> '" + log + "'\n");
  must_do(repo, install({"--hook", "pre-push"}));
  const std::string id = commit_all(repo, "one");
  CHECK(git(repo, {"push", "-q", server, "main"}).exit_code == 0);
  CHECK(read_bytes(log) == server + ";" + server + ";refs/heads/main " + id +
                               " refs/heads/main " + std::string(40, '0') +
                               "\n");
  repo.write("secret", acme_token(1));
  commit_all(repo, "two");
  CHECK(git(repo, {"push", "-q", server, "main"}).exit_code == 1);
}

TEST_CASE("where a server's hooks go is told by the layout",
          "[hook][install]") {
  const GitFixture repo;
  const std::string server = repo.around() / "server.git";
  repo.git({"init", "-q", "--bare", server});
  struct Layout {
    std::string folder;  // that makes it
    std::string named;   // with --server
    std::string hook;
  };
  const auto layout = GENERATE(
      Layout{"hooks", "", "hooks/pre-receive"},
      Layout{"hooks/pre-receive.d", "", "hooks/pre-receive.d/leaksift"},
      Layout{"custom_hooks", "", "custom_hooks/pre-receive.d/leaksift"},
      Layout{"all/custom_hooks", "all/custom_hooks",
             "all/custom_hooks/pre-receive.d/leaksift"});
  CAPTURE(layout.folder);
  fs::create_directories(server + "/" + layout.folder);
  const std::string named = server + "/" + layout.named;
  must_do(repo, install({"--server", named}));
  const std::string path = server + "/" + layout.hook;
  REQUIRE(fs::exists(path));
  CHECK((mode_of(path) & fs::perms::owner_exec) != fs::perms::none);
  CHECK_THAT(read_bytes(path), Catch::Contains(" hook pre-receive "));
  must_do(repo, {"uninstall", "--server", named});
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("what is no place for hooks is said", "[hook][install]") {
  const GitFixture repo;
  const std::string outside = repo.around().path();
  const Ran none = hook(repo, {"install"}, outside);
  CHECK(none.exit_code == 2);
  CHECK_THAT(none.err, Catch::Contains("not a git repository"));
  const Ran server = hook(repo, {"install", "--server", outside});
  CHECK(server.exit_code == 2);
  CHECK_THAT(server.err, Catch::Contains("neither a bare repository nor"));
  const Ran word = hook(repo, {"install", "somewhere"});
  CHECK(word.exit_code == 2);
  CHECK_THAT(word.err, Catch::Contains("--server"));
  // Nobody can write there, whoever runs the tests.
  const Ran full = hook(repo, {"install", "--template", "/proc/self"});
  CHECK(full.exit_code == 2);
  CHECK_THAT(full.err, Catch::Contains("/hooks: ") &&
                           Catch::Contains("who may write there"));
}
