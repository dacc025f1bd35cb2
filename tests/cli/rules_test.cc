// leaksift rules: list, check, test, explain.
#include <filesystem>

#include "cli/program.h"
#include "core/text.h"
#include "support/catch.h"

using namespace leaksift;
using Catch::Contains;

namespace {

const std::string kGoodRule =
    "format = 1\n"
    "[[rules]]\n"
    "id = 'acme-token'\n"
    "description = 'Acme token'\nseverity = 'high'\n"
    "regex = '''\\b(acme_[0-9a-f]{32})\\b'''\n"
    "examples = ['a = acme_{{[0-9a-f]{32}}}', 'b acme_{{[0-9a-f]{32}}} c']\n";

Ran check(const std::string& toml) {
  const TempDir folder;
  folder.write("rules.toml", toml);
  return run_program({"rules", "check", "--rules", "rules.toml"},
                     folder.path());
}

}  // namespace

TEST_CASE("rules list has a line for each rule", "[cli][rules]") {
  const Ran mine = run_program({"rules", "list", "--rules", acme_rules()});
  CHECK(mine.exit_code == 0);
  CHECK(mine.out ==
        "acme-key\tsecret\thigh\tmedium\t\t\tAcme key\n"
        "acme-token\tsecret\thigh\tmedium\t\t\tAcme token\n");
  const Ran builtin = run_program({"rules", "list"});
  CHECK(split(builtin.out, '\n').size() > 500);
  CHECK_THAT(builtin.out, Contains("github-pat\tsecret\tcritical\thigh\t"));
}

TEST_CASE("--only and --except choose among rules", "[cli][rules]") {
  const auto list = [](const Arguments& more) {
    Arguments command = {"rules", "list", "--rules", acme_rules()};
    command.insert(command.end(), more.begin(), more.end());
    return run_program(command).out;
  };
  CHECK_THAT(list({"--only", "acme-key"}),
             Contains("acme-key") && !Contains("acme-token"));
  CHECK_THAT(list({"--except", "acme-key"}),
             !Contains("acme-key") && Contains("acme-token"));
}

TEST_CASE("a config lies over the rules that would be used without it",
          "[cli][rules]") {
  const TempDir folder;
  folder.write("config.toml",
               "[extend]\nuseDefault = true\ndisabledRules = ['acme-key']\n");
  const Ran ran = run_program(
      {"rules", "list", "--rules", acme_rules(), "-c", folder / "config.toml"});
  CHECK(ran.exit_code == 0);
  CHECK_THAT(ran.out, !Contains("acme-key") && Contains("acme-token"));
}

TEST_CASE("a folder of rules is read with all folders in it, each file once",
          "[cli][rules]") {
  const TempDir folder;
  auto rule = [](const std::string& id) {
    return "[[rules]]\nid = '" + id + "'\nregex = '" + id + "_x'\n";
  };
  folder.write("b.toml", rule("one"));
  folder.write("a/deep/er/c.toml", rule("two"));
  folder.write("a/d.toml/e.toml", rule("three"));
  folder.write("a/notes.txt", "no rules");
  namespace fs = std::filesystem;
  fs::create_directory_symlink("..", folder / "a/loop");
  fs::create_directory_symlink("deep", folder / "a/again");
  fs::create_symlink("../b.toml", folder / "a/b.toml");
  const Ran ran = run_program({"rules", "list", "--rules", folder.path()});
  CHECK(ran.exit_code == 0);
  CHECK(ran.err.empty());
  CHECK(ran.out ==
        "one\tsecret\thigh\tmedium\t\t\t\n"
        "three\tsecret\thigh\tmedium\t\t\t\n"
        "two\tsecret\thigh\tmedium\t\t\t\n");

  fs::create_symlink("nothing", folder / "a/gone.toml");
  const Ran gone = run_program({"rules", "list", "--rules", folder.path()});
  CHECK(gone.exit_code == 2);
  CHECK_THAT(gone.err, Contains("a/gone.toml"));
}

TEST_CASE("rules check runs the examples", "[cli][rules]") {
  const Ran good = check(
      kGoodRule + "counter_examples = ['acme_0123', 'acme_{{[g-z]{32}}}']");
  CHECK(good.exit_code == 0);
  CHECK(good.out == "1 rules, 4 examples, 0 problems\n");

  const Ran bad = check(
      kGoodRule + "counter_examples = ['acme_{{[0-9a-f]{32}}}', 'acme_0']\n");
  CHECK(bad.exit_code == 1);
  CHECK_THAT(bad.out, Contains("rules.toml:") && Contains("acme-token") &&
                          Contains("1 rules, 4 examples, 1 problems"));
}

TEST_CASE("rules test shows masked what is found in a file", "[cli][rules]") {
  const Tree tree;
  tree.write("a", "\nkey = " + acme_token(1) + "\n" + acme_token(2) +
                      " # leaksift:allow\n");
  const Ran ran =
      run_program({"rules", "test", "a", "--rules", acme_rules()}, tree.path());
  CHECK(ran.exit_code == 1);
  CHECK(ran.out ==
        "a:2:7: acme-token: acme****\n"
        "a:3:1: acme-token: acme**** (allowed inline)\n");
}

TEST_CASE("rules explain tells stage by stage what decides", "[cli][rules]") {
  const auto explain = [](const std::string& text,
                          std::string_view input = {}) {
    return run_program(
        {"rules", "explain", "acme-token", text, "--rules", acme_rules()}, "/",
        input);
  };
  const Ran found = explain("key = " + acme_token(1));
  CHECK(found.exit_code == 1);
  CHECK_THAT(found.out, Contains("anchor: ") && Contains("regex: "));
  CHECK(explain("-", "key = " + acme_token(1)).out == found.out);
  const Ran nothing = explain("key = acme_0123");
  CHECK(nothing.exit_code == 0);
  CHECK_THAT(nothing.out, Contains("matches nowhere"));
}

TEST_CASE("rule files that are named are used whatever their pack",
          "[cli][rules]") {
  const TempDir folder;
  folder.write("rules.toml",
               "format = 1\npack = 'more'\n[[rules]]\nid = 'a'\n"
               "regex = 'k=(\\w+)'\n");
  const auto list = [&](const Arguments& more) {
    Arguments command = {"scan", "--rules", "rules.toml", "-"};
    command.insert(command.end(), more.begin(), more.end());
    return run_program(command, folder.path());
  };
  // Files that are named are asked for.
  CHECK(list({}).exit_code == 0);
  const Ran unknown = run_program({"scan", "--pack", "piii", "-"});
  CHECK(unknown.exit_code == 2);
  CHECK_THAT(unknown.err, Contains("no pack 'piii'"));
}

TEST_CASE("rules bench shows what each rule did on some files",
          "[cli][rules]") {
  const Tree tree;
  tree.write("a.txt", "acme_1 acme_2 " + acme_token(1) + "\n");
  tree.write("deep/b.txt", acme_token(2) + "\n");
  const Ran ran = run_program(
      {"rules", "bench", "--rules", acme_rules(), "--top", "1", "."},
      tree.path());
  CHECK(ran.exit_code == 0);
  CHECK_THAT(ran.out, Contains("2 files"));
  CHECK_THAT(ran.out, Contains("all 2 rules"));
  CHECK_THAT(ran.out, Contains("acme-token"));
  CHECK(split(ran.out, '\n').size() == 5);
  CHECK(run_program({"rules", "bench", "no/such"}).exit_code == 2);
}
