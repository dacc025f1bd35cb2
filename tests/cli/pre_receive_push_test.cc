#include <algorithm>

#include "cli/push_fixture.h"
#include "support/catch.h"
#include "support/import_stream.h"
#include "support/random.h"

// Pushes of all shapes: what each brings, and what was there before it.

namespace leaksift {
namespace {

// A thousand lines or so that are nobody's secret.
std::string filler(unsigned seed) {
  std::string text;
  for (unsigned i = 0; i < 200; ++i) {
    text += "line " + std::to_string(seed * 1000 + i) + " of some text\n";
  }
  return text;
}

void checkout(const PushFixture& f, const Arguments& what) {
  Arguments command = {"checkout", "-q"};
  command.insert(command.end(), what.begin(), what.end());
  f.client().git(command);
}

// "base" is on the server, with two branches that go on from it.
struct Forked {
  explicit Forked(PushFixture& f) {
    f.commit("shared.txt", "base\n");
    for (const char* branch : {"left", "right"}) {
      checkout(f, {"-b", branch, "main"});
      f.commit(std::string(branch) + ".txt", "old " + f.secret() + "\n");
    }
    f.store({"main", "left", "right"});
  }
};

TEST_CASE("a first push of a whole history is judged as a whole",
          "[pre-receive]") {
  PushFixture f;
  f.commit("a.txt", "nothing here\n");
  const std::string bad = f.commit("b/c.txt", "x\ny\n" + f.secret() + "\n");
  const std::string worse = f.commit("b/c.txt", f.secret() + "\n");
  f.commit("b/c.txt", "gone again\n");
  f.blocks({"main"},
           {introduced("b/c.txt", 3, bad), introduced("b/c.txt", 1, worse)});
}

TEST_CASE("a small push passes, and the next one is blocked for its own secret",
          "[pre-receive]") {
  PushFixture f;
  f.commit("a.txt", "one\n");
  f.passes({"main"});
  f.commit("a.txt", "two\n");
  f.passes({"main"});
  const std::string bad = f.commit("a.txt", "two\n" + f.secret() + "\n");
  f.blocks({"main"}, {introduced("a.txt", 2, bad)});
}

TEST_CASE("an edit beside an old secret is not blocked for it",
          "[pre-receive]") {
  PushFixture f;
  const std::string old = f.secret();
  f.commit("a.txt", old + "\n");
  f.store({"main"});
  f.commit("a.txt", "above\n" + old + "\nbelow\n");
  f.passes({"main"}, 1);
  const std::string bad =
      f.commit("a.txt", "above\n" + old + "\n" + f.secret() + "\n");
  f.blocks({"main"}, {introduced("a.txt", 3, bad)});
}

TEST_CASE("a thin push of 130 edits brings no old secret of the files",
          "[pre-receive]") {
  const bool with_new = GENERATE(false, true);
  PushFixture f;
  // Deltas against what the server has, whose bases it then appends to the
  // pack: they are no part of the push.
  std::string old[130];
  for (unsigned i = 0; i < 130; ++i) {
    old[i] = filler(i) + f.secret() + "\n";
    f.client().write("d/" + std::to_string(i) + ".txt", old[i]);
  }
  commit_all(f.client(), "old secrets");
  f.store({"main"});
  for (unsigned i = 0; i < 130; ++i) {
    f.client().write("d/" + std::to_string(i) + ".txt",
                     old[i] + "another line\n");
  }
  if (with_new) f.client().write("d/7.txt", old[7] + f.secret() + "\n");
  const std::string edits = commit_all(f.client(), "130 edits");
  if (with_new) {
    f.blocks({"--thin", "main"}, {introduced("d/7.txt", 202, edits)});
  } else {
    f.passes({"--thin", "main"}, 130);
  }
}

TEST_CASE("a rebased branch is not blocked for what it had before",
          "[pre-receive]") {
  PushFixture f;
  f.commit("shared.txt", "base\n");
  f.store({"main"});
  checkout(f, {"-b", "topic"});
  const std::string old = f.secret();
  f.commit("topic.txt", old + "\n");
  f.store({"topic"});
  checkout(f, {"main"});
  f.commit("shared.txt", "base has moved\n");
  f.store({"main"});
  checkout(f, {"topic"});
  f.client().git({"rebase", "-q", "main"});
  SECTION("as it was") {
    f.passes({"-f", "topic"}, 1);
  }
  SECTION("with a new secret") {
    const std::string bad = f.commit("topic.txt", old + "\n" + f.secret());
    f.blocks({"-f", "topic"}, {introduced("topic.txt", 2, bad)});
  }
}

TEST_CASE("a commit that was taken back blocks when it comes again",
          "[pre-receive]") {
  PushFixture f;
  f.commit("a.txt", "clean\n");
  f.store({"main"});
  const std::string bad = f.commit("a.txt", "clean\n" + f.secret() + "\n");
  f.store({"main"});
  // The server keeps its objects, but no ref leads to them any more.
  f.store({"-f", "main~1:main"});
  f.ask({"cat-file", "-e", bad});
  f.blocks({"main"}, {introduced("a.txt", 2, bad)});
  f.blocks({"main:other"}, {introduced("a.txt", 2, bad)});
}

TEST_CASE("a stored blob that no ref reaches is new to the commit that uses it",
          "[pre-receive]") {
  PushFixture f;
  f.commit("a.txt", "clean\n");
  f.store({"main"});
  f.commit("a.txt", "clean\n" + f.secret() + "\n");
  f.store({"main"});
  f.store({"-f", "main~1:main"});
  f.client().git({"commit", "-q", "--amend", "-m", "the same blob again"});
  const std::string amended = id_of(f.client(), "HEAD");
  f.blocks({"main"}, {introduced("a.txt", 2, amended)});
}

TEST_CASE("a new branch on an old commit brings nothing", "[pre-receive]") {
  PushFixture f;
  f.commit("a.txt", f.secret() + "\n");
  f.commit("b.txt", "clean\n");
  f.store({"main"});
  f.passes({"main~1:refs/heads/older"});
  CHECK(f.audit().back()["objects"]["commits"] == 0);
  CHECK(f.audit().back()["objects"]["scanned"] == 0);
}

TEST_CASE("a merge does not bring what its sides had", "[pre-receive]") {
  PushFixture f;
  const Forked forked(f);
  checkout(f, {"left"});
  SECTION("of two") {
    f.client().git({"merge", "-q", "--no-edit", "right"});
    f.passes({"left"});
  }
  SECTION("of three: an octopus") {
    checkout(f, {"-b", "third", "main"});
    f.commit("third.txt", "clean\n");
    checkout(f, {"left"});
    f.client().git({"merge", "-q", "-m", "octopus", "right", "third"});
    f.passes({"left"});
  }
  SECTION("with a secret in neither: an evil merge") {
    f.client().git({"merge", "-q", "--no-commit", "right"});
    f.client().write("shared.txt", "base\n" + f.secret() + "\n");
    f.client().git({"commit", "-q", "-a", "-m", "evil"});
    f.blocks({"left"},
             {introduced("shared.txt", 2, id_of(f.client(), "HEAD"))});
  }
  SECTION("with a secret in none of three: an evil octopus") {
    checkout(f, {"-b", "third", "main"});
    f.commit("third.txt", "clean\n");
    checkout(f, {"left"});
    f.client().git({"merge", "-q", "--no-commit", "right", "third"});
    f.client().write("third.txt", f.secret() + "\n");
    f.client().git({"commit", "-q", "-a", "-m", "evil"});
    f.blocks({"left"}, {introduced("third.txt", 1, id_of(f.client(), "HEAD"))});
  }
}

TEST_CASE("a merge that joins both sides of a file brings neither's secret",
          "[pre-receive]") {
  PushFixture f;
  const std::string middle = filler(1);
  f.commit("a.txt", "top\n" + middle + "end\n");
  const std::string left = f.secret();
  const std::string right = f.secret();
  checkout(f, {"-b", "left"});
  f.commit("a.txt", left + "\n" + middle + "end\n");
  checkout(f, {"-b", "right", "main"});
  f.commit("a.txt", "top\n" + middle + right + "\n");
  f.store({"main", "left", "right"});
  checkout(f, {"left"});
  f.client().git({"merge", "-q", "--no-edit", "right"});
  f.passes({"left"}, 2);
}

TEST_CASE("a merge of a side that comes along blocks for that side's commit",
          "[pre-receive]") {
  PushFixture f;
  f.commit("shared.txt", "base\n");
  f.store({"main"});
  checkout(f, {"-b", "side"});
  const std::string bad = f.commit("side.txt", f.secret() + "\n");
  checkout(f, {"main"});
  f.commit("shared.txt", "moved\n");
  f.client().git({"merge", "-q", "--no-edit", "side"});
  f.blocks({"main"}, {introduced("side.txt", 1, bad)});
}

TEST_CASE("a secret that a revert brings back is introduced again",
          "[pre-receive]") {
  PushFixture f;
  f.commit("a.txt", "clean\n");
  f.commit("a.txt", "clean\n" + f.secret() + "\n");
  f.commit("a.txt", "clean\nwithout\n");
  f.store({"main"});
  f.client().git({"revert", "--no-edit", "HEAD"});
  f.blocks({"main"}, {introduced("a.txt", 2, id_of(f.client(), "HEAD"))});
}

TEST_CASE("a file that moves takes its old secrets along", "[pre-receive]") {
  PushFixture f;
  const std::string text = filler(1) + f.secret() + "\n";
  f.commit("a.txt", text);
  f.store({"main"});
  f.client().git({"mv", "a.txt", "b.txt"});
  SECTION("as it is") {
    commit_all(f.client(), "moved");
    f.passes({"main"}, 1);
  }
  SECTION("with an edit") {
    f.commit("b.txt", "above\n" + text);
    f.passes({"main"}, 1);
  }
  SECTION("with an edit that brings another") {
    const std::string bad = f.commit("b.txt", text + f.secret() + "\n");
    f.blocks({"main"}, {introduced("b.txt", 202, bad)});
  }
  SECTION("with its folder") {
    commit_all(f.client(), "moved");
    f.store({"main"});
    f.client().git({"mv", "b.txt", "c.txt"});
    commit_all(f.client(), "moved again");
    f.passes({"main"}, 1);
  }
}

TEST_CASE("a folder that moves takes its old secrets along", "[pre-receive]") {
  PushFixture f;
  f.client().write("old/x/a.txt", f.secret() + "\n");
  f.commit("old/b.txt", f.secret() + "\n");
  f.store({"main"});
  f.client().git({"mv", "old", "new"});
  commit_all(f.client(), "moved");
  f.passes({"main"}, 2);
}

TEST_CASE("a secret that one commit moves between two files is not new",
          "[pre-receive]") {
  PushFixture f;
  const std::string old = f.secret();
  f.client().write("to.txt", "here\n");
  f.commit("from.txt", "one\n" + old + "\n");
  f.store({"main"});
  f.client().write("from.txt", "one\n");
  f.commit("to.txt", "here\n" + old + "\n");
  f.passes({"main"}, 1);
}

TEST_CASE("a secret that is copied to another file is introduced there",
          "[pre-receive]") {
  PushFixture f;
  const std::string old = f.secret();
  f.commit("from.txt", old + "\n");
  f.store({"main"});
  const std::string bad = f.commit("to.txt", "copy\n" + old + "\n");
  f.blocks({"main"}, {introduced("to.txt", 2, bad)});
}

TEST_CASE("a change of mode brings nothing", "[pre-receive]") {
  PushFixture f;
  f.commit("run.sh", f.secret() + "\n");
  f.store({"main"});
  f.client().git({"update-index", "--chmod=+x", "run.sh"});
  f.client().git({"commit", "-q", "-m", "may run"});
  const Pushed pushed = f.push({"main"}, {.counts = false});
  CHECK(pushed.verdict() == "clean");
  CHECK(pushed.found().empty());
}

TEST_CASE("in the mode touched old secrets of changed files block",
          "[pre-receive]") {
  PushFixture f;
  const std::string old = f.secret();
  f.commit("other.txt", f.secret() + "\n");
  f.commit("a.txt", old + "\n");
  f.store({"main"});
  f.set_policy("mode = \"touched\"");
  const std::string edit = f.commit("a.txt", "above\n" + old + "\n");
  f.blocks({"main"}, {"known a.txt:2 in " + edit});
}

TEST_CASE("deletions and pushes of nothing pass", "[pre-receive]") {
  PushFixture f;
  f.commit("a.txt", f.secret() + "\n");
  f.store({"main", "main:one", "main:two"});
  f.passes({":one"});
  CHECK(f.audit().back()["refs"][0]["kind"] == "delete");
  // git does not even run the hook.
  const Pushed nothing = f.push({"main"}, {.audited = false});
  CHECK(nothing.accepted);
  CHECK(f.audit().size() == 1);
  // One of each at once.
  const std::string bad = f.commit("b.txt", f.secret() + "\n");
  f.blocks({":two", "main"}, {introduced("b.txt", 1, bad)});
}

TEST_CASE("500 refs at once are one push", "[pre-receive]") {
  const bool with_secret = GENERATE(false, true);
  PushFixture f;
  ImportStream stream;
  for (unsigned i = 0; i < 500; ++i) {
    std::string text = "text " + std::to_string(i) + "\n";
    if (with_secret && i == 321) text += f.secret() + "\n";
    stream.commit({"refs/heads/b" + std::to_string(i), {}, {{"f.txt", text}}});
  }
  f.client().git({"fast-import", "--quiet"}, stream.text());
  if (with_secret) {
    const std::string bad = id_of(f.client(), "b321");
    f.blocks({"refs/heads/*:refs/heads/*"}, {introduced("f.txt", 2, bad)});
    CHECK(f.refs().empty());
  } else {
    f.passes({"refs/heads/*:refs/heads/*"});
    CHECK(f.refs().size() == 500);
  }
}

TEST_CASE("loose objects and packs are judged alike", "[pre-receive]") {
  const std::string limit = GENERATE("1", "10000");
  PushFixture f;
  f.configure("receive.unpackLimit", limit);
  f.commit("a.txt", filler(1) + f.secret() + "\n");
  f.store({"main"});
  const std::string bad =
      f.commit("b.txt", filler(1) + filler(2) + f.secret() + "\n");
  f.blocks({"main"}, {introduced("b.txt", 401, bad)});
  f.client().git({"reset", "-q", "--hard", "HEAD~1"});
  for (unsigned i = 0; i < 20; ++i) f.commit("b.txt", filler(i));
  f.passes({"main"});
}

TEST_CASE("one secret in many commits is one finding", "[pre-receive]") {
  PushFixture f;
  const std::string secret = f.secret();
  const std::string first = f.commit("a.txt", "1\n" + secret + "\n");
  for (unsigned i = 0; i < 8; ++i) {
    f.commit("a" + std::to_string(i) + ".txt", secret + "\n");
  }
  f.blocks({"main"}, {introduced("a.txt", 2, first)});
  CHECK(f.audit().back()["findings"][0]["places"] == 9);
}

TEST_CASE("of many findings twenty are told, and a thousand written down",
          "[pre-receive]") {
  PushFixture f;
  const unsigned count = GENERATE(25U, 1'003U);
  std::string text;
  for (unsigned i = 0; i < count; ++i) text += f.secret() + "\n";
  f.commit("a.txt", text);
  const Pushed pushed = f.push({"main"});
  CHECK(pushed.verdict() == "block");
  const unsigned kept = std::min(count, 1'000U);
  CHECK(pushed.audit["findings"].size() == kept);
  CHECK(pushed.audit["findings_left_out"] == count - kept);
  CHECK(pushed.told.find("and " + std::to_string(kept - 20) + " more") !=
        std::string::npos);
  size_t ids = 0;
  for (size_t at = 0;
       (at = pushed.told.find("   id ", at)) != std::string::npos; ++at) {
    ++ids;
  }
  CHECK(ids == 20);
}

TEST_CASE("of more findings than are kept those that block are kept",
          "[pre-receive]") {
  PushFixture f;
  f.set_policy("on_partial = \"allow\"",
               "[[rule_action]]\nrules = [\"acme-token\"]\n"
               "action = \"block\"\n[[rule_action]]\naction = \"warn\"\n");
  const unsigned count = GENERATE(1'200U, 2'500U);
  Random random(11);
  std::string text;
  for (unsigned i = 0; i < count; ++i) {
    text += "acmekey-" + random.text(20, "0123456789") + "\n";
  }
  f.client().write("a.txt", text);
  f.client().git({"add", "."});
  const std::string commit = f.commit("b.txt", f.secret() + "\n");
  const Pushed pushed = f.push({"main"});
  CHECK(pushed.verdict() == "block");
  const Lines found = pushed.found();
  CHECK(std::count(found.begin(), found.end(),
                   introduced("b.txt", 1, commit)) == 1);
  CHECK(pushed.audit["findings"].size() == 1'000);
  CHECK(pushed.audit["findings_left_out"] == count + 1 - 1'000);
}

}  // namespace
}  // namespace leaksift
