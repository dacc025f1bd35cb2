#include "git/repository.h"

#include <filesystem>

#include "support/catch.h"
#include "support/git/object_oracle.h"

using namespace leaksift;

namespace {

namespace fs = std::filesystem;

// Asks git in `directory` where it finds the repository.
void check_places(const GitFixture& repo, const std::string& directory) {
  CAPTURE(directory);
  const auto ask = [&](const std::string& what) {
    const std::string said =
        repo.git_in(directory, {"rev-parse", "--path-format=absolute", what});
    return fs::path(said.substr(0, said.size() - 1)).lexically_normal();
  };
  const Repository found = repository_at(directory);
  CHECK(fs::path(found.git_dir) == ask("--git-dir"));
  CHECK(fs::path(found.common_dir) == ask("--git-common-dir"));
  const bool bare = ask("--is-bare-repository").filename() == "true";
  CHECK(found.work_tree.empty() == bare);
  if (!bare && directory != found.git_dir) {
    CHECK(fs::path(found.work_tree) == ask("--show-toplevel"));
  }
}

void commit_something(const GitFixture& repo) {
  repo.write("folder/inner/file", "text");
  repo.git({"add", "."});
  repo.git({"commit", "-qm", "m"});
}

std::string refusal(const std::string& path) {
  const auto repository = open_repository(path);
  return repository ? "" : repository.error().message();
}

}  // namespace

TEST_CASE("a repository is found where git finds it", "[git][repository]") {
  const GitFixture repo;
  commit_something(repo);
  check_places(repo, repo.path());
  check_places(repo, repo / "folder");
  check_places(repo, repo / "folder/inner");
  check_places(repo, repo / ".git");
  CHECK(repository_at(repo / ".git").work_tree == repo.path());
  CHECK(repository_at(repo / "folder/../").git_dir == repo / ".git");
}

TEST_CASE("a bare repository is found", "[git][repository]") {
  const GitFixture repo;
  commit_something(repo);
  const std::string bare = repo.around() / "bare.git";
  repo.git({"clone", "-q", "--bare", repo.path(), bare});
  check_places(repo, bare);
  check_all_objects(repo, bare);
}

TEST_CASE("a linked worktree has its own HEAD and the others' objects",
          "[git][repository]") {
  const GitFixture repo;
  commit_something(repo);
  const std::string linked = repo.around() / "linked";
  repo.git({"worktree", "add", "-q", linked});
  check_places(repo, linked);
  check_places(repo, linked + "/folder");
  check_all_objects(repo, linked);
  CHECK(repository_at(linked + "/.git").work_tree == linked);
  CHECK(repository_at(linked).object_dirs ==
        std::vector<std::string>{repo / ".git/objects"});
}

TEST_CASE("a submodule is found through its .git file", "[git][repository]") {
  const GitFixture repo;
  commit_something(repo);
  const std::string module = repo.around() / "module";
  repo.git({"clone", "-q", repo.path(), module});
  repo.git({"submodule", "--quiet", "add", module, "sub"});
  check_places(repo, repo / "sub");
  CHECK(repository_at(repo / "sub").git_dir == repo / ".git/modules/sub");
  check_all_objects(repo, repo / "sub");
}

TEST_CASE("a .git file may lie elsewhere than its repository",
          "[git][repository]") {
  const GitFixture repo;
  commit_something(repo);
  repo.git({"init", "-q", "--separate-git-dir", repo.around() / "apart"});
  check_places(repo, repo.path());
  check_places(repo, repo / "folder");
}

TEST_CASE("the object format is the repository's", "[git][repository]") {
  const GitFixture repo({"--object-format=sha256"});
  commit_something(repo);
  CHECK(repository_at(repo.path()).hash == HashKind::kSha256);
  CHECK(repository_at(GitFixture().path()).hash == HashKind::kSha1);
}

TEST_CASE("what is no repository is refused, with what was looked for",
          "[git][repository]") {
  const TempDir dir;
  dir.make_directory("folder");
  CHECK(refusal(dir / "missing") ==
        dir / "missing" + ": no such file or folder");
  CHECK(refusal(dir / "folder")
            .starts_with(dir / "folder" + ": not a git repository"));
  dir.write("file/.git", "gitdir: /does/not/exist\n");
  CHECK(refusal(dir / "file/.git").find("not a git repository") !=
        std::string::npos);
  dir.write("half/.git/HEAD", "ref: refs/heads/main\n");
  CHECK(refusal(dir / "half").find("not a git repository") !=
        std::string::npos);
}

TEST_CASE("a path with a NUL byte in it leads nowhere", "[git][repository]") {
  const GitFixture repo;
  commit_something(repo);
  const std::string nul(1, '\0');
  repo.write(".git/commondir", nul + "/elsewhere");
  repo.write(".git/objects/info/alternates", "../refs" + nul + "x\n");
  const Repository found = repository_at(repo.path());
  CHECK(found.common_dir == repo / ".git");
  CHECK(found.object_dirs == std::vector{repo / ".git/objects"});
  CHECK(found.missing_alternates ==
        std::vector{repo / ".git/refs" + nul + "x"});
}

TEST_CASE("formats that are not known are refused", "[git][repository]") {
  const GitFixture repo;
  const std::string config = repo / ".git/config";
  const std::string head =
      "[core]\nrepositoryformatversion = 1\n[extensions]\n";
  overwrite(config, "[core]\nrepositoryformatversion = 2\n");
  CHECK(refusal(repo.path()) == config + ": repository format 2 is not known");
  overwrite(config, head + "objectFormat = sha512\n");
  CHECK(refusal(repo.path()) == config + ": object format sha512 is not known");
  overwrite(config, head + "refStorage = paper\n");
  CHECK(refusal(repo.path()) == config + ": ref storage paper is not known");
  overwrite(config, head + "refStorage = reftable\n");
  CHECK(repository_at(repo.path()).reftable);
}
