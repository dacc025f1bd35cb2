#include "git/attribution.h"

#include <algorithm>
#include <set>

#include "support/catch.h"
#include "support/git/history.h"
#include "support/git/object_oracle.h"

using namespace leaksift;

namespace {

// Where a blob came in: "path commit", and " HEAD" if it still is there.
using Places = std::vector<std::string>;

struct Attributed {
  History history;
  IdTable targets;
  Attribution attribution;

  Attributed(const std::string& path, const std::vector<std::string>& blobs)
      : history(path), targets(history.store.hash(), blobs.size()) {
    for (const std::string& hex : blobs) {
      ids_.push_back(*ObjectId::from_hex(hex));
    }
    for (const ObjectId& id : ids_) {
      targets.add(id.raw(history.store.hash()).data());
    }
    const TreeGraph trees =
        TreeGraph::build(history.walk, targets, {}, 2, uint64_t{1} << 30);
    CHECK(trees.problems().empty());
    const Reachability reach(history.commits, history.refs,
                             read_reflogs(history.repository));
    attribution =
        attribute(history.commits, trees, history.refs, reach, targets.size());
  }

  Places places(size_t target = 0) const {
    Places texts;
    for (const BlobPlace& place : attribution.places[target]) {
      texts.push_back(attribution.paths[place.path] + ' ' +
                      history.hex(history.commits.commit(place.commit).id) +
                      (place.in_head ? " HEAD" : ""));
    }
    return texts;
  }

 private:
  std::vector<ObjectId> ids_;
};

Places places_of(const GitFixture& repo, const std::string& blob) {
  const Attributed all(repo.path(), {blob});
  CHECK_FALSE(all.attribution.cut);
  return all.places();
}

// The commits that git says made `path` what it is not in any parent, of those
// that have `blob` there; oldest first.
std::vector<std::string> introduced_by_git(const GitFixture& repo,
                                           const std::string& path,
                                           const std::string& blob) {
  std::vector<std::string> commits;
  for (const std::string& id :
       lines_of(repo.git({"log", "--all", "--full-history", "--reverse",
                          "--topo-order", "-c", "--diff-filter=AMRC",
                          "--no-renames", "--format=%H", "--", path}))) {
    if (id.size() < 40) continue;
    const std::string entry = repo.git({"ls-tree", id, path});
    if (entry.find(blob) == std::string::npos) continue;
    const auto parents = lines_of(repo.git({"rev-parse", id + "^@"}));
    const bool known = std::any_of(
        parents.begin(), parents.end(), [&](const std::string& parent) {
          return repo.git({"ls-tree", parent, path}).find(blob) !=
                 std::string::npos;
        });
    if (!known) commits.push_back(id);
  }
  return commits;
}

// Whatever git lists of any commit, as places; all by asking git.
std::map<std::string, std::set<std::string>> paths_by_git(
    const GitFixture& repo) {
  std::map<std::string, std::set<std::string>> paths;
  for (const std::string& id : lines_of(repo.git({"rev-list", "--all"}))) {
    for (const std::string& line :
         split_nul(repo.git({"ls-tree", "-rz", id}))) {
      const size_t tab = line.find('\t');
      paths[line.substr(12, tab - 12)].insert(line.substr(tab + 1));
    }
  }
  return paths;
}

}  // namespace

TEST_CASE("a blob is attributed to the commit that brought it in",
          "[git][attribution]") {
  const std::string format = GENERATE("sha1", "sha256");
  const GitFixture repo({"--object-format=" + format});
  commit_file(repo, "other", "1");
  const std::string commit = commit_file(repo, "a/b/secret", "the secret");
  const std::string blob = id_by_git(repo, "HEAD:a/b/secret");
  commit_file(repo, "other", "2");
  CHECK(places_of(repo, blob) == Places{"a/b/secret " + commit + " HEAD"});
  CHECK(introduced_by_git(repo, "a/b/secret", blob) ==
        std::vector<std::string>{commit});
  repo.git({"rm", "-q", "a/b/secret"});
  leaksift::commit(repo);
  CHECK(places_of(repo, blob) == Places{"a/b/secret " + commit});
}

TEST_CASE("a renamed blob has a place for each name", "[git][attribution]") {
  const GitFixture repo;
  const std::string first = commit_file(repo, "old", "the secret");
  const std::string blob = id_by_git(repo, "HEAD:old");
  repo.git({"mv", "old", "new"});
  const std::string second = commit(repo);
  CHECK(places_of(repo, blob) ==
        Places{"new " + second + " HEAD", "old " + first});
}

TEST_CASE("a blob that came back keeps the commit that first had it",
          "[git][attribution]") {
  const GitFixture repo;
  const std::string first = commit_file(repo, "f", "the secret");
  const std::string blob = id_by_git(repo, "HEAD:f");
  repo.git({"rm", "-q", "f"});
  commit(repo);
  const std::string again = commit_file(repo, "f", "the secret");
  CHECK(introduced_by_git(repo, "f", blob) ==
        std::vector<std::string>{first, again});
  CHECK(places_of(repo, blob) == Places{"f " + first + " HEAD"});
}

TEST_CASE("a merge that brings a blob in is not who introduced it",
          "[git][attribution]") {
  const GitFixture repo;
  commit_file(repo, "base", "1");
  repo.git({"checkout", "-q", "-b", "side"});
  const std::string side = commit_file(repo, "s", "the secret");
  const std::string blob = id_by_git(repo, "HEAD:s");
  repo.git({"checkout", "-q", "main"});
  commit_file(repo, "base", "2");
  CHECK(places_of(repo, blob) == Places{"s " + side});
  repo.git({"merge", "-q", "--no-ff", "-m", "merged", "side"});
  CHECK(places_of(repo, blob) == Places{"s " + side + " HEAD"});
  CHECK(introduced_by_git(repo, "s", blob) == std::vector<std::string>{side});
}

TEST_CASE("what only an evil merge has is the merge's", "[git][attribution]") {
  const GitFixture repo;
  commit_file(repo, "f", "1");
  repo.git({"checkout", "-q", "-b", "side"});
  commit_file(repo, "s", "2");
  repo.git({"checkout", "-q", "main"});
  commit_file(repo, "f", "3");
  repo.git({"merge", "-q", "--no-ff", "--no-commit", "side"});
  repo.write("f", "the secret");
  repo.write("added/in/merge", "another secret");
  repo.git({"add", "-A"});
  const std::string merge = commit(repo);
  const Attributed found(repo.path(), {id_by_git(repo, "HEAD:f"),
                                       id_by_git(repo, "HEAD:added/in/merge")});
  CHECK(found.places(0) == Places{"f " + merge + " HEAD"});
  CHECK(found.places(1) == Places{"added/in/merge " + merge + " HEAD"});
  CHECK(introduced_by_git(repo, "f", id_by_git(repo, "HEAD:f")) ==
        std::vector<std::string>{merge});
}

TEST_CASE("every path of every blob is found, and by whom it came",
          "[git][attribution]") {
  const GitFixture repo;
  commit_file(repo, "a", "same");
  commit_file(repo, "folder/b", "same");
  repo.git({"checkout", "-q", "-b", "side"});
  commit_file(repo, "folder/b", "changed");
  repo.git({"mv", "folder", "moved"});
  commit(repo);
  repo.git({"checkout", "-q", "main"});
  commit_file(repo, "copy/of/a", "same");
  repo.git({"merge", "-q", "-m", "merged", "side"});
  commit_file(repo, "a", "changed");
  const auto expected = paths_by_git(repo);
  std::vector<std::string> blobs;
  for (const auto& [blob, paths] : expected) blobs.push_back(blob);
  const Attributed found(repo.path(), blobs);
  REQUIRE(blobs.size() == 2);
  for (size_t i = 0; i < blobs.size(); ++i) {
    std::set<std::string> paths;
    for (const BlobPlace& place : found.attribution.places[i]) {
      const std::string& path = found.attribution.paths[place.path];
      CAPTURE(path);
      paths.insert(path);
      const auto& id = found.history.commits.commit(place.commit).id;
      CHECK(found.history.hex(id) ==
            introduced_by_git(repo, path, blobs[i]).at(0));
      const std::string now = repo.git({"ls-tree", "HEAD", path});
      CHECK(place.in_head == (now.find(blobs[i]) != std::string::npos));
    }
    CHECK(paths == expected.at(blobs[i]));
  }
}

TEST_CASE("a blob that no tree holds has no place", "[git][attribution]") {
  const GitFixture repo;
  commit_file(repo, "f", "1");
  const std::string blob =
      lines_of(repo.git({"hash-object", "-w", "--stdin"}, "loose"))[0];
  CHECK(places_of(repo, blob).empty());
}

TEST_CASE("trees that spell more paths than can be counted are cut off",
          "[git][attribution]") {
  const GitFixture repo;
  const auto id_of = [&](const std::vector<std::string>& command,
                         const std::string& input) {
    return lines_of(repo.git(command, input))[0];
  };
  const std::string blob = id_of({"hash-object", "-w", "--stdin"}, "secret");
  std::string entry = "100644 blob " + blob;
  for (int level = 0; level < 9; ++level) {  // 10^9 paths out of 9 trees
    std::string tree;
    for (char name = 'a'; name <= 'j'; ++name) {
      tree += entry + '\t' + name + '\n';
    }
    entry = "040000 tree " + id_of({"mktree"}, tree);
  }
  const std::string root = entry.substr(entry.rfind(' ') + 1);
  repo.git(
      {"update-ref", "HEAD", id_of({"commit-tree", root, "-m", "a bomb"}, "")});
  const Attributed all(repo.path(), {blob});
  CHECK(all.attribution.cut);
  CHECK(all.places().size() > 100'000);
}
