#include <algorithm>
#include <filesystem>

#include "cli/push_fixture.h"
#include "support/catch.h"
#include "support/git/pack_writer.h"

// Where a server keeps its objects, and what it may be sent.

namespace leaksift {
namespace {

namespace fs = std::filesystem;

// A pool that forks share, and that has what another fork was sent.
std::string pool_of_forks(const PushFixture& f, const std::string& name) {
  const std::string pool = f.client().around() / name;
  f.client().git({"init", "-q", "--bare", pool});
  f.client().git({"push", "-q", pool, "main:refs/forks/7/main"});
  return pool;
}

TEST_CASE("what only a fork had is new to this repository", "[pre-receive]") {
  PushFixture f;
  f.commit("a.txt", "clean\n");
  f.store({"main"});
  const std::string bad = f.commit("a.txt", "clean\n" + f.secret() + "\n");
  const std::string pool = pool_of_forks(f, "pool.git");
  f.client().around().write("srv.git/objects/info/alternates",
                            pool + "/objects\n");
  // The server has the objects already, and says so.
  f.ask({"cat-file", "-e", bad});
  f.blocks({"main"}, {introduced("a.txt", 2, bad)});
  f.client().git({"reset", "-q", "--hard", "HEAD~1"});
  f.commit("a.txt", "clean\nmore\n");
  f.passes({"main"});
}

TEST_CASE("a repository whose path has ':' and '\"' in it is found again",
          "[pre-receive]") {
  PushFixture f({}, "s:r\"v\\.git");
  const std::string old = f.secret();
  f.commit("a.txt", old + "\n");
  f.store({"main"});
  f.commit("a.txt", "above\n" + old + "\n");
  f.passes({"main"}, 1);
  const std::string bad = f.commit("b.txt", f.secret() + "\n");
  f.blocks({"main"}, {introduced("b.txt", 1, bad)});
}

TEST_CASE("a file that is too large to be held is scanned, packed or loose",
          "[pre-receive]") {
  PushFixture f;
  // An object may take a quarter of it.
  f.set_policy("memory_mib = 32");
  f.configure("receive.unpackLimit", GENERATE("1", "1000"));
  std::string text;
  while (text.size() < 9 << 20) text += "some text that is long\n";
  const auto lines =
      static_cast<unsigned>(std::count(text.begin(), text.end(), '\n'));
  // Among many files, all are decoded at once.
  const unsigned more = GENERATE(0U, 100U);
  for (unsigned i = 0; i < more; ++i) {
    f.client().write(std::to_string(i), std::to_string(i));
  }
  const std::string old = f.secret();
  std::string added = f.commit("big.txt", text + old + "\n");
  f.blocks({"main"}, {introduced("big.txt", lines + 1, added)});
  // What it had before is known, however large it was.
  f.store({"main"});
  f.commit("big.txt", "above\n" + text + old + "\n");
  f.passes({"main"}, 1);
  added = f.commit("big.txt", text + f.secret() + "\n" + old + "\n");
  f.blocks({"main"}, {introduced("big.txt", lines + 1, added)});
}

TEST_CASE("a SHA-256 repository is guarded alike", "[pre-receive]") {
  PushFixture f({"--object-format=sha256"});
  const std::string old = f.secret();
  f.commit("a.txt", old + "\n");
  f.store({"main"});
  f.commit("a.txt", "above\n" + old + "\n");
  f.passes({"main"}, 1);
  const std::string bad = f.commit("b.txt", f.secret() + "\n");
  CHECK(bad.size() == 64);
  f.blocks({"main"}, {introduced("b.txt", 1, bad)});
  f.client().git({"reset", "-q", "--hard", "HEAD~1"});
  f.client().git({"tag", "-a", "-m", f.secret(), "v1"});
  f.blocks({"v1"}, {introduced("tag", 6, "-")});
}

// A clone without a past.
struct Shallow : PushFixture {
  Shallow() {
    commit("old.txt", secret() + "\n");
    commit("a.txt", "one\n");
    commit("a.txt", "two\n");
    store({"main"});
    client().git({"clone", "-q", "--depth", "1", "file://" + server(), clone});
  }
  std::string commit_there(const std::string& text) const {
    client().around().write("clone/a.txt", text);
    client().git_in(clone, {"commit", "-q", "-a", "-m", "from a clone"});
    return std::string(trimmed(client().git_in(clone, {"rev-parse", "HEAD"})));
  }
  const std::string clone = client().around() / "clone";
};

TEST_CASE("a shallow clone pushes what it adds", "[pre-receive]") {
  Shallow f;
  f.commit_there("two\nthree\n");
  const Pushed clean = f.push({"main"}, {}, f.clone);
  CHECK(clean.verdict() == "clean");
  CHECK(clean.audit["objects"]["commits"] == 1);
  const std::string bad = f.commit_there("two\n" + f.secret() + "\n");
  const Pushed pushed = f.push({"main"}, {}, f.clone);
  CHECK(pushed.verdict() == "block");
  CHECK(pushed.found() == Lines{introduced("a.txt", 2, bad)});
}

TEST_CASE("a shallow push into a server without its past brings all it has",
          "[pre-receive]") {
  Shallow f;
  f.ask({"update-ref", "-d", "refs/heads/main"});
  fs::remove_all(f.server() + "/objects");
  fs::create_directories(f.server() + "/objects");
  const std::string tip = f.commit_there("two\nthree\n");
  const bool lets_it = GENERATE(false, true);
  f.configure("receive.shallowUpdate", lets_it ? "true" : "false");
  const Pushed pushed = f.push({"main"}, {.counts = false}, f.clone);
  CHECK(pushed.verdict() == "block");
  CHECK(pushed.found() ==
        Lines{introduced("old.txt", 1, id_of(f.client(), "main"))});
  // What git does not let in, though it runs the hook, is not whole.
  CHECK(pushed.audit["troubles"].empty() == lets_it);
  if (lets_it) CHECK(pushed.audit["objects"]["commits"] == 2);
}

TEST_CASE("a deferred push that git refuses behind the hook is let go of",
          "[pre-receive]") {
  Shallow f;
  f.ask({"update-ref", "-d", "refs/heads/main"});
  fs::remove_all(f.server() + "/objects");
  fs::create_directories(f.server() + "/objects");
  f.commit_there("two\nthree\n");
  f.configure("receive.shallowUpdate", "false");
  f.set_policy("deadline_ms = 1\non_timeout = \"defer\"");
  const Pushed pushed =
      f.push({"main"}, {.counts = false, .git_agrees = false}, f.clone);
  CHECK(pushed.verdict() == "defer");
  CHECK(pushed.hook_exit == 0);
  CHECK_FALSE(pushed.accepted);
  const std::string spool = f.state() + "/spool";
  CHECK_FALSE(fs::is_empty(spool));
  const Ran ran =
      run_program({"hook", "drain", "--policy", f.policy(), f.server()});
  CAPTURE(ran.out, ran.err);
  CHECK(ran.exit_code == 0);
  CHECK(fs::is_empty(spool));
  CHECK(f.audit().back()["type"] == "push_async");
  CHECK(f.audit().back()["ref_count"] == 0);
}

// A quarantine as git makes it, with what no git would let in.
struct Quarantine {
  explicit Quarantine(PushFixture& f)
      : fixture(f), parent(f.commit("a.txt", "clean\n")) {
    f.store({"main"});
    f.client().around().make_directory("srv.git/objects/tmp_objdir/pack");
  }
  void write(const PackWriter& pack) const {
    pack.write(fixture.client().around(),
               "srv.git/objects/tmp_objdir/pack/pack-1");
  }
  // The commit of a tree, on what is there.
  std::string commit(PackWriter& pack, const std::string& tree) const {
    const std::string text =
        "tree " + tree + "\nparent " + parent +
        "\nauthor A <a@x> 1700000000 +0000\ncommitter A <a@x> 1700000000 "
        "+0000\n\nforged\n";
    pack.add(ObjectType::kCommit, text);
    return id_of(ObjectType::kCommit, text).hex(HashKind::kSha1);
  }
  Pushed judge(const std::string& commit) const {
    fixture.set("GIT_QUARANTINE_PATH",
                fixture.server() + "/objects/tmp_objdir");
    fixture.set("GIT_OBJECT_DIRECTORY",
                fixture.server() + "/objects/tmp_objdir");
    fixture.set("GIT_ALTERNATE_OBJECT_DIRECTORIES",
                fixture.server() + "/objects");
    return fixture.run_hook(parent + " " + commit + " refs/heads/main\n");
  }
  PushFixture& fixture;
  const std::string parent;
};

std::string tree_entry(const std::string& name, const ObjectId& id,
                       const std::string& mode = "100644") {
  return mode + " " + name + '\0' + std::string(id.raw(HashKind::kSha1));
}

TEST_CASE("an object that cannot be read is what the policy says of a part",
          "[pre-receive]") {
  const std::string fallback = GENERATE("block", "defer", "allow");
  PushFixture f;
  f.set_policy("on_partial = \"" + fallback + "\"");
  const Quarantine quarantine(f);
  PackWriter pack;
  const std::string text = "text that nobody will read\n";
  const ObjectId broken = id_of(ObjectType::kBlob, text);
  pack.add_bytes(broken, PackWriter::entry_header(3, text.size()) + "no zlib");
  const std::string tree = tree_entry("broken.txt", broken);
  pack.add(ObjectType::kTree, tree);
  const std::string commit = quarantine.commit(
      pack, id_of(ObjectType::kTree, tree).hex(HashKind::kSha1));
  quarantine.write(pack);
  const Pushed judged = quarantine.judge(commit);
  CHECK(judged.hook_exit == (fallback == "block" ? 1 : 0));
  CHECK(judged.verdict() == fallback);
  REQUIRE(judged.audit["skipped"].size() == 1);
  CHECK(judged.audit["skipped"][0]["name"] == broken.hex(HashKind::kSha1));
  CHECK(judged.told.find(broken.hex(HashKind::kSha1)) != std::string::npos);
  CHECK(judged.audit["deferred"].get<std::string>().empty() ==
        (fallback != "defer"));
}

TEST_CASE("a secret beside an object that cannot be read blocks",
          "[pre-receive]") {
  PushFixture f;
  f.set_policy("on_partial = \"allow\"");
  const Quarantine quarantine(f);
  PackWriter pack;
  const ObjectId broken = id_of(ObjectType::kBlob, "never read");
  pack.add_bytes(broken, PackWriter::entry_header(3, 10) + "no zlib");
  const std::string text = f.secret() + "\n";
  pack.add(ObjectType::kBlob, text);
  const std::string tree = tree_entry("a.txt", broken) +
                           tree_entry("b.txt", id_of(ObjectType::kBlob, text));
  pack.add(ObjectType::kTree, tree);
  const std::string commit = quarantine.commit(
      pack, id_of(ObjectType::kTree, tree).hex(HashKind::kSha1));
  quarantine.write(pack);
  const Pushed judged = quarantine.judge(commit);
  CHECK(judged.hook_exit == 1);
  CHECK(judged.found() == Lines{introduced("b.txt", 1, commit)});
}

TEST_CASE("an object that arrives beside the push is told of, and blocks none",
          "[pre-receive]") {
  PushFixture f;
  const Quarantine quarantine(f);
  PackWriter pack;
  const std::string text = "x\n" + f.secret() + "\n";
  pack.add(ObjectType::kBlob, text);
  const std::string empty_tree;
  pack.add(ObjectType::kTree, empty_tree);
  const std::string commit = quarantine.commit(
      pack, id_of(ObjectType::kTree, empty_tree).hex(HashKind::kSha1));
  quarantine.write(pack);
  const Pushed judged = quarantine.judge(commit);
  CHECK(judged.hook_exit == 0);
  CHECK(judged.verdict() == "warn");
  CHECK(judged.found() == Lines{"stray blob:2 in -"});
  CHECK(judged.audit["objects"]["strays"] == 1);
}

// A commit on main whose tree has 10^12 files, all the same.
std::string tree_bomb(PushFixture& f) {
  std::string object = std::string(trimmed(
      f.client().git({"hash-object", "-w", "--stdin"}, f.secret() + "\n")));
  std::string kind = "100644 blob ";
  for (unsigned depth = 0; depth < 12; ++depth) {
    std::string tree;
    for (unsigned i = 0; i < 10; ++i) {
      tree += kind + object + "\tn" + std::to_string(i) + "\n";
    }
    object = std::string(trimmed(f.client().git({"mktree"}, tree)));
    kind = "040000 tree ";
  }
  return std::string(trimmed(
      f.client().git({"commit-tree", "-p", "main", "-m", "bomb", object})));
}

TEST_CASE("a tree that unfolds into billions of files ends in time",
          "[pre-receive]") {
  PushFixture f;
  f.set_policy(
      "deadline_ms = 700\non_timeout = \"block\"\n"
      "on_partial = \"block\"");
  f.commit("a.txt", "clean\n");
  f.store({"main"});
  const Pushed pushed =
      f.push({tree_bomb(f) + ":refs/heads/main"}, {.counts = false});
  CHECK(pushed.verdict() == "block");
  CHECK(pushed.audit["ms"] < 3000);
}

TEST_CASE(
    "of a history that is too long for the deadline the newest part is "
    "scanned",
    "[pre-receive]") {
  PushFixture f;
  f.set_policy("deadline_ms = 6000\non_timeout = \"allow\"");
  f.commit("a.txt", "clean\n");
  f.store({"main"});
  const std::string bomb = tree_bomb(f);
  f.client().git({"checkout", "-q", "-b", "next"});
  f.client().git({"reset", "-q", "--soft", bomb});
  const std::string newest = f.commit("b.txt", f.secret() + "\n");
  const Pushed pushed =
      f.push({newest + ":refs/heads/main"}, {.counts = false});
  CHECK(pushed.verdict() == "block");
  const Lines found = pushed.found();
  CHECK(std::count(found.begin(), found.end(),
                   introduced("b.txt", 1, newest)) == 1);
}

}  // namespace
}  // namespace leaksift
