#include "git/reflog.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/catch.h"
#include "support/git/history.h"
#include "support/git/object_oracle.h"

using namespace leaksift;

namespace {

void make_commits(const GitFixture& repo, int count) {
  for (int i = 0; i < count; ++i) commit_file(repo, "f", std::to_string(i));
}

// Of each ref the new ids that git lists, newest first.
std::vector<std::string> ids_by_git(const GitFixture& repo,
                                    const std::string& directory,
                                    const std::string& ref) {
  return lines_of(repo.git_in(
      directory, {"log", "--walk-reflogs", "--format=%H", ref, "--"}));
}

std::vector<std::string> ids_in(const Reflog& reflog) {
  std::vector<std::string> ids;
  for (const std::string& line : lines_of(reflog.text)) {
    const auto entry = parse_reflog_line(line, HashKind::kSha1);
    if (entry) ids.push_back(entry->new_id.hex(HashKind::kSha1));
  }
  std::reverse(ids.begin(), ids.end());
  return ids;
}

std::vector<Reflog> reflogs_of(const std::string& path) {
  std::vector<Reflog> all;
  std::vector<Skipped> problems;
  for_each_reflog(
      repository_at(path), [&](const Reflog& one) { all.push_back(one); },
      problems);
  CHECK(problems.empty());
  return all;
}

}  // namespace

TEST_CASE("the reflogs of all refs and worktrees are read as git reads them",
          "[git][reflog]") {
  const GitFixture repo;
  make_commits(repo, 3);
  repo.git({"checkout", "-q", "-b", "topic/deep"});
  make_commits(repo, 2);
  repo.write("f", "stashed");
  repo.git({"stash", "-q"});
  repo.git({"update-ref", "--create-reflog", "refs/tags/t", "HEAD~1"});
  const std::string linked = repo.around() / "linked";
  repo.git({"worktree", "add", "-q", linked, "main"});
  repo.git_in(linked, {"commit", "-q", "--allow-empty", "-m", "there"});

  std::vector<std::string> names;
  for (const Reflog& reflog : reflogs_of(repo.path())) {
    CAPTURE(reflog.ref);
    names.push_back(reflog.ref);
    CHECK(ids_in(reflog) == ids_by_git(repo, repo.path(), reflog.ref));
    CHECK_FALSE(ids_in(reflog).empty());
  }
  CHECK(names == std::vector<std::string>{
                     "HEAD", "refs/heads/main", "refs/heads/topic/deep",
                     "refs/stash", "refs/tags/t", "worktrees/linked/HEAD"});

  names.clear();
  for (const Reflog& reflog : reflogs_of(linked)) {
    CAPTURE(reflog.ref);
    names.push_back(reflog.ref);
    CHECK(ids_in(reflog) == ids_by_git(repo, linked, reflog.ref));
  }
  CHECK(std::count(names.begin(), names.end(), "main-worktree/HEAD") == 1);
  CHECK(std::count(names.begin(), names.end(), "HEAD") == 1);
}

TEST_CASE("reflogs name both ids of a line, those of the stash apart",
          "[git][reflog]") {
  const std::string format = GENERATE("sha1", "sha256");
  const GitFixture repo({"--object-format=" + format});
  const std::string first = commit_file(repo, "f", "1");
  const std::string second = commit_file(repo, "f", "2");
  repo.write("f", "3");
  repo.git({"stash", "-q"});
  const std::string stash = id_by_git(repo, "stash");
  // A log that begins late: its first line alone names an older id.
  repo.git({"reflog", "expire", "--expire=now", "--all"});
  repo.git({"reset", "-q", "--hard", "HEAD~1"});
  const ReflogIds ids = read_reflogs(repository_at(repo.path()));
  CHECK(ids.problems.empty());
  CHECK(ids.stash.empty());
  std::vector<std::string> hex;
  const HashKind hash = repository_at(repo.path()).hash;
  for (const ObjectId& id : ids.others) hex.push_back(id.hex(hash));
  std::vector<std::string> expected = {first, second};
  std::sort(expected.begin(), expected.end());
  CHECK(hex == expected);

  repo.git({"update-ref", "-d", "refs/stash"});
  repo.git({"stash", "store", "-m", "again", stash});
  const ReflogIds stored = read_reflogs(repository_at(repo.path()));
  REQUIRE(stored.stash.size() == 1);
  CHECK(stored.stash[0].hex(hash) == stash);
}

TEST_CASE("a reflog line has who and why, or is none", "[git][reflog]") {
  const std::string a(40, 'a');
  const std::string b(40, 'b');
  const auto parse = [](const std::string& line) {
    return parse_reflog_line(line, HashKind::kSha1);
  };
  const std::string whole = a + ' ' + b + " A U <a@x> 5 +0000\tsaid\tthis";
  const auto entry = parse(whole);
  REQUIRE(entry);
  CHECK(entry->old_id.hex(HashKind::kSha1) == a);
  CHECK(entry->new_id.hex(HashKind::kSha1) == b);
  CHECK(entry->who == "A U <a@x> 5 +0000");
  CHECK(entry->message == "said\tthis");
  CHECK(parse(a + ' ' + b));
  CHECK_FALSE(parse(""));
  CHECK_FALSE(parse(a));
  CHECK_FALSE(parse(a + ' ' + b.substr(1)));
  CHECK_FALSE(parse(a + '\t' + b));
  CHECK_FALSE(parse(a + ' ' + b + "0 A"));
  CHECK_FALSE(parse(std::string(40, 'g') + ' ' + b));
}

TEST_CASE("what is no reflog is named, and nothing outside is read",
          "[git][reflog]") {
  const GitFixture repo;
  const std::string id = commit_file(repo, "f", "1");
  const std::string line = id + ' ' + id + " A <a@x> 5 +0000\n";
  std::filesystem::create_directories(repo / ".git/logs/refs/heads");
  std::ofstream(repo / ".git/logs/refs/heads/odd") << "no entry\n\n" << line;
  const std::string outside = repo.around() / "outside";
  std::ofstream(outside) << std::string(40, 'a') << ' ' << std::string(40, 'b')
                         << '\n';
  std::filesystem::create_symlink(outside, repo / ".git/logs/refs/heads/link");
  const ReflogIds ids = read_reflogs(repository_at(repo.path()));
  REQUIRE(ids.others.size() == 1);
  CHECK(ids.others[0].hex(HashKind::kSha1) == id);
  REQUIRE(ids.problems.size() == 2);
  CHECK(ids.problems[0].reason == SkipReason::kSymlink);
  CHECK(ids.problems[1].reason == SkipReason::kCorrupt);
}
