// leaksift hook check-policy, approve and audit-verify.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "core/digest.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

constexpr const char* kId = "0123456789ab";

Arguments approve(Arguments more, const std::string& reason = "a fixture") {
  Arguments arguments = {"hook", "approve", "--repo",   "team/r",
                         "--by", "eve",     "--reason", reason};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// Two sound lines of an audit log, made by hand.
std::string audit_lines() {
  const std::string first =
      R"({"seq":1,"prev":")" + std::string(64, '0') + R"(","type":"push"})";
  return first + "\n" + R"({"seq":2,"prev":")" + to_hex(sha256(first)) +
         R"(","type":"push"})" + "\n";
}

}  // namespace

TEST_CASE("check-policy shows what holds for a repository",
          "[hook][check-policy]") {
  const TempDir dir;
  dir.write("push.toml", R"(version = 1
on_timeout = "block"
[[rule_action]]
rules = ["aws-*"]
action = "block"
[[repo]]
match = "pay/*"
deadline_ms = 900
[repo.spool]
dir = "spool"
)");
  const Ran all =
      run_program({"hook", "check-policy", "push.toml"}, dir.path());
  CHECK(all.exit_code == 0);
  CHECK(all.err.empty());
  CHECK(all.out.find("\ndeadline_ms = 3500\non_timeout = \"block\"\n") !=
        std::string::npos);
  CHECK(all.out.find("rules = [\"aws-*\"]") != std::string::npos);
  CHECK(all.out.find("dir = \"<git dir>/leaksift/spool\"") !=
        std::string::npos);

  const Ran one = run_program(
      {"hook", "check-policy", dir / "push.toml", "--repo", "pay/api"});
  CHECK(one.exit_code == 0);
  CHECK(one.out.starts_with("# what holds for pay/api, by [[repo]] pay/* (" +
                            (dir / "push.toml") + ":6)\n"));
  CHECK(one.out.find("\ndeadline_ms = 900\non_timeout = \"block\"\n") !=
        std::string::npos);
  CHECK(one.out.find("dir = \"" + (dir / "spool") + "\"") != std::string::npos);
}

TEST_CASE("what check-policy shows is a policy that says the same",
          "[hook][check-policy]") {
  const TempDir dir;
  dir.write("push.toml", R"(version = 1
repository_config = ["ignore-file"]
max_file_mib = 3
groups = { ops = ["ann", "bob"] }
[[rule_action]]
classes = ["secret", "pii"]
min_severity = "low"
action = "warn"
[[bypass]]
who = ["group:ops"]
kinds = ["allow", "skip"]
[message]
help_url = "https://wiki.example/"
)");
  const Ran first = run_program({"hook", "check-policy", dir / "push.toml"});
  REQUIRE(first.exit_code == 0);
  // Places are those of no repository: absolute ones would be taken as such.
  dir.write("shown.toml", "version = 1\n" + first.out);
  const Ran second =
      run_program({"hook", "check-policy", "shown.toml"}, dir.path());
  CHECK(second.exit_code == 0);
  CHECK(second.out == first.out);
}

TEST_CASE("check-policy says which globs name no rule",
          "[hook][check-policy]") {
  const TempDir dir;
  dir.write("push.toml", R"(version = 1
[[rule_action]]
rules = ["aws-*", "azw-*"]
action = "block"
[[repo]]
match = "pay/*"
[[repo.rule_action]]
rules = ["no-such-rule"]
action = "off"
)");
  const Ran ran =
      run_program({"hook", "check-policy", "push.toml"}, dir.path());
  CHECK(ran.exit_code == 1);
  CHECK(ran.err ==
        "leaksift: push.toml:2: 'azw-*' matches the id of no rule; see "
        "leaksift rules list\n"
        "leaksift: push.toml:7: 'no-such-rule' matches the id of no rule; see "
        "leaksift rules list\n");
}

TEST_CASE("check-policy names the slip of a policy", "[hook][check-policy]") {
  const TempDir dir;
  auto [text, message] = GENERATE(table<std::string, std::string>({
      {"version = 1\non_eror = \"block\"",
       "leaksift: push.toml:2: unknown key 'on_eror' in a policy; did you "
       "mean 'on_error'?\n"},
      {"version = 1\nrules = [\"missing.toml\"]", "missing.toml"},
      {"version = 1\n\"a\\u001b[2J\" = 1", "unknown key 'a\\x1b[2J'"},
  }));
  dir.write("push.toml", text);
  const Ran ran =
      run_program({"hook", "check-policy", "push.toml"}, dir.path());
  CHECK(ran.exit_code == 1);
  CHECK(ran.err.find(message) != std::string::npos);
  CHECK(ran.out.empty());
  CHECK(run_program({"hook", "check-policy", dir / "none.toml"}).exit_code ==
        2);
}

TEST_CASE("approve writes where the repository or the policy says",
          "[hook][approve]") {
  const GitFixture repo;
  const TempDir dir;
  dir.write("push.toml", "version = 1\n[approvals]\nfile = \"given.jsonl\"\n");
  Arguments arguments = approve({"--id", kId, "--expires", "2d"});
  std::string file;
  SECTION("repository") {
    arguments.push_back(repo.path());
    file = repo / ".git/leaksift/approvals.jsonl";
  }
  SECTION("policy") {
    arguments.insert(arguments.end(), {"--policy", dir / "push.toml"});
    file = dir / "given.jsonl";
  }
  SECTION("the hook's own policy") {
    arguments.insert(
        arguments.begin(),
        {"env", "LEAKSIFT_POLICY=" + (dir / "push.toml"), LEAKSIFT_PROGRAM});
    file = dir / "given.jsonl";
  }
  const Ran ran = arguments[0] == "env" ? run_command(arguments, "/")
                                        : run_program(arguments);
  INFO(ran.err);
  REQUIRE(ran.exit_code == 0);
  const nlohmann::json line = nlohmann::json::parse(read_bytes(file));
  CHECK(line["id"] == kId);
  CHECK(line["repository"] == "team/r");
  CHECK(line["by"] == "eve");
  CHECK(line["reason"] == "a fixture");
  CHECK(line["expires"].get<int64_t>() - line["at"].get<int64_t>() ==
        2 * 24 * 3600);
  CHECK(ran.out.find(kId) != std::string::npos);
}

TEST_CASE("approve takes no id, period or reason that is none",
          "[hook][approve]") {
  const GitFixture repo;
  const std::string period = "is no period of up to ten years: 12h, 30d or 8w";
  auto [wrong, reason, message] =
      GENERATE_COPY(table<Arguments, std::string, std::string>({
          {{"--id", "0123"}, "x", "'0123' is no finding's id"},
          {{"--id", kId, "--expires", "2"}, "x", "'2' " + period},
          {{"--id", kId, "--expires", "0d"}, "x", "'0d' " + period},
          {{"--id", kId, "--expires", "4000d"}, "x", "'4000d' " + period},
          {{"--id", kId, "--expires", "3 days"}, "x", "'3 days' " + period},
          {{"--id", kId}, "", "no reason is given"},
          {{}, "x", "--id is required"},
      }));
  Arguments arguments = approve(wrong, reason);
  arguments.push_back(repo.path());
  const Ran ran = run_program(arguments);
  CHECK(ran.exit_code == 2);
  CHECK(ran.err.find(message) != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(repo / ".git/leaksift/approvals.jsonl"));
  CHECK(run_program(approve({"--id", kId, "/nonexistent"})).exit_code == 2);
}

TEST_CASE("audit-verify says whether a log is whole", "[hook][audit]") {
  const TempDir dir;
  dir.write("push.jsonl", audit_lines());
  const Ran whole =
      run_program({"hook", "audit-verify", "push.jsonl"}, dir.path());
  CHECK(whole.exit_code == 0);
  CHECK(whole.out ==
        "2 lines, number 1 to 2\n"
        "nothing vouches for the last line: push.jsonl.head is not there\n");

  std::string changed = audit_lines();
  changed.replace(changed.find("push"), 4, "bush");
  dir.write("push.jsonl", changed);
  const Ran broken =
      run_program({"hook", "audit-verify", "push.jsonl"}, dir.path());
  CHECK(broken.exit_code == 1);
  CHECK(broken.out.find("push.jsonl:2: does not follow from the line before") !=
        std::string::npos);
  CHECK(run_program({"hook", "audit-verify", dir / "none"}).exit_code == 2);
}

TEST_CASE("audit-verify reads rotated files in order", "[hook][audit]") {
  const TempDir dir;
  const std::string all = audit_lines();
  const size_t first = all.find('\n') + 1;
  dir.write("old", all.substr(0, first));
  dir.write("new", all.substr(first));
  CHECK(run_program({"hook", "audit-verify", "old", "new"}, dir.path())
            .exit_code == 0);
  CHECK(run_program({"hook", "audit-verify", "new", "old"}, dir.path())
            .exit_code == 1);
  CHECK(run_program({"hook", "audit-verify", "new"}, dir.path()).out ==
        "1 line, number 2 to 2\n"
        "nothing vouches for the last line: new.head is not there\n");
}
