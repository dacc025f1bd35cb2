#include "git/reach.h"

#include <algorithm>
#include <numeric>

#include "support/catch.h"
#include "support/git/history.h"
#include "support/git/object_oracle.h"
#include "support/random.h"

using namespace leaksift;

namespace {

uint32_t commit_of(const History& history, const std::string& id) {
  return history.commits.find(*ObjectId::from_hex(id));
}

std::vector<std::string> names_of(const History& history,
                                  const std::vector<uint32_t>& refs) {
  std::vector<std::string> names;
  for (const uint32_t ref : refs) names.push_back(history.refs.refs[ref].name);
  return names;
}

RefList refs_of(const History& history, const std::string& id, size_t most) {
  const uint32_t commit = commit_of(history, id);
  const RefsReaching found =
      refs_reaching(history.commits, history.refs, {{commit}}, most);
  CHECK_FALSE(found.cut);
  return found.of.at({commit});
}

// Commits whose parents are some of the `window` before them, and refs at some.
std::string wild_history(Random& random, int count, int window, int every) {
  std::string stream;
  for (int i = 1; i <= count; ++i) {
    if (i == 1 || random.below(20) == 0) stream += "reset refs/heads/r\n";
    stream += "commit refs/heads/r\nmark :" + std::to_string(i) +
              "\ncommitter A <a@x> " + std::to_string(1'000'000 + i) +
              " +0000\ndata 1\nm\n";
    std::string word = "from :";
    const auto parents = random.below(4);
    for (size_t p = 0; p < parents && i > 1; ++p) {
      const auto back =
          1 + random.below(static_cast<size_t>(std::min(window, i - 1)));
      stream += word + std::to_string(i - static_cast<int>(back)) + "\n";
      word = "merge :";
    }
    if (random.below(static_cast<size_t>(every)) == 0) {
      stream += "reset refs/heads/b" + std::to_string(i) +
                "\nfrom :" + std::to_string(i) + "\n\n";
    }
  }
  return stream;
}

}  // namespace

TEST_CASE("a commit is named by HEAD's branch, then branches, tags, remotes",
          "[git][reach]") {
  const GitFixture repo;
  const std::string commit = commit_file(repo, "f", "1");
  repo.git({"branch", "z"});
  repo.git({"branch", "a"});
  repo.git({"tag", "-am", "m", "v1"});
  repo.git({"update-ref", "refs/remotes/origin/x", "HEAD"});
  repo.git({"update-ref", "refs/bisect/x", "HEAD"});
  repo.git({"update-ref", "ORIG_HEAD", "HEAD"});
  const History history(repo.path());
  const std::vector<std::string> expected = {
      "refs/heads/main",       "refs/heads/a", "refs/heads/z", "refs/tags/v1",
      "refs/remotes/origin/x", "ORIG_HEAD",    "refs/bisect/x"};
  CHECK(names_of(history, refs_of(history, commit, 20).first) == expected);
  const RefList some = refs_of(history, commit, 2);
  CHECK(names_of(history, some.first) ==
        std::vector<std::string>{"refs/heads/main", "refs/heads/a"});
  CHECK(some.count == 7);

  repo.git({"checkout", "-q", "--detach"});
  const History detached(repo.path());
  CHECK(names_of(detached, refs_of(detached, commit, 20).first).at(0) ==
        "HEAD");
}

TEST_CASE("the refs that reach a commit are those that git says contain it",
          "[git][reach]") {
  Random random(GENERATE(uint64_t{1}, uint64_t{2}, uint64_t{3}));
  const GitFixture repo;
  // Some branches stand alone, some histories are wider than one pass.
  repo.git({"fast-import", "--quiet", "--force"},
           wild_history(random, 700, GENERATE(2, 40), 6));
  const History history(repo.path());
  REQUIRE(history.commits.size() == 700);
  std::vector<CommitSet> wanted;
  for (uint32_t i = 0; i < 700; ++i) wanted.push_back({i});
  for (int i = 0; i < 20; ++i) {  // and some sets of two
    const auto first = static_cast<uint32_t>(random.below(699));
    const auto more = static_cast<uint32_t>(random.below(699 - first));
    wanted.push_back({first, first + 1 + more});
  }
  const RefsReaching found =
      refs_reaching(history.commits, history.refs, wanted, 1000);
  CHECK_FALSE(found.cut);
  for (int i = 0; i < 15; ++i) {
    const CommitSet& set =
        wanted[wanted.size() - 1 - random.below(i < 5 ? 20 : 720)];
    std::vector<std::string> command = {"for-each-ref", "--format=%(refname)"};
    for (const uint32_t commit : set) {
      command.push_back("--contains=" +
                        history.hex(history.commits.commit(commit).id));
    }
    const auto by_git = lines_of(repo.git(command));
    CHECK(names_of(history, found.of.at(set).first) == by_git);
    CHECK(found.of.at(set).count == by_git.size());
  }
}

TEST_CASE("a commit is a ref's before it is a note's, a stash's or a reflog's",
          "[git][reach]") {
  const GitFixture repo;
  const std::string base = commit_file(repo, "f", "1");
  const std::string dropped = commit_file(repo, "f", "2");
  repo.git({"reset", "-q", "--hard", "HEAD~1"});
  repo.git({"update-ref", "-d", "ORIG_HEAD"});
  repo.git({"notes", "add", "-m", "a note"});
  const std::string note = id_by_git(repo, "refs/notes/commits");
  for (const char* text : {"3", "4"}) {
    repo.write("f", text);
    repo.git({"stash", "-q"});
  }
  const std::string stash = id_by_git(repo, "stash@{0}");
  const std::string older_stash = id_by_git(repo, "stash@{1}");
  const std::string tree = id_by_git(repo, "HEAD^{tree}");
  const std::string alone =
      lines_of(repo.git({"commit-tree", tree, "-m", "alone"})).at(0);
  repo.git({"tag", "-am", "m", "named", tree});
  repo.git({"tag", "-am", "m", "gone"});
  const std::string tag = id_by_git(repo, "named");
  const std::string untagged = id_by_git(repo, "gone");
  repo.git({"tag", "-d", "gone"});

  const History history(repo.path());
  const Reachability reach(history.commits, history.refs,
                           read_reflogs(history.repository));
  const auto of = [&](const std::string& id) {
    return reach.of(commit_of(history, id));
  };
  CHECK(of(base) == Reach::kRef);
  CHECK(of(note) == Reach::kNote);
  CHECK(of(stash) == Reach::kStash);
  CHECK(of(older_stash) == Reach::kStash);
  CHECK(of(dropped) == Reach::kReflog);
  CHECK(of(alone) == Reach::kNothing);
  for (const std::string& id : {tag, tree}) {
    CHECK(reach.of(*ObjectId::from_hex(id)) == Reach::kRef);
    CHECK(names_of(history, reach.refs_naming(*ObjectId::from_hex(id))) ==
          std::vector<std::string>{"refs/tags/named"});
  }
  CHECK(reach.of(*ObjectId::from_hex(untagged)) == Reach::kNothing);
}
