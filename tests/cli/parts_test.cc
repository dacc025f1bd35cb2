// Credentials of several parts are one finding, whichever way they come in.
#include <algorithm>
#include <map>

#include "cli/history.h"
#include "cli/program.h"
#include "cli/push_fixture.h"
#include "support/catch.h"
#include "support/git_fixture.h"

namespace leaksift {
namespace {

std::string quoted_rule(const std::string& id, const std::string& regex,
                        const std::string& more) {
  return "[[rules]]\nid = \"" + id + "\"\ndescription = \"an " + id +
         "\"\nregex = '''" + regex + "'''\n" + more +
         "examples = [\"a\", \"b\"]\ncounter_examples = [\"a\", \"b\"]\n";
}

// An acme-token, with an account-id near as its part.
const std::string& pair_rules() {
  static const TempDir folder;
  static const std::string path = [] {
    folder.write(
        "pair.toml",
        "format = 1\n" +
            quoted_rule("account-id", R"(\b(ID-[0-9]{12})\b)",
                        "severity = \"medium\"\nconfidence = \"certain\"\n") +
            quoted_rule("acme-token", R"(\b(acme_[0-9a-f]{32})\b)",
                        "severity = \"high\"\nconfidence = \"high\"\n"
                        "required = [{ id = \"account-id\", withinLines = 3, "
                        "optional = true }]\n"));
    return folder.path() + "/pair.toml";
  }();
  return path;
}

std::string id(unsigned number) {
  return "ID-" + std::to_string(284'751'936'042 + number);
}
std::string id_line(unsigned number) {
  return "id = " + id(number) + "\n";
}
std::string pair_lines(unsigned number) {
  return id_line(number) + "token = " + acme_token(number) + "\n";
}

// "rule path:line" of each place that counts.
Lines found(const Reported& reported) {
  Lines all;
  for (const nlohmann::json& finding : reported.findings) {
    for (const nlohmann::json& place : finding["occurrences"]) {
      all.push_back(finding["rule_id"].get<std::string>() + " " +
                    place["path"].get<std::string>() + ":" +
                    place["line"].dump());
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

TEST_CASE("a pair is one finding, and an id alone is one", "[cli][parts]") {
  const Tree tree;
  tree.write("alone", id_line(1));
  tree.write("pair", pair_lines(1));
  const Reported both = tree.scan({"--rules", pair_rules()});
  CHECK(found(both) == Lines{"account-id ./alone:1", "acme-token ./pair:2"});
  CHECK(both.summary["suppressed_occurrences"]["part"] == 1);
  // Who wants to see certain ones alone still sees the id.
  const Reported certain =
      tree.scan({"--rules", pair_rules(), "--min-confidence", "certain"});
  CHECK(found(certain) == Lines{"account-id ./alone:1", "account-id ./pair:1"});
}

TEST_CASE("every format names the parts of a pair", "[cli][parts]") {
  const Tree tree;
  tree.write("pair", pair_lines(1));
  const std::string format = GENERATE("text", "json", "jsonl", "sarif");
  const Ran ran = run_program(
      {"scan", ".", "--rules", pair_rules(), "-f", format}, tree.path());
  CHECK(ran.exit_code == 1);
  CHECK_THAT(ran.out, Catch::Contains("account-id"));
  CHECK_THAT(ran.out, !Catch::Contains(id(1)));
}

TEST_CASE("a baseline with a pair knows its parts", "[cli][parts]") {
  const Tree tree;
  tree.write("pair", pair_lines(1));
  const TempDir other;
  const std::string baseline = other.path() + "/known.json";
  run_program({"scan", ".", "--rules", pair_rules(), "-f", "json", "--output",
               baseline},
              tree.path());
  const Arguments with = {"--rules", pair_rules(), "--baseline", baseline};
  CHECK(found(tree.scan(with)).empty());
  tree.write("pair", id_line(1));
  CHECK(found(tree.scan(with)) == Lines{"account-id ./pair:1"});
}

TEST_CASE("a history folds an id only in versions that have the pair",
          "[cli][parts]") {
  const GitFixture repo;
  repo.write("a", id_line(1) + "x\n");
  commit_all(repo, "an id");
  repo.write("a", pair_lines(1) + "x\n");
  commit_all(repo, "its token");
  repo.write("b", pair_lines(2));
  commit_all(repo, "a pair");
  const Arguments more = {"--rules", pair_rules(), "--refs", "--verify-deltas"};
  const Reported packed = [&] {
    repo.git({"gc", "-q"});
    return history(repo, more);
  }();
  CHECK(found(packed) ==
        Lines{"account-id a:1", "acme-token a:2", "acme-token b:2"});
  for (const nlohmann::json& finding : packed.findings) {
    if (finding["rule_id"] != "account-id") continue;
    // It has not gone away: it has become a part.
    CHECK(finding["state"] == "head");
    CHECK(finding["changes"].size() == 1);
  }
}

TEST_CASE("a commit is stopped once for a pair, and for an id that joins one",
          "[cli][parts]") {
  const GitFixture repo;
  commit_all(repo, "empty");
  auto staged = [&] {
    repo.git({"add", "-A"});
    return read_report(run_program(
        {"hook", "pre-commit", "--rules", pair_rules(), "-f", "jsonl"},
        repo.path()));
  };
  repo.write("a", pair_lines(1));
  CHECK(found(staged()) == Lines{"acme-token a:2"});
  repo.write("a", "token = " + acme_token(1) + "\n");
  commit_all(repo, "a token");
  repo.write("a", pair_lines(1));
  CHECK(found(staged()) == Lines{"account-id a:1"});
}

TEST_CASE("a push with a pair is blocked for one finding, which names the id",
          "[cli][parts]") {
  PushFixture f;
  f.set_policy("rules = [\"" + pair_rules() + "\"]\n");
  f.commit("clean", "clean\n");
  f.passes({"main"});
  const std::string pair = f.commit("pair", pair_lines(1));
  const Pushed pushed = f.push({"main"});
  CHECK_FALSE(pushed.accepted);
  REQUIRE(pushed.found() == Lines{introduced("pair", 2, pair)});
  CHECK_THAT(pushed.told, Catch::Contains("with account-id"));
  CHECK_THAT(pushed.told, !Catch::Contains(id(1)));
  CHECK(pushed.audit["findings"][0]["parts"] ==
        nlohmann::json::array({{{"rule", "account-id"}, {"line", 1}}}));
}

TEST_CASE("an id that blocks is not folded into a token that is warned of",
          "[cli][parts]") {
  PushFixture f;
  f.set_policy("rules = [\"" + pair_rules() + "\"]\n",
               "[[rule_action]]\nmin_confidence = \"certain\"\n"
               "action = \"block\"\n"
               "[[rule_action]]\naction = \"warn\"\n");
  const std::string pair = f.commit("pair", pair_lines(1));
  const Pushed pushed = f.push({"main"});
  CHECK_FALSE(pushed.accepted);
  CHECK(pushed.found() ==
        Lines{introduced("pair", 1, pair), introduced("pair", 2, pair)});
}

TEST_CASE("a password is reported with its account and its server",
          "[cli][parts]") {
  const GitFixture repo;
  const std::string password = "kQ" + acme_token(1).substr(5, 12) + "Z7";
  repo.write("db.yaml",
             "db:\n  host: db-1.acme.internal\n  user: shop\n"
             "  password: " +
                 password + "\n");
  repo.write("uri.txt", "amqps://svc:" + password + "9@mq.acme.com/v\n");
  repo.write("same.yaml",
             "user: " + password + "3\npassword: " + password + "3\n");
  commit_all(repo, "passwords");
  for (const Lines& command : {Lines{"scan", "."}, Lines{"history", "."}}) {
    Lines arguments = command;
    arguments.insert(arguments.end(), {"-f", "jsonl"});
    const Ran ran = run_program(arguments, repo.path());
    CHECK_THAT(ran.out, !Catch::Contains(password));
    std::map<std::string, Lines> parts;
    for (const nlohmann::json& finding : read_report(ran).findings) {
      for (const nlohmann::json& place : finding["occurrences"]) {
        for (const nlohmann::json& part : place["parts"]) {
          const std::string path = place["path"];
          parts[path.substr(path.rfind('/') + 1)].push_back(
              part["secret"].get<std::string>() + " " + part["line"].dump());
        }
      }
    }
    CHECK(parts["db.yaml"] == Lines{"shop 3", "db-1.acme.internal 2"});
    CHECK(parts["uri.txt"] == Lines{"svc 1", "mq.acme.com 1"});
    // What is the password as well is masked like it.
    REQUIRE(parts["same.yaml"].size() == 1);
    CHECK(parts["same.yaml"][0].find('*') != std::string::npos);
  }
}

}  // namespace leaksift
