#include "cli/push_fixture.h"
#include "core/utf8.h"
#include "support/catch.h"
#include "support/import_stream.h"

// Where in a push a secret may stand, besides in files.

namespace leaksift {
namespace {

struct OnServer : PushFixture {
  OnServer() {
    commit("a.txt", "clean\n");
    store({"main"});
  }

  std::string object(const Arguments& command, std::string_view input) const {
    return std::string(trimmed(client().git(command, input)));
  }
  std::string blob(const std::string& text) const {
    return object({"hash-object", "-w", "--stdin"}, text);
  }
};

TEST_CASE("a secret in the message of an annotated tag blocks",
          "[pre-receive]") {
  OnServer f;
  f.client().git({"tag", "-a", "-m", "x\n\n" + f.secret(), "v1", "main"});
  f.client().git({"tag", "-a", "-m", "clean", "v2", "main"});
  f.blocks({"v1", "v2"}, {introduced("tag", 8, "-")});
  CHECK(f.audit().back()["findings"][0]["object"] == id_of(f.client(), "v1"));
  CHECK(f.audit().back()["objects"]["tags"] == 2);
  f.passes({"v2"});
}

TEST_CASE("a tag of a tag is read, too", "[pre-receive]") {
  OnServer f;
  f.client().git({"tag", "-a", "-m", f.secret(), "inner", "main"});
  f.client().git({"tag", "-a", "-m", "clean", "outer", "inner"});
  f.blocks({"outer"}, {introduced("tag", 6, "-")});
}

TEST_CASE("a tag may name a blob or a tree", "[pre-receive]") {
  OnServer f;
  const std::string blob = f.blob("x\n" + f.secret() + "\n");
  std::string tag = blob;
  Lines found = {introduced("blob", 2, "-")};
  const bool annotated = GENERATE(false, true);
  SECTION("a blob") {}
  SECTION("a tree") {
    tag = f.object({"mktree"}, "100644 blob " + blob + "\tside.txt\n");
    found = {introduced("side.txt", 2, "-")};
  }
  SECTION("a tree in a tree") {
    tag = f.object({"mktree"}, "100644 blob " + blob + "\tside.txt\n");
    tag = f.object({"mktree"}, "040000 tree " + tag + "\tin\n");
    found = {introduced("in/side.txt", 2, "-")};
  }
  Arguments command = {"tag", "t", tag};
  if (annotated) command.insert(command.begin() + 1, {"-a", "-m", "m"});
  f.client().git(command);
  const Pushed pushed = f.push({"t"}, {.counts = false});
  CHECK(pushed.verdict() == "block");
  CHECK(pushed.found() == found);
  CHECK(pushed.audit["objects"]["scanned"] == (annotated ? 2 : 1));
}

TEST_CASE("a secret in the message of a commit blocks", "[pre-receive]") {
  OnServer f;
  f.client().git(
      {"commit", "-q", "--allow-empty", "-m", "s\n\nwith " + f.secret()});
  const std::string bad = id_of(f.client(), "HEAD");
  f.blocks({"main"}, {introduced("commit", 8, bad)});
}

TEST_CASE("a secret in a subject is not shown with it", "[pre-receive]") {
  OnServer f;
  const std::string secret = f.secret();
  f.client().write("b.txt", secret + "\n");
  const std::string bad = commit_all(f.client(), "adds " + secret);
  // One secret: the file where it came in is its first place.
  const Pushed pushed = f.push({"main"});
  CHECK(pushed.verdict() == "block");
  CHECK(pushed.audit["findings"].size() == 1);
  CHECK(pushed.audit["findings"][0]["commit"] == bad);
  CHECK(pushed.audit["findings"][0]["places"] == 2);
}

TEST_CASE("a secret in the name of a ref blocks where it comes to be",
          "[pre-receive]") {
  OnServer f;
  const std::string secret = f.secret();
  const Pushed pushed = f.push({"main:refs/heads/" + secret});
  CHECK(pushed.verdict() == "block");
  REQUIRE(pushed.audit["findings"].size() == 1);
  CHECK(pushed.audit["findings"][0]["object_type"] == "ref");
}

// A rule for short secrets.
std::string short_rules(const TempDir& folder) {
  folder.write("short.toml",
               "format = 1\n[[rules]]\nid = \"pin\"\ndescription = \"a pin\"\n"
               "regex = '''pin=([a-z][0-9][a-z][0-9][a-z][0-9])'''\n"
               "confidence = \"high\"\nexamples = [\"a\", \"b\"]\n"
               "counter_examples = [\"a\", \"b\"]\n");
  return folder / "short.toml";
}

TEST_CASE("a short secret in a name is masked wherever that is written down",
          "[pre-receive]") {
  OnServer f;
  const TempDir folder;
  f.set_policy("rules = [\"" + short_rules(folder) + "\"]");
  std::string ref = "refs/heads/main";
  SECTION("of a ref") {
    ref = "refs/heads/pin=x4k9w7";
  }
  SECTION("of a file") {
    f.commit("pin=x4k9w7.txt", "clean\n");
  }
  const Pushed pushed = f.push({"main:" + ref});
  CHECK(pushed.verdict() == "block");
  REQUIRE(pushed.audit["findings"].size() == 1);
  CHECK_THAT(pushed.told + pushed.audit.dump(), !Catch::Contains("x4k9w7"));
}

TEST_CASE("a name that nobody has scanned is written down with care",
          "[pre-receive]") {
  OnServer f;
  f.set_policy("deadline_ms = 1\non_timeout = \"allow\"");
  const std::string main = id_of(f.client(), "main");
  const Pushed pushed = f.run_hook(std::string(main.size(), '0') + " " + main +
                                   " refs/heads/fix-of-" + f.secret() + "\n");
  CHECK(pushed.verdict() == "allow");
  CHECK(pushed.audit["refs"][0]["ref"] == "refs/heads/fix-of-acme_***");
}

TEST_CASE("a secret in the name of a file or folder blocks", "[pre-receive]") {
  OnServer f;
  const std::string secret = f.secret();
  SECTION("a file") {
    f.client().write(secret + ".txt", "clean\n");
  }
  SECTION("a folder") {
    f.client().write("x/" + secret + "/y", "clean\n");
  }
  const std::string bad = commit_all(f.client(), "by its name");
  const Pushed pushed = f.push({"main"});
  CHECK(pushed.verdict() == "block");
  REQUIRE(pushed.audit["findings"].size() == 1);
  CHECK(pushed.audit["findings"][0]["object_type"] == "path");
  CHECK(pushed.audit["findings"][0]["commit"] == bad);
  // The next one edits what is there, whatever its name.
  f.store({"main"});
  f.commit("a.txt", "more\n");
  f.passes({"main"});
}

TEST_CASE("a secret in a note blocks", "[pre-receive]") {
  OnServer f;
  f.client().git({"notes", "add", "-m", "x\n" + f.secret(), "main"});
  const std::string bad = id_of(f.client(), "refs/notes/commits");
  f.blocks({"refs/notes/commits"},
           {introduced(id_of(f.client(), "main"), 2, bad)});
}

TEST_CASE("names from a push cannot reach the terminal or forge a log line",
          "[pre-receive]") {
  PushFixture f;
  const std::string nasty = "\x1b[2J\rremote\xe2\x80\xae\xff\x7f";
  ImportStream stream;
  stream.commit({"refs/heads/main",
                 {},
                 {{"d/" + nasty + ".txt", "1\n" + f.secret() + "\n"}},
                 "subject " + nasty,
                 "A " + nasty + " <a@x>"});
  f.client().git({"fast-import", "--quiet"}, stream.text());
  const std::string ref = "refs/heads/b\xe2\x80\xae\xff";
  f.client().git({"update-ref", ref, "main"});
  const Pushed pushed = f.push({ref});
  CHECK(pushed.verdict() == "block");
  CHECK(pushed.found() ==
        Lines{introduced(R"(d/\x1b[2J\x0dremote\u{202e}\xff\x7f.txt)", 2,
                         id_of(f.client(), "main"))});
  CHECK(pushed.told.find(R"("subject \x1b[2J\x0dremote\u{202e}\xff\x7f")") !=
        std::string::npos);
  CHECK(pushed.told.find(R"((A \x1b[2J\x0dremote\u{202e}\xff\x7f))") !=
        std::string::npos);
  CHECK(pushed.audit["refs"][0]["ref"] == R"(refs/heads/b\u{202e}\xff)");
  const std::string log = read_bytes(f.audit_file());
  CHECK(is_valid_utf8(log));
  CHECK(log.find('\r') == std::string::npos);
  CHECK(log.find('\x1b') == std::string::npos);
  CHECK(log.find("\xe2\x80\xae") == std::string::npos);
}

}  // namespace
}  // namespace leaksift
