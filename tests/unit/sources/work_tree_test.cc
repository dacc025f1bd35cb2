// Walks of git work trees: which files are found, and what is said of others.
#include "sources/work_tree.h"

#include <filesystem>

#include "support/catch.h"
#include "support/git_fixture.h"
#include "support/walk.h"

using namespace leaksift;

namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

void check_like_git(const GitFixture& repo, const std::string& top) {
  CAPTURE(top);
  CHECK(walk(top).files == files_by_git(repo, top));
}

}  // namespace

TEST_CASE("ignored entries are named once, with directories as one",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write(".gitignore", "*.o\nbuild/\n/only-here\n");
  repo.write("a.o", "1");
  repo.write("a.c", "1");
  repo.write("build/x/y", "1");
  repo.write("build/z", "1");
  repo.write("sub/only-here", "1");
  repo.write("only-here/file", "1");
  const Walked walked = walk(repo.path());
  CHECK(walked.files == Names{".gitignore", "a.c", "sub/only-here"});
  CHECK(walked.skipped_as(SkipReason::kIgnored) ==
        Names{repo / "a.o", repo / "build", repo / "only-here"});
  CHECK(walked.skipped_as(SkipReason::kGitDirectory) == Names{repo / ".git"});
  CHECK(walked.skipped.size() == 4);
}

TEST_CASE("tracked files are found though rules say otherwise",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write("build/tracked", "1");
  repo.write("build/deep/tracked", "1");
  repo.write("a.o", "1");
  repo.git({"add", "-A"});
  repo.write(".gitignore", "*.o\nbuild/\n");
  repo.write("build/new", "1");
  repo.write("build/deep/.gitignore", "!*\n");  // cannot undo it
  repo.write("build/other/new", "1");
  repo.write("b.o", "1");
  const Walked walked = walk(repo.path());
  CHECK(walked.files ==
        Names{".gitignore", "a.o", "build/deep/tracked", "build/tracked"});
  CHECK(walked.skipped_as(SkipReason::kIgnored) ==
        Names{repo / "b.o", repo / "build/deep/.gitignore", repo / "build/new",
              repo / "build/other"});
  check_like_git(repo, repo.path());
}

TEST_CASE("all that is not in a repository's directory is found without rules",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write(".gitignore", "*\n");
  repo.write("a", "1");
  repo.write("b/c", "1");
  const Walked walked = walk(repo.path(), {.use_ignore = false});
  CHECK(walked.files == Names{".gitignore", "a", "b/c"});
  CHECK(walked.skipped ==
        std::vector<Skipped>{{SkipReason::kGitDirectory, repo / ".git", ""}});
}

TEST_CASE("outside of a work tree a .gitignore has no effect",
          "[sources][work_tree]") {
  const TempDir dir;
  dir.write(".gitignore", "*\n");
  dir.write("a", "1");
  const Walked walked = walk(dir.path());
  CHECK(walked.files == Names{".gitignore", "a"});
  CHECK(walked.skipped.empty());
}

TEST_CASE("a folder inside of a work tree has the rules from above",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write(".gitignore", "*.o\n/a/b/top-rule\n");
  repo.write("a/.gitignore", "!keep.o\nb/c/x\n");
  repo.write("a/b/.gitignore", "y\n");
  for (const char* name : {"x.o", "keep.o", "top-rule", "c/x", "c/y", "z"}) {
    repo.write(std::string("a/b/") + name, "1");
  }
  repo.write("a/b/tracked.o", "1");
  repo.git({"add", "-f", "a/b/tracked.o"});
  for (const char* top : {"", "/a", "/a/b", "/a/b/c"}) {
    check_like_git(repo, repo.path() + top);
  }
  CHECK(walk(repo / "a/b").files ==
        Names{".gitignore", "keep.o", "tracked.o", "z"});
}

TEST_CASE("a folder given by name is walked though it is ignored",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write(".gitignore", "build/\n*.o\n");
  repo.write("build/sub/file", "1");
  repo.write("build/sub/x.o", "1");
  CHECK(walk(repo / "build").files == Names{"sub/file"});
  CHECK(walk(repo / "build/sub").files == Names{"file"});
}

TEST_CASE("rules come from info/exclude and the user's file too",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.around().write("home/.config/git/ignore", "*.user\n*.both\n");
  repo.write(".git/info/exclude", "*.repo\n!x.both\n");
  repo.write("sub/.gitignore", "!x.repo\n");
  for (const char* name : {"x.user", "x.repo", "x.both", "y.both"}) {
    repo.write(name, "1");
    repo.write(std::string("sub/") + name, "1");
  }
  check_like_git(repo, repo.path());
  CHECK(walk(repo.path()).files ==
        Names{"sub/.gitignore", "sub/x.both", "sub/x.repo", "x.both"});
}

TEST_CASE("the user's rules are in ~/.config where nothing else is said",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.around().write("home/.config/git/ignore", "*.user\n");
  repo.write("x.user", "1");
  if (GENERATE(true, false)) {
    ::setenv("XDG_CONFIG_HOME", "", 1);
  } else {
    ::unsetenv("XDG_CONFIG_HOME");
  }
  CHECK(walk(repo.path()).files.empty());
  check_like_git(repo, repo.path());
}

TEST_CASE("a repository's configuration is not obeyed",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write("file", "1");
  repo.write("FILE2", "1");
  repo.write("rules", "*\n");
  repo.write(".gitignore", "file2\n");
  repo.git({"config", "core.excludesFile", repo / "rules"});
  repo.git({"config", "core.ignoreCase", "true"});
  CHECK(walk(repo.path()).files ==
        Names{".gitignore", "FILE2", "file", "rules"});
}

TEST_CASE("a repository inside is walked by its own index and rules",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write(".gitignore", "*.outer\n");
  repo.write("inner/x", "1");
  repo.git({"init", "-q", "inner"});
  repo.write("inner/.gitignore", "*.inner\n");
  for (const char* name : {"a.outer", "a.inner", "sub/b.outer", "t.inner"}) {
    repo.write(std::string("inner/") + name, "1");
  }
  repo.git_in(repo / "inner", {"add", "-f", "t.inner"});
  check_like_git(repo, repo.path());
  const Walked walked = walk(repo.path());
  CHECK(walked.files == Names{".gitignore", "inner/.gitignore", "inner/a.outer",
                              "inner/sub/b.outer", "inner/t.inner", "inner/x"});
  CHECK(walked.skipped_as(SkipReason::kGitDirectory) ==
        Names{repo / ".git", repo / "inner/.git"});
}

TEST_CASE("an ignored repository inside is ignored", "[sources][work_tree]") {
  const GitFixture repo;
  repo.write(".gitignore", "inner\n");
  repo.write("inner/x", "1");
  repo.git({"init", "-q", "inner"});
  repo.git_in(repo / "inner", {"add", "x"});
  check_like_git(repo, repo.path());
  CHECK(walk(repo.path()).skipped_as(SkipReason::kIgnored) ==
        Names{repo / "inner"});
}

TEST_CASE("what the outer repository tracks is found in an inner one",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write("inner/tracked.x", "1");
  repo.git({"add", "-A"});
  repo.git({"init", "-q", "inner"});
  repo.write("inner/.gitignore", "*.x\n");
  repo.write("inner/new.x", "1");
  CHECK(walk(repo.path()).files ==
        Names{"inner/.gitignore", "inner/tracked.x"});
}

TEST_CASE("a submodule is walked, also in an ignored directory",
          "[sources][work_tree]") {
  const GitFixture repo, other;
  other.write("lib.c", "1");
  other.write("kept.o", "1");
  other.git({"add", "-A"});
  other.git({"commit", "-qm", "one"});
  repo.git({"submodule", "--quiet", "add", other.path(), "vendor/lib"});
  REQUIRE(fs::is_regular_file(repo / "vendor/lib/.git"));
  repo.write(".gitignore", "vendor/\n*.o\n");
  repo.write("vendor/lib/new.o", "1");
  repo.write("vendor/junk", "1");
  const Walked walked = walk(repo.path());
  CHECK(walked.files == Names{".gitignore", ".gitmodules", "vendor/lib/kept.o",
                              "vendor/lib/lib.c", "vendor/lib/new.o"});
  CHECK(walked.skipped_as(SkipReason::kIgnored) == Names{repo / "vendor/junk"});
  CHECK(walked.skipped_as(SkipReason::kGitDirectory) ==
        Names{repo / ".git", repo / "vendor/lib/.git"});
  check_like_git(repo, repo.path());
}

TEST_CASE("a submodule that was not checked out holds nothing ignored by all",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.git({"update-index", "--add", "--cacheinfo",
            "160000," + std::string(40, '1') + ",module"});
  repo.write(".gitignore", "*.o\n");
  repo.write("module/file", "1");
  repo.write("module/x.o", "1");
  CHECK(walk(repo.path()).files == Names{".gitignore", "module/file"});
}

TEST_CASE("a linked work tree has its own index and shared exclude rules",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write("file", "1");
  repo.write("tracked.x", "1");
  repo.git({"add", "-A"});
  repo.git({"commit", "-qm", "one"});
  repo.git({"worktree", "add", "-q", "../linked"});
  repo.write(".git/info/exclude", "*.x\n");
  const std::string linked = repo.around() / "linked";
  repo.around().write("linked/new.x", "1");
  repo.around().write("linked/new", "1");
  check_like_git(repo, linked);
  CHECK(walk(linked).files == Names{"file", "new", "tracked.x"});
}

TEST_CASE("a .git that leads to no repository makes no work tree",
          "[sources][work_tree]") {
  const TempDir dir;
  dir.write("a/.git", "gitdir: nowhere\n");
  dir.write("b/.git/config", "not a repository");
  dir.write("c/.git", "gitdir: ../pipe\n");
  dir.write("d/.git", std::string(3 << 20, 'x'));
  dir.write(".gitignore", "*\n");
  const Walked walked = walk(dir.path());
  // Such a file is nothing special, and scanned like any.
  CHECK(walked.files == Names{".gitignore", "a/.git", "c/.git", "d/.git"});
  CHECK(walked.skipped ==
        std::vector<Skipped>{{SkipReason::kGitDirectory, dir / "b/.git", ""}});
}

TEST_CASE("the inside of a repository's directory is no work tree",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write(".gitignore", "*\n");
  repo.write(".git/hooks/mine", "1");
  repo.git({"init", "-q", "--bare", "bare.git"});
  const Walked inside = walk(repo / ".git/hooks");
  CHECK(std::count(inside.files.begin(), inside.files.end(), "mine") == 1);
  CHECK(inside.skipped_as(SkipReason::kIgnored).empty());
  const Walked bare = walk(repo / "bare.git");
  CHECK(std::count(bare.files.begin(), bare.files.end(), "HEAD") == 1);
}

TEST_CASE("with a damaged index no rule is obeyed and the index is named",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write(".gitignore", "*.o\n");
  repo.write("sub/a.o", "1");
  repo.write(".git/index", "DIRC and nothing else");
  const std::string top = GENERATE("", "/sub");
  const Walked walked = walk(repo.path() + top);
  CHECK(walked.files ==
        (top.empty() ? Names{".gitignore", "sub/a.o"} : Names{"a.o"}));
  CHECK(walked.skipped_as(SkipReason::kCorrupt) == Names{repo / ".git"});
}

TEST_CASE("a pipe in place of the index does not keep one waiting",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write(".gitignore", "*.o\n");
  repo.write("a.o", "1");
  REQUIRE(::mkfifo((repo / ".git/index").c_str(), 0644) == 0);
  const Walked walked = walk(repo.path());
  CHECK(walked.files == Names{".gitignore", "a.o"});
  CHECK(walked.skipped_as(SkipReason::kUnreadable) == Names{repo / ".git"});
}

TEST_CASE("a .gitignore that is a link is not followed",
          "[sources][work_tree]") {
  const GitFixture repo;
  repo.write("rules", "*.o\n");
  repo.write("a.o", "1");
  repo.around().link("repo/.gitignore", "rules");
  check_like_git(repo, repo.path());
  CHECK(walk(repo.path()).files == Names{"a.o", "rules"});
}

TEST_CASE("a sparse checkout lists what is there", "[sources][work_tree]") {
  const GitFixture repo;
  repo.write("a/x", "1");
  repo.write("b/c/x.o", "1");
  repo.write("b/c/y", "1");
  repo.git({"add", "-A"});
  repo.git({"commit", "-qm", "one"});
  repo.git({"sparse-checkout", "set", "--cone", "--sparse-index", "a"});
  repo.write(".gitignore", "*.o\nb/\n");
  check_like_git(repo, repo.path());
  repo.write("b/c/x.o", "1");  // as if it had stayed
  CHECK(walk(repo.path()).files == Names{".gitignore", "a/x", "b/c/x.o"});
}

TEST_CASE("an index in another format leads to the same files",
          "[sources][work_tree]") {
  const GitFixture repo({"--object-format=sha256"});
  repo.write(".gitignore", "*.o\n");
  repo.write("a.o", "1");
  repo.write("b.o", "1");
  repo.git({"add", "-f", "a.o"});
  repo.git({"update-index", "--split-index"});
  repo.git({"update-index", "--index-version", "4"});
  check_like_git(repo, repo.path());
}

TEST_CASE("stars behind the beginning of a rule's path cross slashes",
          "[sources][ignore]") {
  // git up to 2.51 has it so; later ones ignore less.
  const GitFixture repo;
  repo.write(".gitignore", "/a**/x\n");
  repo.write("abc/d/x", "1");
  repo.write("b/x", "1");
  CHECK(walk(repo.path()).files == Names{".gitignore", "b/x"});
}
