// Who brought a secret in, who took it out and what still leads to it: the
// program against what git says of the same repository.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <tuple>

#include "cli/history.h"
#include "cli/program.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/git_fixture.h"
#include "support/random.h"

using namespace leaksift;

namespace {

using Names = std::set<std::string>;
using Tree = std::map<std::string, std::string>;  // blob by path
using Change = std::tuple<std::string, std::string, std::string>;

constexpr size_t kCommits = 70;

Lines lines_in(const std::string& text) {
  Lines lines;
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

// A repository as git shows it, every commit of it.
struct Known {
  std::map<std::string, Lines> parents;
  std::map<std::string, Tree> trees;
  std::map<std::string, std::string> blobs;

  explicit Known(const GitFixture& repo) {
    const std::string all =
        repo.git({"cat-file", "--batch-all-objects",
                  "--batch-check=%(objectname) %(objecttype)"});
    for (const std::string& line : lines_in(all)) {
      const std::string id = line.substr(0, 40);
      if (line.ends_with("blob")) blobs[id] = repo.git({"cat-file", "-p", id});
      if (!line.ends_with("commit")) continue;
      parents[id] = lines_in(repo.git({"log", "-1", "--format=%P", id}));
      if (!parents[id].empty()) {
        const std::string list = parents[id][0];
        parents[id].clear();
        for (const auto one : split(list, ' ')) parents[id].emplace_back(one);
      }
      for (const std::string& entry :
           split_nul(repo.git({"ls-tree", "-rz", id}))) {
        const size_t tab = entry.find('\t');
        trees[id][entry.substr(tab + 1)] = entry.substr(12, tab - 12);
      }
    }
  }

  template <typename Test>
  bool stands(const std::string& commit, const std::string& path,
              const Test& test) const {
    const auto tree = trees.find(commit);
    if (tree == trees.end()) return false;
    const auto blob = tree->second.find(path);
    return blob != tree->second.end() && test(blob->second);
  }

  // Who adds or removes, at any path, blobs that pass the test.
  template <typename Test>
  std::set<Change> changes(const Test& test) const {
    Names paths;
    for (const auto& [commit, tree] : trees) {
      for (const auto& [path, blob] : tree) paths.insert(path);
    }
    std::set<Change> all;
    for (const auto& [commit, above] : parents) {
      for (const std::string& path : paths) {
        const bool has = stands(commit, path, test);
        const auto had = std::count_if(
            above.begin(), above.end(),
            [&](const std::string& one) { return stands(one, path, test); });
        if (has && had == 0) all.emplace(commit, "added", path);
        const bool all_had = static_cast<size_t>(had) == above.size();
        if (!has && had > 0 && all_had) all.emplace(commit, "removed", path);
      }
    }
    return all;
  }

  bool is_ancestor(const std::string& older, const std::string& commit) const {
    const Lines& above = parents.at(commit);
    return std::any_of(above.begin(), above.end(), [&](const auto& parent) {
      return parent == older || is_ancestor(older, parent);
    });
  }
};

// Commits with up to three parents, whose files are those of a parent but for
// some; merges are evil now and then. They end as refs, stashes, in reflogs or
// nowhere.
std::string wild_history(Random& random) {
  const Lines paths = {"a", "b", "d/a", "d/e/x", "d-x", "z z"};
  const Lines texts = {"",
                       "nothing\n",
                       acme_token(1) + "\n",
                       "more\n" + acme_token(1) + "\n",
                       acme_token(2) + "\n",
                       acme_token(1) + "\n" + acme_token(2) + "\n"};
  std::vector<Tree> trees(1);
  std::string stream;
  for (size_t i = 1; i <= kCommits; ++i) {
    const std::string mark = std::to_string(i);
    stream += "reset refs/heads/r\ncommit refs/heads/r\nmark :" + mark +
              "\nauthor A <a@x> 5 +0000\ncommitter C <c@x> " +
              std::to_string(1'000'000 - random.below(1000)) +
              " +0000\ndata 1\nm\n";
    std::vector<size_t> parents;
    for (uint64_t p = random.below(4); p > 0 && i > 1; --p) {
      const size_t parent = i - 1 - random.below(std::min<size_t>(6, i - 1));
      if (std::find(parents.begin(), parents.end(), parent) == parents.end()) {
        stream += (parents.empty() ? "from :" : "merge :") +
                  std::to_string(parent) + "\n";
        parents.push_back(parent);
      }
    }
    Tree tree;
    for (const std::string& path : paths) {
      if (!parents.empty()) tree[path] = trees[random.pick(parents)][path];
      if (random.one_in(5)) tree[path] = random.pick(texts);
    }
    stream += "deleteall\n";
    for (const auto& [path, text] : tree) {
      if (text.empty()) continue;
      stream += "M 100644 inline \"" + path + "\"\ndata " +
                std::to_string(text.size()) + "\n" + text + "\n";
    }
    trees.push_back(tree);
    const Lines refs = {"refs/heads/main", "refs/heads/x", "refs/tags/t",
                        "refs/other/o",    "refs/notes/n", "refs/stash"};
    stream += "reset " + random.pick(refs) + "\nfrom :" + mark + "\n\n";
  }
  return stream;
}

// What each class of roots reaches, the classes in order.
struct Reached {
  std::vector<std::pair<std::string, Names>> by_class;

  Reached(const GitFixture& repo, const Names& reflogs) {
    Names refs;
    Names notes;
    Names stash;
    for (const std::string& line : lines_in(
             repo.git({"for-each-ref", "--format=%(refname) %(objectname)"}))) {
      const std::string id = line.substr(line.find(' ') + 1);
      const bool is_note = line.starts_with("refs/notes/");
      const bool is_stash = line.starts_with("refs/stash ");
      (is_note ? notes : is_stash ? stash : refs).insert(id);
    }
    add(repo, "history", refs);
    add(repo, "note", notes);
    add(repo, "stash", stash);
    add(repo, "reflog", reflogs);
  }

  void add(const GitFixture& repo, const std::string& name,
           const Names& roots) {
    Arguments command = {"rev-list"};
    command.insert(command.end(), roots.begin(), roots.end());
    const Lines ids = roots.empty() ? Lines() : lines_in(repo.git(command));
    by_class.emplace_back(name, Names(ids.begin(), ids.end()));
  }

  size_t rank(const std::string& commit) const {
    size_t rank = 0;
    while (rank < by_class.size() && !by_class[rank].second.contains(commit)) {
      ++rank;
    }
    return rank;
  }

  std::string name(size_t rank) const {
    return rank < by_class.size() ? by_class[rank].first : "dangling";
  }
};

Lines strings(const nlohmann::json& list) {
  return list.is_array() ? list.get<Lines>() : Lines();
}

struct Checked {
  const GitFixture& repo;
  const Known& known;
  const Reached& reached;
  Names states;

  void check_changes(const nlohmann::json& finding) {
    // Of the two tokens, the one that all of them hold.
    Names blobs;
    for (const auto& one : finding["occurrences"]) {
      blobs.insert(one["blob"].get<std::string>());
    }
    const std::string token =
        std::all_of(blobs.begin(), blobs.end(),
                    [&](const std::string& blob) {
                      return known.blobs.at(blob).find(acme_token(1)) !=
                             std::string::npos;
                    })
            ? acme_token(1)
            : acme_token(2);
    const std::set<Change> expected =
        known.changes([&](const std::string& blob) {
          return known.blobs.at(blob).find(token) != std::string::npos;
        });
    CHECK(finding["change_count"] == expected.size());
    CHECK(finding["changes"].size() == std::min<size_t>(100, expected.size()));
    std::vector<std::string> before;
    std::set<Change> listed;
    for (const auto& one : finding["changes"]) {
      const Change change = {one["commit"], one["change"], one["path"]};
      CHECK(expected.contains(change));
      CHECK(listed.insert(change).second);
      const std::string& commit = std::get<0>(change);
      for (const std::string& other : before) {
        CHECK_FALSE(known.is_ancestor(commit, other));
      }
      if (before.empty() || before.back() != commit) before.push_back(commit);
    }
  }

  void check_occurrence(const nlohmann::json& one) {
    const std::string path = one["path"];
    const std::string blob = one["blob"];
    const std::string commit = one["commit"];
    CAPTURE(path, blob, commit);
    const auto same = [&](const std::string& other) { return other == blob; };
    Names adders;
    for (const auto& [by, kind, where] : known.changes(same)) {
      if (kind == "added" && where == path) adders.insert(by);
    }
    CHECK(adders.contains(commit));
    for (const std::string& other : adders) {
      CHECK(reached.rank(commit) <= reached.rank(other));
      const bool equal = reached.rank(commit) == reached.rank(other);
      if (equal) CHECK_FALSE(known.is_ancestor(other, commit));
    }
    check_refs(one, adders);
    check_state(one, same);
    CHECK(one["author_name"] == "A");
    CHECK(one["committer_name"] == "C");
    CHECK(one["commit_date"].get<std::string>().starts_with("1970-01-12"));
  }

  // In whose history it is there, whoever brought it.
  void check_refs(const nlohmann::json& one, const Names& adders) const {
    std::vector<std::string> command = {"for-each-ref", "--format=%(refname)"};
    for (const std::string& commit : adders) {
      command.push_back("--contains=" + commit);
    }
    const Lines by_git = lines_in(repo.git(command));
    const Lines listed = strings(one.value("refs", nlohmann::json()));
    CHECK(Names(listed.begin(), listed.end()) ==
          Names(by_git.begin(), by_git.end()));
    CHECK(one.value("ref_count", size_t{0}) == by_git.size());
  }

  template <typename Same>
  void check_state(const nlohmann::json& one, const Same& same) {
    const std::string path = one["path"];
    const bool in_head = known.stands(id_of(repo, "HEAD"), path, same);
    bool in_tips = in_head;
    for (const std::string& ref :
         lines_in(repo.git({"for-each-ref", "--format=%(refname)"}))) {
      const bool counts =
          !ref.starts_with("refs/notes/") && ref != "refs/stash";
      in_tips |= counts && known.stands(id_of(repo, ref), path, same);
    }
    CHECK(one["in_head"] == in_head);
    CHECK(one["in_tips"] == in_tips);
    const std::string state = in_head ? "head"
                              : in_tips
                                  ? "tip"
                                  : reached.name(reached.rank(one["commit"]));
    CHECK(one["state"] == state);
    states.insert(state);
  }
};

}  // namespace

TEST_CASE("attribution is what git's commits and trees say",
          "[cli][attribution]") {
  Random random(GENERATE(uint64_t{11}, uint64_t{12}, uint64_t{13}));
  const GitFixture repo;
  repo.git({"fast-import", "--quiet", "--force"}, wild_history(random));
  // A line of a reflog names what was there and what came.
  const std::string old = id_of(repo, "refs/heads/x");
  const std::string remembered = id_of(repo, "refs/heads/r");
  repo.git({"update-ref", "-d", "refs/heads/r"});
  repo.git({"update-ref", "--create-reflog", "refs/heads/x", remembered});
  repo.git({"update-ref", "refs/heads/x", "main"});
  const Known known(repo);
  const Reached reached(repo, {old, remembered});
  const Reported r = report({"history", repo.path()});
  CHECK(r.findings.size() == 2);
  Checked check{repo, known, reached, {}};
  for (const auto& finding : r.findings) {
    check.check_changes(finding);
    for (const auto& one : finding["occurrences"]) check.check_occurrence(one);
  }
  CHECK(check.states.size() >= 4);
}

TEST_CASE("a rename, a revert and an evil merge are told by what they change",
          "[cli][attribution]") {
  const GitFixture repo;
  const auto commit = [&](const std::string& message) {
    repo.git({"add", "-A"});
    repo.git({"commit", "-q", "--allow-empty", "-m", message});
    return id_of(repo, "HEAD");
  };
  using Expected = std::vector<Change>;
  repo.write("old", acme_token(1) + "\n");
  const std::string first = commit("added");
  repo.write("old", "another version\n" + acme_token(1) + "\n");
  commit("neither");
  repo.git({"mv", "old", "new"});
  const std::string renamed = commit("renamed");
  repo.git({"rm", "-q", "new"});
  const std::string gone = commit("removed");
  repo.git({"revert", "--no-edit", "HEAD"});
  const std::string reverted = id_of(repo, "HEAD");
  repo.git({"checkout", "-q", "-b", "side"});
  repo.git({"rm", "-q", "new"});
  const std::string on_side = commit("removed on a side");
  repo.git({"checkout", "-q", "main"});
  commit("meanwhile");
  repo.git({"merge", "-q", "--no-ff", "-m", "takes the removal over", "side"});
  repo.write("new", acme_token(1) + "\n");
  const std::string again = commit("again");
  repo.git({"checkout", "-q", "-b", "other"});
  commit("beside");
  repo.git({"checkout", "-q", "main"});
  commit("meanwhile");
  repo.git({"merge", "-q", "--no-ff", "--no-commit", "other"});
  repo.git({"rm", "-q", "-f", "new"});
  const std::string evil = commit("an evil merge");
  const Expected expected = {
      {first, "added", "old"},     {renamed, "added", "new"},
      {renamed, "removed", "old"}, {gone, "removed", "new"},
      {reverted, "added", "new"},  {on_side, "removed", "new"},
      {again, "added", "new"},     {evil, "removed", "new"}};
  const Reported r = report({"history", repo.path()});
  REQUIRE(r.findings.size() == 1);
  Expected listed;
  for (const auto& one : r.findings[0]["changes"]) {
    listed.emplace_back(one["commit"], one["change"], one["path"]);
  }
  CHECK(listed == expected);
  CHECK(r.findings[0]["state"] == "tip");  // of the branch beside
  CHECK(r.findings[0]["introduced"]["commit"] == first);
}

TEST_CASE("what came to HEAD and to a pull request apart is reached by both",
          "[cli][attribution]") {
  const GitFixture repo;
  repo.write("a", "1\n");
  commit_all(repo, "first");
  repo.git({"checkout", "-q", "--detach"});
  repo.write("f", acme_token(1) + "\n");
  const std::string requested = commit_all(repo, "requested");
  repo.git({"update-ref", "refs/pull/7/head", "HEAD"});
  repo.git({"checkout", "-q", "main"});
  repo.write("a", "2\n");
  commit_all(repo, "meanwhile");
  repo.write("f", acme_token(1) + "\n");
  repo.git({"add", "-A"});
  const bool squashed_later = GENERATE(true, false);
  if (squashed_later) commit_all(repo, "squashed");

  const Reported r = report({"history", repo.path()});
  REQUIRE(r.findings.size() == 1);
  const nlohmann::json& one = r.findings[0]["occurrences"][0];
  if (squashed_later) {
    CHECK(one["in_head"] == true);
    CHECK(one["refs"] == nlohmann::json{"refs/heads/main", "refs/pull/7/head"});
    CHECK(one["ref_count"] == 2);
  } else {
    CHECK(one["commit"] == requested);
    CHECK(one["in_head"] == false);
    CHECK(one["refs"] == nlohmann::json{"refs/pull/7/head"});
  }
}

TEST_CASE("grafts and replaced objects do not rewrite what happened",
          "[cli][attribution]") {
  const GitFixture repo;
  repo.git({"commit", "-q", "--allow-empty", "-m", "root"});
  const std::string root = id_of(repo, "HEAD");
  repo.write("a", acme_token(1) + "\n");
  repo.git({"add", "-A"});
  repo.git({"commit", "-q", "-m", "added"});
  const std::string added = id_of(repo, "HEAD");
  repo.git({"commit", "-q", "--allow-empty", "-m", "later"});
  const std::string later = id_of(repo, "HEAD");
  repo.git({"replace", added, root});
  std::filesystem::create_directories(repo / ".git/info");
  std::ofstream(repo / ".git/info/grafts") << later << "\n";
  const Reported r = report({"history", repo.path()});
  REQUIRE(r.findings.size() == 1);
  CHECK(r.findings[0]["introduced"]["commit"] == added);
  REQUIRE(r.findings[0]["changes"].size() == 1);
  CHECK(r.findings[0]["changes"][0]["commit"] == added);
  CHECK(repo.git({"log", "--format=%s", "--", "a"}) == "later\n");
}

TEST_CASE("objects without a commit are told by what names them",
          "[cli][attribution]") {
  const GitFixture repo;
  const auto stored = [&](unsigned token) {
    return std::string(trimmed(
        repo.git({"hash-object", "-w", "--stdin"}, acme_token(token) + "\n")));
  };
  const auto state_of = [&](const Reported& r, const std::string& blob) {
    for (const auto& finding : r.findings) {
      if (finding["occurrences"][0]["blob"] == blob) return finding;
    }
    return nlohmann::json();
  };
  repo.git({"commit", "-q", "--allow-empty", "-m", "root"});
  const std::string tagged = stored(1);
  repo.git({"tag", "-am", "m", "blob", tagged});
  const std::string lost = stored(2);
  const std::string in_tree = stored(3);
  const std::string tree = std::string(
      trimmed(repo.git({"mktree"}, "100644 blob " + in_tree + "\tf\n")));
  repo.git({"update-ref", "refs/tags/tree", tree});
  repo.git({"tag", "-am", acme_token(4), "message"});
  const std::string message = id_of(repo, "message");
  repo.git({"tag", "-am", acme_token(5), "gone"});
  const std::string gone = id_of(repo, "gone");
  repo.git({"tag", "-d", "gone"});

  const Reported r = report({"history", repo.path()});
  REQUIRE(r.findings.size() == 5);
  CHECK(state_of(r, tagged)["state"] == "tip");
  CHECK(state_of(r, tagged)["occurrences"][0]["refs"] ==
        nlohmann::json{"refs/tags/blob"});
  CHECK(state_of(r, lost)["state"] == "dangling");
  CHECK(state_of(r, in_tree)["state"] == "tip");
  CHECK(state_of(r, in_tree)["occurrences"][0]["path"] == "f");
  CHECK(state_of(r, message)["state"] == "tip");
  CHECK(state_of(r, gone)["state"] == "dangling");
}
