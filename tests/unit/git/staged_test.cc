#include "git/staged.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "core/file.h"
#include "core/text.h"
#include "git/refs.h"
#include "git/repository.h"
#include "support/catch.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

// What find_staged() says, by paths and hexadecimal ids.
struct Staged {
  std::map<std::string, std::string> files;
  std::set<std::string> names;
  std::set<std::string> removed;  // ids
  std::vector<Skipped> problems;
};

ObjectId id_of(const GitFixture& repo, const std::string& revision) {
  return *ObjectId::from_hex(trimmed(repo.git({"rev-parse", revision})));
}

Staged staged_in(const GitFixture& repo,
                 const std::vector<std::string>& parents) {
  const Result<Repository> repository = open_repository(repo.path());
  REQUIRE(repository);
  const ObjectStore store = ObjectStore::open(*repository);
  const std::string folder = repository->git_dir + '/';
  const auto index = parse_index(
      read_bytes(folder + "index"),
      [&](const std::string& name) { return read_file(folder + name); });
  REQUIRE(index);
  std::vector<ObjectId> ids;
  for (const std::string& parent : parents) ids.push_back(id_of(repo, parent));
  const Incoming incoming = find_staged(*index, store, ids);
  REQUIRE(incoming.commits.size() == 1);
  CHECK(incoming.commits[0].parents == ids);
  Staged staged;
  for (const IncomingFile& file : incoming.files) {
    staged.files[incoming.paths[file.path]] = file.blob.hex(store.hash());
  }
  REQUIRE(staged.files.size() == incoming.files.size());
  for (const IncomingName& name : incoming.names) {
    staged.names.insert(incoming.paths[name.path]);
  }
  for (const RemovedFile& removed : incoming.removed) {
    const std::string id = removed.object.hex(store.hash());
    if (!removed.is_tree) {
      staged.removed.insert(id);
      continue;
    }
    for (const auto& line : split_nul(repo.git({"ls-tree", "-rz", id}))) {
      const auto fields = split(line, ' ');  // "100644 blob <id>\t<path>"
      REQUIRE(fields.size() > 2);
      const std::string_view blob = fields[2].substr(0, fields[2].find('\t'));
      if (fields[1] == "blob") staged.removed.emplace(blob);
    }
  }
  staged.problems = incoming.problems;
  return staged;
}

// The same by git: what differs from one parent.
struct Difference {
  std::map<std::string, std::string> files;
  std::set<std::string> removed;  // ids
};

Difference difference_by_git(const GitFixture& repo,
                             const std::string& parent) {
  const auto parts =
      split_nul(repo.git({"diff", "--cached", "--raw", "-z", "--no-renames",
                          "--no-abbrev", "--ignore-submodules=none", parent}));
  Difference difference;
  for (size_t i = 0; i + 1 < parts.size(); i += 2) {
    // ":100644 100644 <id> <id> M"
    const auto fields = split(parts[i], ' ');
    REQUIRE(fields.size() == 5);
    const bool was_file = fields[0] != ":000000" && fields[0] != ":160000";
    const bool is_file = fields[1] != "000000" && fields[1] != "160000";
    const std::string before(fields[2]), now(fields[3]);
    if (is_file && !(was_file && before == now)) {
      difference.files[parts[i + 1]] = now;
    }
    if (was_file && !is_file) difference.removed.insert(before);
  }
  return difference;
}

std::set<std::string> with_folders(const std::vector<std::string>& paths) {
  std::set<std::string> all;
  for (const std::string& path : paths) {
    all.insert(path);
    for (size_t at = path.find('/'); at != path.npos;
         at = path.find('/', at + 1)) {
      all.insert(path.substr(0, at));
    }
  }
  return all;
}

std::set<std::string> new_names_by_git(const GitFixture& repo,
                                       const std::string& parent) {
  const auto before = with_folders(
      split_nul(repo.git({"ls-tree", "-rz", "--name-only", parent})));
  const auto now = with_folders(split_nul(repo.git({"ls-files", "-z"})));
  std::set<std::string> names;
  std::set_difference(now.begin(), now.end(), before.begin(), before.end(),
                      std::inserter(names, names.end()));
  return names;
}

std::string random_path(std::mt19937& random) {
  static const std::vector<std::string> kNames = {"a", "a.b", "a-b",
                                                  "b", "ab",  "c"};
  std::string path;
  for (size_t depth = random() % 4; depth > 0; --depth) {
    path += kNames[random() % kNames.size()] + "/";
  }
  return path + kNames[random() % kNames.size()];
}

// One of many things that people stage.
void change_something(const GitFixture& repo, std::mt19937& random) {
  const auto known = split_nul(repo.git({"ls-files", "-z"}));
  const std::string path = random_path(random);
  const std::string old = known.empty() ? path : known[random() % known.size()];
  const auto put = [&](const std::string& mode, const std::string& id,
                       const std::string& at) {
    repo.git({"update-index", "--add", "--replace", "--cacheinfo",
              mode + "," + id + "," + at});
  };
  const auto blob = [&] {
    const std::string bytes = std::to_string(random() % 40);
    return std::string(
        trimmed(repo.git({"hash-object", "-w", "--stdin"}, bytes)));
  };
  switch (random() % 8) {
    case 0:
      return put("160000", blob(), path);
    case 1:
      return put("120000", blob(), path);
    case 2:
      repo.git({"update-index", "--force-remove", old});
      return;
    case 3:
      if (known.empty()) return;
      return put("100755",
                 std::string(trimmed(repo.git({"rev-parse", ":" + old}))), old);
    default:
      return put("100644", blob(), random() % 2 == 0 ? path : old);
  }
}

void commit_index(const GitFixture& repo) {
  repo.git({"commit", "-q", "--allow-empty", "-m", "commit"});
}

}  // namespace

TEST_CASE("what is staged is what git diff --cached says", "[git][staged]") {
  const std::string version = GENERATE("2", "4");
  const std::string split = GENERATE("--split-index", "--no-split-index");
  const GitFixture repo;
  std::mt19937 random(7);
  for (int i = 0; i < 30; ++i) change_something(repo, random);
  repo.git({"update-index", "--index-version", version, split});
  commit_index(repo);
  for (int round = 0; round < 12; ++round) {
    CAPTURE(version, split, round);
    for (size_t i = random() % 6; i > 0; --i) change_something(repo, random);
    // Now and then git works out all trees, as it does before a hook.
    if (random() % 2 == 0) repo.git({"write-tree"});
    const Staged staged = staged_in(repo, {"HEAD"});
    const Difference expected = difference_by_git(repo, "HEAD");
    CHECK(staged.files == expected.files);
    CHECK(staged.removed == expected.removed);
    CHECK(staged.problems.empty());
    if (random() % 3 == 0) commit_index(repo);
  }
}

TEST_CASE("new names are those that the parent has not", "[git][staged]") {
  const GitFixture repo;
  for (const char* path : {"a/b/c", "a.b", "x"}) repo.write(path, path);
  repo.git({"add", "-A"});
  commit_index(repo);
  for (const char* path : {"a/b/d", "a/e", "new/way/down", "x"}) {
    repo.write(path, "other");
  }
  repo.git({"add", "-A"});
  const Staged staged = staged_in(repo, {"HEAD"});
  CHECK(staged.names == new_names_by_git(repo, "HEAD"));
  CHECK(staged.names.contains("new/way"));
  CHECK_FALSE(staged.names.contains("x"));
}

TEST_CASE("a file in a folder's place is no new name", "[git][staged]") {
  const GitFixture repo;
  repo.write("place/file", "one");
  repo.git({"add", "-A"});
  commit_index(repo);
  repo.git({"rm", "-rq", "--cached", "place"});
  const std::string id(
      trimmed(repo.git({"hash-object", "-w", "--stdin"}, "two")));
  repo.git({"update-index", "--add", "--cacheinfo", "100644," + id + ",place"});
  const Staged staged = staged_in(repo, {"HEAD"});
  CHECK(staged.names.empty());
  CHECK(staged.files == std::map<std::string, std::string>{{"place", id}});
  CHECK(staged.removed.size() == 1);
}

TEST_CASE("without a parent everything staged is new", "[git][staged]") {
  const GitFixture repo;
  repo.write("a/b", "one");
  repo.write("c", "two");
  repo.git({"add", "-A"});
  const Staged staged = staged_in(repo, {});
  CHECK(staged.files.size() == 2);
  CHECK(staged.names == std::set<std::string>{"a", "a/b", "c"});
}

TEST_CASE("of a merge only what is like in no parent counts", "[git][staged]") {
  const GitFixture repo;
  const auto commit = [&](const std::map<std::string, std::string>& files) {
    for (const auto& [path, bytes] : files) repo.write(path, bytes);
    repo.git({"add", "-A"});
    commit_index(repo);
  };
  commit({{"dir/both", "0"}, {"dir/same", "0"}, {"ours", "0"}});
  repo.git({"checkout", "-q", "-b", "other"});
  commit({{"dir/both", "theirs"}, {"theirs/new", "1"}});
  repo.git({"checkout", "-q", "main"});
  commit({{"dir/both", "ours"}, {"ours", "1"}, {"gone", "1"}});
  repo.git({"merge", "-q", "--no-commit", "-s", "ours", "other"});
  repo.git({"checkout", "other", "--", "theirs"});
  repo.git({"rm", "-q", "gone"});
  repo.write("dir/both", "resolved");
  repo.write("evil", "in neither");
  repo.git({"add", "-A"});

  const Staged staged = staged_in(repo, {"HEAD", "MERGE_HEAD"});
  auto expected = difference_by_git(repo, "HEAD").files;
  const auto second = difference_by_git(repo, "other").files;
  std::erase_if(expected,
                [&](const auto& file) { return !second.contains(file.first); });
  CHECK(staged.files == expected);
  REQUIRE(expected.size() == 2);
  CHECK(expected.contains("dir/both"));
  CHECK(expected.contains("evil"));
  CHECK(staged.names == std::set<std::string>{"evil"});
  CHECK(staged.removed ==
        std::set<std::string>{id_of(repo, "HEAD:gone").hex(HashKind::kSha1)});
}

TEST_CASE("what is only intended to be added is not staged", "[git][staged]") {
  const GitFixture repo;
  repo.write("file", "one");
  repo.git({"add", "-A"});
  commit_index(repo);
  repo.write("later", "two");
  repo.git({"add", "--intent-to-add", "later"});
  CHECK(staged_in(repo, {"HEAD"}).files.empty());
}

TEST_CASE("folders outside of a sparse index are compared by their trees",
          "[git][staged]") {
  const GitFixture repo;
  for (const char* path : {"in/a", "out/b", "out/deep/c", "out2/d"}) {
    repo.write(path, path);
  }
  repo.git({"add", "-A"});
  commit_index(repo);
  repo.write("out/deep/c", "changed");
  repo.git({"rm", "-q", "out/b"});
  repo.git({"add", "-A"});
  commit_index(repo);
  repo.git({"sparse-checkout", "set", "--cone", "--sparse-index", "in"});
  REQUIRE(split_nul(repo.git({"ls-files", "-z", "--sparse"})).size() == 3);
  CHECK(staged_in(repo, {"HEAD"}).files.empty());
  // The folder's tree is another one than this parent's.
  const Staged staged = staged_in(repo, {"HEAD~1"});
  const Difference expected = difference_by_git(repo, "HEAD~1");
  CHECK(staged.files == expected.files);
  CHECK(staged.removed == expected.removed);
  CHECK(expected.files.size() == 1);
}

TEST_CASE("a parent that is not there is named, and all counts as new",
          "[git][staged]") {
  const GitFixture repo;
  repo.write("file", "one");
  repo.git({"add", "-A"});
  commit_index(repo);
  const std::string tree(trimmed(repo.git({"rev-parse", "HEAD^{tree}"})));
  repo.git({"update-index", "--index-version", "4"});
  std::string object = repo / ".git/objects/";
  object += tree.substr(0, 2) + "/" + tree.substr(2);
  REQUIRE(std::remove(object.c_str()) == 0);
  const Staged staged = staged_in(repo, {"HEAD"});
  CHECK(staged.files.size() == 1);
  REQUIRE(staged.problems.size() == 1);
  CHECK(staged.problems[0].reason == SkipReason::kMissingObject);
  CHECK(staged.problems[0].name == tree);
}

TEST_CASE("a ref is read by itself as among all", "[git][refs]") {
  const std::string format = GENERATE("loose", "packed");
  CAPTURE(format);
  const GitFixture repo;
  CHECK_FALSE(read_ref(*open_repository(repo.path()), "HEAD"));
  repo.write("file", "one");
  repo.git({"add", "-A"});
  commit_index(repo);
  repo.git({"branch", "m"});
  repo.git({"tag", "-am", "t", "tag"});
  if (format == "packed") repo.git({"pack-refs", "--all"});
  const Repository repository = *open_repository(repo.path());
  const RefSet all = read_refs(repository);
  REQUIRE(all.refs.size() == 4);
  for (const Ref& ref : all.refs) {
    CAPTURE(ref.name);
    CHECK(read_ref(repository, ref.name) == ref.id);
  }
  CHECK_FALSE(read_ref(repository, "refs/heads/none"));
  CHECK_FALSE(read_ref(repository, "refs/heads"));
}
