#include "git/refs.h"

#include <filesystem>
#include <set>

#include "support/catch.h"
#include "support/git/object_oracle.h"

using namespace leaksift;

namespace {

using Names = std::map<std::string, std::string>;  // id by name

void commit(const GitFixture& repo, const std::string& message) {
  repo.git({"commit", "-q", "--allow-empty", "-m", message});
}

std::string id_of_revision(const GitFixture& repo, const std::string& name) {
  return lines_of(repo.git({"rev-parse", name})).at(0);
}

Names names_in(const RefSet& refs, HashKind hash) {
  Names names;
  for (const Ref& ref : refs.refs) names[ref.name] = ref.id.hex(hash);
  return names;
}

Names names_in(const GitFixture& repo) {
  const Repository repository = repository_at(repo.path());
  const RefSet refs = read_refs(repository);
  CHECK(refs.problems.empty());
  CHECK(std::is_sorted(refs.refs.begin(), refs.refs.end()));
  return names_in(refs, repository.hash);
}

// Everything below refs/, and HEAD.
Names names_by_git(const GitFixture& repo) {
  Names names;
  for (const std::string& line : lines_of(
           repo.git({"for-each-ref", "--format=%(refname) %(objectname)"}))) {
    const size_t space = line.find(' ');
    names[line.substr(0, space)] = line.substr(space + 1);
  }
  names["HEAD"] = id_of_revision(repo, "HEAD");
  return names;
}

// Two commits with branches, tags, a remote and symbolic refs.
void make_refs(const GitFixture& repo) {
  commit(repo, "one");
  repo.git({"branch", "topic/deep/er"});
  repo.git({"tag", "light"});
  repo.git({"tag", "-am", "annotated", "heavy"});
  commit(repo, "two");
  repo.git({"update-ref", "refs/remotes/origin/main", "HEAD~1"});
  repo.git(
      {"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"});
  repo.git({"update-ref", "refs/stash", "HEAD"});
  repo.git({"update-ref", "refs/weird/\xc3\xa9", "HEAD"});
}

}  // namespace

TEST_CASE("loose and packed refs are those that git lists", "[git][refs]") {
  const std::string format = GENERATE("sha1", "sha256");
  const GitFixture repo({"--object-format=" + format});
  make_refs(repo);
  const Names loose = names_by_git(repo);
  REQUIRE(loose.size() == 9);
  CHECK(names_in(repo) == loose);
  repo.git({"pack-refs", "--all"});
  CHECK(names_in(repo) == loose);
  // Newer than the packed ones; and one that is gone from both.
  commit(repo, "three");
  repo.git({"tag", "-f", "light"});
  repo.git({"branch", "-D", "-q", "topic/deep/er"});
  CHECK(names_in(repo) == names_by_git(repo));
  CHECK(names_in(repo) != loose);
}

TEST_CASE("HEAD is a branch, an unborn branch, or a commit", "[git][refs]") {
  const GitFixture repo;
  RefSet refs = read_refs(repository_at(repo.path()));
  CHECK(refs.head == "refs/heads/main");
  CHECK(refs.refs.empty());
  CHECK(refs.find("HEAD") == nullptr);

  make_refs(repo);
  refs = read_refs(repository_at(repo.path()));
  CHECK(refs.head == "refs/heads/main");
  REQUIRE(refs.find("HEAD") != nullptr);
  CHECK(refs.find("HEAD")->id == refs.find("refs/heads/main")->id);
  CHECK(refs.find("refs/heads/mai") == nullptr);

  repo.git({"checkout", "-q", "--detach", "HEAD~1"});
  refs = read_refs(repository_at(repo.path()));
  CHECK(refs.head.empty());
  CHECK(names_in(repo) == names_by_git(repo));
}

TEST_CASE("heads besides HEAD count: what was merged, fetched or left",
          "[git][refs]") {
  const GitFixture repo;
  make_refs(repo);
  Names expected = names_by_git(repo);
  repo.git({"reset", "-q", "--soft", "HEAD~1"});
  repo.git({"fetch", "-q", repo.path(), "light"});
  expected = names_by_git(repo);
  expected["ORIG_HEAD"] = id_of_revision(repo, "ORIG_HEAD");
  expected["FETCH_HEAD"] = id_of_revision(repo, "FETCH_HEAD");
  CHECK(names_in(repo) == expected);
}

TEST_CASE("every worktree's HEAD and own refs are read, from any of them",
          "[git][refs]") {
  const GitFixture repo;
  make_refs(repo);
  const std::string linked = repo.around() / "linked";
  repo.git({"worktree", "add", "-q", "--detach", linked, "light"});
  commit(repo, "three");
  repo.git_in(linked, {"update-ref", "refs/bisect/bad", "HEAD"});
  repo.git({"checkout", "-q", "--detach", "HEAD~1"});
  const std::string main_head = id_of_revision(repo, "HEAD");
  const std::string linked_head = id_of_revision(repo, "worktrees/linked/HEAD");
  REQUIRE(main_head != linked_head);

  const Names from_main = names_in(repo);
  CHECK(from_main.at("HEAD") == main_head);
  CHECK(from_main.at("worktrees/linked/HEAD") == linked_head);
  CHECK(from_main.at("worktrees/linked/refs/bisect/bad") == linked_head);

  const Names from_linked =
      names_in(read_refs(repository_at(linked)), HashKind::kSha1);
  CHECK(from_linked.at("HEAD") == linked_head);
  CHECK(from_linked.at("main-worktree/HEAD") == main_head);
  CHECK(from_linked.at("refs/heads/main") == from_main.at("refs/heads/main"));
}

TEST_CASE("a symbolic ref that is a symbolic link is followed", "[git][refs]") {
  const GitFixture repo;
  make_refs(repo);
  std::filesystem::remove(repo / ".git/HEAD");
  repo.around().link("repo/.git/HEAD", "refs/heads/main");
  CHECK(names_in(repo) == names_by_git(repo));
  CHECK(read_refs(repository_at(repo.path())).head == "refs/heads/main");
}

TEST_CASE("a line of packed-refs that is no ref is named, the others are read",
          "[git][refs]") {
  const GitFixture repo;
  make_refs(repo);
  repo.git({"pack-refs", "--all"});
  const Names whole = names_in(repo);
  const std::string path = repo / ".git/packed-refs";
  const std::string damage = GENERATE(
      "01234 refs/heads/short\n", "0123456789012345678901234567890123456789\n");
  repo.write(".git/packed-refs", read_bytes(path) + damage);
  const RefSet refs = read_refs(repository_at(repo.path()));
  CHECK(names_in(refs, HashKind::kSha1) == whole);
  REQUIRE(refs.problems.size() == 1);
  CHECK(refs.problems[0].name == path);
}

TEST_CASE("an id of another hash's length is none", "[git][refs]") {
  const GitFixture repo;
  commit(repo, "one");
  const std::string longer(64, 'a');
  repo.write(".git/refs/heads/longer", longer + "\n");
  repo.write(".git/packed-refs", longer + " refs/tags/longer\n");
  repo.write(".git/shallow", longer + "\n");
  repo.write(".git/FETCH_HEAD", longer + "\t\tbranch 'x' of y\n");
  const RefSet refs = read_refs(repository_at(repo.path()));
  for (const Ref& ref : refs.refs)
    CHECK(ref.name.find("longer") == ref.name.npos);
  CHECK(refs.find("FETCH_HEAD") == nullptr);
  CHECK(refs.shallow.empty());
  CHECK(refs.problems.size() == 2);
}

TEST_CASE("symbolic refs in a circle lead nowhere", "[git][refs]") {
  const GitFixture repo;
  make_refs(repo);
  const Names before = names_in(repo);
  repo.git({"symbolic-ref", "refs/heads/a", "refs/heads/b"});
  repo.git({"symbolic-ref", "refs/heads/b", "refs/heads/a"});
  CHECK(names_in(repo) == before);
}

TEST_CASE("a ref that cannot be read is named, the others are read",
          "[git][refs]") {
  const GitFixture repo;
  make_refs(repo);
  const Names before = names_in(repo);
  repo.around().write("repo/.git/refs/heads/broken", "no id\n");
  repo.around().write("repo/.git/refs/heads/main.lock", "");
  const RefSet refs = read_refs(repository_at(repo.path()));
  REQUIRE(refs.problems.size() == 1);
  CHECK(refs.problems[0].reason == SkipReason::kUnreadable);
  CHECK(refs.problems[0].name == repo / ".git/refs/heads/broken");
  CHECK(names_in(refs, HashKind::kSha1) == before);
}

TEST_CASE("a tag stands for what it leads to", "[git][refs]") {
  const GitFixture repo;
  make_refs(repo);
  repo.git({"tag", "-am", "tag of a tag", "outer", "heavy"});
  RefSet refs = read_refs(repository_at(repo.path()));
  const Ref outer = *refs.find("refs/tags/outer");
  CHECK(refs.tip_of(outer) == outer.id);  // as long as nobody reads tags
  const auto id = [&](const std::string& name) {
    return *ObjectId::from_hex(id_of_revision(repo, name));
  };
  refs.peeled[id("outer")] = id("heavy");
  refs.peeled[id("heavy")] = id("heavy^{}");
  CHECK(refs.tip_of(outer) == id("heavy^{}"));
  CHECK(refs.tip_of(*refs.find("refs/heads/main")) == id("main"));
}
