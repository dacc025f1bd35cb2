#include "cli/push_fixture.h"
#include "support/catch.h"
#include "support/random.h"

// What lets a secret in: push options, approvals, and what a policy says of
// the repository's own configuration.

namespace leaksift {
namespace {

// A push with two secrets in it, not made yet.
struct TwoSecrets : PushFixture {
  TwoSecrets() {
    commit("a.txt", "clean\n");
    store({"main"});
    bad = commit("b.txt", secret() + "\n" + secret() + "\n");
  }
  // Of a push that was rejected.
  Lines ids() {
    const Lines ids = push({"main"}).blocking_ids();
    REQUIRE(ids.size() == 2);
    return ids;
  }
  Pushed push_with(const Lines& options) {
    Arguments command;
    for (const std::string& option : options) {
      command.insert(command.end(), {"-o", option});
    }
    command.push_back("main");
    return push(command);
  }
  std::string bad;
};

const std::string kBlock = "[[rule_action]]\naction = \"block\"\n";

TEST_CASE("two ids with a reason let two findings in", "[pre-receive]") {
  TwoSecrets f;
  const Lines ids = f.ids();
  const Pushed pushed = f.push_with(
      {"leaksift.allow=" + ids[0] + "," + ids[1] + ":made up for a test"});
  CHECK(pushed.verdict() == "bypass");
  CHECK(pushed.accepted);
  REQUIRE(pushed.audit["bypasses"].size() == 2);
  CHECK(pushed.audit["bypasses"][0]["kind"] == "allow");
  CHECK(pushed.audit["bypasses"][0]["reason"] == "made up for a test");
  CHECK(pushed.audit["findings"].size() == 2);
  CHECK(pushed.told.find("made up for a test") != std::string::npos);
}

TEST_CASE("a reason that quotes the secret does not give it away",
          "[pre-receive]") {
  PushFixture f;
  const std::string secret = f.secret();
  f.commit("a.txt", secret + "\n");
  const Lines ids = f.push({"main"}).blocking_ids();
  REQUIRE(ids.size() == 1);
  const std::string reason = GENERATE("is ours to show", "");
  const Pushed pushed =
      f.push({"-o", "leaksift.allow=" + ids[0] + ":" + secret + " " + reason,
              "-o", "leaksift.skip=" + secret, "main"});
  CHECK(pushed.verdict() == "bypass");
  REQUIRE(pushed.audit["bypasses"].size() == 2);
  CHECK(pushed.audit["bypasses"][0]["reason"].get<std::string>().ends_with(
      reason));
}

TEST_CASE("an id lets in no other finding", "[pre-receive]") {
  TwoSecrets f;
  const Lines ids = f.ids();
  SECTION("the other one blocks") {
    const Pushed pushed =
        f.push_with({"leaksift.allow=" + ids[0] + ":made up"});
    CHECK(pushed.verdict() == "block");
    CHECK(pushed.blocking_ids() == Lines{ids[1]});
  }
  SECTION("one that is nobody's blocks all") {
    const Pushed pushed = f.push_with({"leaksift.allow=0123456789ab:made up"});
    CHECK(pushed.blocking_ids().size() == 2);
  }
  SECTION("two options, one for each") {
    const Pushed pushed = f.push_with({"leaksift.allow=" + ids[0] + ":one",
                                       "leaksift.allow=" + ids[1] + ":two"});
    CHECK(pushed.verdict() == "bypass");
  }
  SECTION("without a reason none") {
    const Pushed pushed = f.push_with({"leaksift.allow=" + ids[0]});
    CHECK(pushed.blocking_ids().size() == 2);
    CHECK(pushed.told.find("a reason is required") != std::string::npos);
  }
}

TEST_CASE("a slip in a push option blocks and says what is meant",
          "[pre-receive]") {
  TwoSecrets f;
  const std::string option =
      GENERATE("leaksift.alow=0123456789ab:x", "leaksift.allow=0123:x",
               "Leaksift.allow=0123456789ab:x", "leaksift.skipp");
  const Pushed pushed = f.push({"-o", option, "main"}, {.counts = false});
  CHECK(pushed.verdict() == "block");
  REQUIRE(pushed.audit["troubles"].size() == 1);
  CHECK(pushed.audit["troubles"][0]["kind"] == "error");
  CHECK(pushed.told.find("leaksift.") != std::string::npos);
  CHECK((pushed.told.find("did you mean") != std::string::npos ||
         pushed.told.find("12 digits") != std::string::npos ||
         pushed.told.find("there are leaksift.allow=") != std::string::npos));
}

TEST_CASE("options of others are theirs", "[pre-receive]") {
  TwoSecrets f;
  f.client().git({"reset", "-q", "--hard", "HEAD~1"});
  f.commit("c.txt", "clean\n");
  const Pushed pushed = f.push({"-o", "ci.skip", "main"});
  CHECK(pushed.verdict() == "clean");
}

TEST_CASE("without push options the message says whom to ask",
          "[pre-receive]") {
  TwoSecrets f;
  f.configure("receive.advertisePushOptions", "false");
  SECTION("git refuses the option") {
    const Pushed pushed =
        f.push({"-o", "leaksift.skip", "main"}, {.audited = false});
    CHECK_FALSE(pushed.accepted);
    CHECK(f.audit().empty());
  }
  SECTION("nobody may allow by the policy") {
    f.set_policy("",
                 kBlock + "[[bypass]]\nwho = [\"admin\"]\nkinds = [\"skip\"]");
    const Pushed pushed = f.push({"main"});
    CHECK(pushed.told.find("to approve id " + pushed.blocking_ids()[0]) !=
          std::string::npos);
    CHECK(pushed.told.find("leaksift.allow") == std::string::npos);
  }
}

TEST_CASE("a whole push is skipped by those whom the policy names",
          "[pre-receive]") {
  TwoSecrets f;
  f.set_policy("", kBlock +
                       "[[bypass]]\nwho = [\"group:release\"]\n"
                       "kinds = [\"skip\"]\n"
                       "[groups]\nrelease = [\"bob\"]\n");
  f.set("GL_USERNAME", GENERATE("bob", "alice"));
  const Pushed pushed = f.push_with({"leaksift.skip=release day"});
  const std::string user = pushed.audit["user"];
  CHECK(pushed.audit["findings"].size() == 2);
  REQUIRE(pushed.audit["bypasses"].size() == 1);
  CHECK(pushed.audit["bypasses"][0]["by"] == user);
  CHECK(pushed.audit["bypasses"][0]["reason"] == "release day");
  if (user == "bob") {
    CHECK(pushed.verdict() == "bypass");
    CHECK(pushed.accepted);
  } else {
    CHECK(user == "alice");
    CHECK(pushed.verdict() == "block");
    CHECK(pushed.told.find("the policy does not let alice do this") !=
          std::string::npos);
  }
}

TEST_CASE("no more findings are allowed in one push than the policy says",
          "[pre-receive]") {
  TwoSecrets f;
  f.set_policy("", kBlock +
                       "[[bypass]]\nwho = [\"*\"]\nkinds = [\"allow\"]\n"
                       "max_per_push = 1\n");
  const Lines ids = f.ids();
  const Pushed pushed =
      f.push_with({"leaksift.allow=" + ids[0] + "," + ids[1] + ":both"});
  CHECK(pushed.verdict() == "block");
  CHECK(pushed.blocking_ids() == Lines{ids[1]});
}

TEST_CASE("an approval on the server lets a finding in, until it is over",
          "[pre-receive]") {
  TwoSecrets f;
  f.set_policy("",
               kBlock + "[[bypass]]\nwho = [\"admin\"]\nkinds = [\"skip\"]");
  const Lines ids = f.ids();
  const std::string repository = f.audit().back()["repository"];
  for (const std::string& id : ids) {
    const Ran ran = run_program(
        {"hook", "approve", "--repo", repository, "--id", id, "--by", "carol",
         "--reason", "looked at it", "--policy", f.policy(), f.server()});
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
  }
  SECTION("now") {
    const Pushed pushed = f.push({"main"});
    CHECK(pushed.verdict() == "bypass");
    CHECK(pushed.accepted);
    CHECK(pushed.audit["findings"][0]["bypass"]["kind"] == "approval");
    CHECK(pushed.audit["findings"][0]["bypass"]["by"] == "carol");
  }
  SECTION("not in another repository") {
    f.set("GL_PROJECT_PATH", "some/other");
    CHECK(f.push({"main"}).verdict() == "block");
  }
  SECTION("not when it is over") {
    const std::string path = f.state() + "/approvals.jsonl";
    std::string text = read_bytes(path);
    for (size_t at = 0; (at = text.find("\"expires\":", at)) != text.npos;) {
      text.replace(at + 10, 10, "1000000000");
      at += 20;
    }
    f.client().around().write("srv.git/leaksift/approvals.jsonl", text);
    CHECK(f.push({"main"}).verdict() == "block");
  }
  SECTION("and a damaged list lets nobody in") {
    f.client().around().write("srv.git/leaksift/approvals.jsonl", "garbage\n");
    const Pushed pushed = f.push({"main"}, {.counts = false});
    CHECK(pushed.verdict() == "block");
    CHECK(pushed.told.find("approvals.jsonl") != std::string::npos);
  }
}

TEST_CASE("who pushes what is taken from the forge", "[pre-receive]") {
  TwoSecrets f;
  f.set("GL_USERNAME", "alice\x1b[1m");
  f.set("GL_PROJECT_PATH", "group/project");
  f.set_policy("", kBlock +
                       "[[repo]]\nmatch = \"group/*\"\n"
                       "action_max = \"warn\"\n");
  const Pushed pushed = f.push({"main"});
  CHECK(pushed.audit["user"] == "alice\\x1b[1m");
  CHECK(pushed.audit["repository"] == "group/project");
  CHECK(pushed.verdict() == "warn");
  CHECK(pushed.accepted);
}

TEST_CASE("GitLab's web interface gets its prefix on each line",
          "[pre-receive]") {
  TwoSecrets f;
  f.set("GL_PROTOCOL", GENERATE("web", "ssh"));
  const Pushed pushed = f.push({"main"});
  size_t with = 0;
  size_t lines = 0;
  for (const std::string_view line : split(pushed.told, '\n')) {
    if (line.empty()) continue;
    ++lines;
    if (line.starts_with("GL-HOOK-ERR:")) ++with;
  }
  CHECK(pushed.told.starts_with("GL-HOOK-ERR: leaksift: PUSH BLOCKED"));
  CHECK(lines > 5);
  CHECK((with == lines || with == 1));
  f.set("GL_PROTOCOL", "web");
  const Pushed web = f.push({"main"});
  for (const std::string_view line : split(web.told, '\n')) {
    CHECK((line.empty() || line.starts_with("GL-HOOK-ERR:")));
  }
}

TEST_CASE("the pushed tree's own word counts where the policy says so",
          "[pre-receive]") {
  PushFixture f;
  f.commit("a.txt", "clean\n");
  f.store({"main"});
  const bool counts = GENERATE(false, true);
  SECTION("a comment beside the secret") {
    if (counts) f.set_policy("repository_config = [\"inline-comments\"]");
    f.commit("b.txt", f.secret() + "  # leaksift:allow\n");
  }
  SECTION("a file of what is to be left") {
    if (counts) f.set_policy("repository_config = [\"ignore-file\"]");
    f.client().write(".leaksiftignore", "/b.txt\n");
    f.commit("b.txt", f.secret() + "\n");
  }
  if (counts) {
    f.passes({"main"});
  } else {
    f.blocks({"main"}, {introduced("b.txt", 1, id_of(f.client(), "main"))});
  }
}

TEST_CASE("without a policy secrets of high confidence block",
          "[pre-receive]") {
  TwoSecrets f;
  f.set("LEAKSIFT_POLICY", "");
  const std::string key =
      "sk_live_" + Random(7).text(24, "ABCDEFGHJKLMNPQRSTabcdefghjk23456789");
  const std::string bad = f.commit("c.txt", "x\nkey = " + key + "\n");
  const Pushed pushed = f.push({"main"});
  CHECK(pushed.verdict() == "block");
  CHECK(pushed.found() == Lines{introduced("c.txt", 2, bad)});
  CHECK(pushed.err.find(key) == std::string::npos);
  CHECK(pushed.audit["policy"] == "");
  CHECK(pushed.audit["policy_path"] == "");
}

TEST_CASE("what is over the policy's size is named and not scanned",
          "[pre-receive]") {
  PushFixture f;
  f.set_policy("max_file_mib = 1");
  const std::string large = std::string(2 << 20, '\n') + f.secret() + "\n";
  f.commit("large.txt", large);
  const Pushed pushed = f.push({"main"}, {.counts = false});
  CHECK(pushed.verdict() == "clean");
  CHECK(pushed.audit["objects"]["not_scanned"]["over-size-limit"] == 1);
  CHECK(pushed.told.find("over 1 MiB not scanned") != std::string::npos);
}

}  // namespace
}  // namespace leaksift
