#include "git/selection.h"

#include <filesystem>
#include <set>

#include "support/catch.h"
#include "support/git/history.h"
#include "support/git/object_oracle.h"
#include "support/git/pack_writer.h"

using namespace leaksift;

namespace {

using Ids = std::set<std::string>;

struct Selected {
  Ids ids;
  Ids missing;
};

Selected select(const History& history, const SelectionTips& tips) {
  std::vector<ObjectId> missing;
  const Selection selection = Selection::build(
      tips, history.commits, history.refs, history.walk, 2, 1 << 30, missing);
  Selected selected;
  for (const auto& [id, object] : walk_objects(history.store).objects) {
    const ObjectId raw = *ObjectId::from_hex(id);
    if (selection.holds(raw.raw(history.store.hash()))) {
      selected.ids.insert(id);
    }
  }
  for (const ObjectId& id : missing) selected.missing.insert(history.hex(id));
  return selected;
}

SelectionTips range_in(const History& history, const std::string& range) {
  const auto tips =
      tips_of_range(range, history.refs, history.commits, history.store);
  if (!tips) FAIL(tips.error().message());
  return *tips;
}

Ids objects_by_git(const GitFixture& repo, const std::string& revision) {
  Ids ids;
  for (const std::string& line :
       lines_of(repo.git({"rev-list", "--objects", revision, "--"}))) {
    ids.insert(line.substr(0, line.find(' ')));
  }
  return ids;
}

// git rev-list A..B looks only at trees on the border for what to leave out,
// and may list a little too much; this is what is asked for.
Ids difference_by_git(const GitFixture& repo, const std::string& from,
                      const std::string& to) {
  Ids ids = objects_by_git(repo, to);
  for (const std::string& id : objects_by_git(repo, from)) ids.erase(id);
  return ids;
}

// Two branches, a merge, a blob that goes and comes back, tags of all kinds,
// and objects that nothing reaches.
void make_history(const GitFixture& repo) {
  commit_file(repo, "a", "one");
  commit_file(repo, "folder/inner/b", "goes and comes back");
  repo.git({"tag", "start"});
  repo.git({"rm", "-q", "folder/inner/b"});
  commit(repo);
  repo.git({"tag", "-am", "m", "gone"});
  repo.git({"checkout", "-q", "-b", "side", "HEAD~1"});
  commit_file(repo, "side/c", "on the side");
  repo.git({"checkout", "-q", "main"});
  commit_file(repo, "folder/inner/b", "goes and comes back");
  repo.git({"merge", "-q", "-m", "merged", "side"});
  commit_file(repo, "a", "two");
  repo.git({"tag", "-am", "m", "of-a-blob", "HEAD:a"});
  repo.git({"tag", "-am", "m", "of-a-tree", "HEAD~1:folder"});
  repo.git({"tag", "-am", "m", "of-a-tag", "of-a-blob"});
  repo.write("a", "amended");
  repo.git({"add", "-A"});
  commit(repo, {"--amend"});
  std::filesystem::remove(repo / ".git/ORIG_HEAD");
}

std::string refusal(const History& history, const std::string& range) {
  const auto tips =
      tips_of_range(range, history.refs, history.commits, history.store);
  return tips ? "" : tips.error().message();
}

}  // namespace

TEST_CASE("what refs reach is what git rev-list --objects --all lists",
          "[git][selection]") {
  const std::string format = GENERATE("sha1", "sha256");
  const bool packed = GENERATE(true, false);
  const GitFixture repo({"--object-format=" + format});
  make_history(repo);
  // Objects that nothing reaches stay, loose.
  if (packed) repo.git({"repack", "-dq"});
  const History history(repo.path());
  const Selected selected = select(history, tips_of_refs(history.refs));
  CHECK(selected.ids == objects_by_git(repo, "--all"));
  CHECK(selected.missing.empty());
  const size_t all = listing_by_git(repo, repo.path()).size();
  CHECK(all > selected.ids.size());
}

TEST_CASE("a range is what its end reaches and its beginning does not",
          "[git][selection]") {
  const GitFixture repo;
  make_history(repo);
  const History history(repo.path());
  using Range = std::pair<std::string, std::string>;
  for (const auto& [from, to] :
       {Range("start", "main"), Range("gone", "main"), Range("side", "main"),
        Range("main", "side"), Range("HEAD~1", "HEAD"), Range("main", "main"),
        Range("HEAD~1^2", "refs/heads/main"), Range("HEAD~3", "heads/side")}) {
    CAPTURE(from, to);
    CHECK(select(history, range_in(history, from + ".." + to)).ids ==
          difference_by_git(repo, from, to));
  }
  CHECK(select(history, range_in(history, "start..")).ids ==
        difference_by_git(repo, "start", "HEAD"));
  CHECK(select(history, range_in(history, "..side")).ids ==
        difference_by_git(repo, "HEAD", "side"));
  CHECK(select(history, range_in(history, "side")).ids ==
        objects_by_git(repo, "side"));
}

TEST_CASE("a blob that came back is not new in the range that brought it back",
          "[git][selection]") {
  const GitFixture repo;
  make_history(repo);
  const History history(repo.path());
  const std::string blob = id_by_git(repo, "start:folder/inner/b");
  CHECK(select(history, range_in(history, "..main")).ids.empty());
  CHECK(select(history, range_in(history, "main")).ids.count(blob) == 1);
  CHECK(select(history, range_in(history, "gone..main")).ids.count(blob) == 0);
}

TEST_CASE("revisions name what git says they name", "[git][selection]") {
  const GitFixture repo;
  make_history(repo);
  repo.git({"update-ref", "refs/remotes/origin/main", "HEAD~1"});
  repo.git(
      {"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"});
  repo.git({"branch", "start"});  // a tag of this name goes first
  const History history(repo.path());
  const std::string id = id_by_git(repo, "side");
  for (const std::string& name : {std::string("HEAD"),
                                  std::string("main"),
                                  std::string("heads/main"),
                                  std::string("refs/tags/gone"),
                                  std::string("gone"),
                                  std::string("start"),
                                  std::string("origin/main"),
                                  std::string("origin"),
                                  std::string("HEAD^"),
                                  std::string("HEAD^0"),
                                  std::string("HEAD~0"),
                                  std::string("HEAD^^2"),
                                  std::string("HEAD~1^1"),
                                  std::string("gone~1"),
                                  std::string("HEAD~~"),
                                  std::string("gone^"),
                                  id,
                                  id.substr(0, 8),
                                  id.substr(0, 7),
                                  id + "~1"}) {
    CAPTURE(name);
    const SelectionTips tips = range_in(history, name);
    REQUIRE(tips.tips.size() == 1);
    CHECK(history.hex(tips.tips[0]) == id_by_git(repo, name + "^{commit}"));
  }
}

TEST_CASE("what names no commit is refused", "[git][selection]") {
  const GitFixture repo;
  make_history(repo);
  const History history(repo.path());
  CHECK(refusal(history, "nowhere") == "'nowhere' names no commit here");
  CHECK(refusal(history, "nowhere..main") == "'nowhere' names no commit here");
  CHECK(refusal(history, "main..nowhere") == "'nowhere' names no commit here");
  CHECK(refusal(history, "HEAD~99") == "'HEAD~99' has no such ancestor");
  CHECK(refusal(history, "HEAD^3") == "'HEAD^3' has no such ancestor");
  CHECK(refusal(history, "main...side") ==
        "a range is written A..B; 'main...side' has three dots");
  const std::string id = id_by_git(repo, "side");
  for (const std::string& name :
       {id.substr(0, 3), std::string(40, '0'), std::string("HEAD@{1}"),
        std::string("HEAD^{tree}"), std::string("HEAD~1x"),
        std::string("HEAD~99999999999999999999"), std::string(":/text")}) {
    CAPTURE(name);
    CHECK_FALSE(refusal(history, name).empty());
  }
}

TEST_CASE("blobs that a partial clone does not have are missing and promised",
          "[git][selection]") {
  const GitFixture repo;
  make_history(repo);
  repo.git({"config", "uploadpack.allowFilter", "true"});
  const std::string clone = repo.around() / "clone";
  repo.git({"clone", "-q", "--bare", "--filter=blob:none",
            "file://" + repo.path(), clone});
  const History history(clone);
  CHECK(history.store.promised());
  CHECK(history.store.problems().empty());
  const Selected selected = select(history, tips_of_refs(history.refs));
  Ids expected, there;
  for (const std::string& line : lines_of(repo.git_in(
           clone, {"rev-list", "--objects", "--missing=print", "--all"}))) {
    if (line[0] == '?') {
      expected.insert(line.substr(1));
    } else {
      there.insert(line.substr(0, line.find(' ')));
    }
  }
  REQUIRE(expected.size() > 2);
  CHECK(selected.ids == there);
  CHECK(selected.missing == expected);
  CHECK_FALSE(store_at(repo.path()).promised());
}

TEST_CASE("objects that are gone from the store are missing",
          "[git][selection]") {
  const GitFixture repo;
  make_history(repo);
  const Ids before = objects_by_git(repo, "--all");
  const std::string blob = id_by_git(repo, "side:side/c");
  const std::string tree = id_by_git(repo, "start:folder");
  for (const std::string& id : {blob, tree}) {
    std::filesystem::remove(
        repo / (".git/objects/" + id.substr(0, 2) + "/" + id.substr(2)));
  }
  const History history(repo.path());
  const Selected selected = select(history, tips_of_refs(history.refs));
  CHECK(selected.missing == Ids{blob, tree});
  CHECK(selected.ids.count(id_by_git(repo, "side")) == 1);
  CHECK(selected.ids.size() < before.size());
}

TEST_CASE("submodules' commits are not missing", "[git][selection]") {
  const GitFixture repo;
  repo.git({"update-index", "--add", "--cacheinfo",
            "160000," + std::string(40, 'a') + ",sub"});
  commit(repo);
  const History history(repo.path());
  const Selected selected = select(history, tips_of_refs(history.refs));
  CHECK(selected.missing.empty());
  CHECK(selected.ids == objects_by_git(repo, "--all"));
}

TEST_CASE("tags that name one another are selected once", "[git][selection]") {
  const GitFixture repo;
  const ObjectId ids[] = {id_of(ObjectType::kTag, "a"),
                          id_of(ObjectType::kTag, "b")};
  PackWriter writer;
  for (const int i : {0, 1}) {
    const std::string tag = "object " + ids[1 - i].hex(HashKind::kSha1) +
                            "\ntype tag\ntag circle\n\n";
    writer.add_entry(ids[i], PackWriter::entry_header(4, tag.size()), tag);
  }
  writer.write(repo.around(), "repo/.git/objects/pack/pack-a");
  const std::string id = ids[0].hex(HashKind::kSha1);
  repo.write(".git/refs/tags/circle", id + "\n");
  const History history(repo.path());
  REQUIRE(history.refs.peeled.size() == 2);
  CHECK(select(history, tips_of_refs(history.refs)).ids ==
        Ids{id, ids[1].hex(HashKind::kSha1)});
}
