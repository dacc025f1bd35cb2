// What leaksift says when it cannot run: which file, which line, what to do.
#include <filesystem>
#include <iterator>

#include "cli/program.h"
#include "support/catch.h"

using namespace leaksift;
using Catch::Contains;

namespace {

// Runs in an empty folder; gives what is said on standard error.
std::string error_of(const Arguments& arguments,
                     const std::string& directory = "/") {
  const Ran ran = run_program(arguments, directory);
  CAPTURE(arguments, ran.out, ran.err);
  CHECK(ran.exit_code == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

std::string error_of_rules(const std::string& toml) {
  const TempDir folder;
  folder.write("rules.toml", toml);
  return error_of({"scan", ".", "--rules", "rules.toml"}, folder.path());
}

}  // namespace

TEST_CASE("a path that is not there is an error that names it",
          "[cli][errors]") {
  CHECK(error_of({"scan", "nowhere"}) ==
        "leaksift: nowhere: No such file or directory\n");
  CHECK_THAT(error_of({"history", "/nowhere"}), Contains("/nowhere"));
  CHECK_THAT(error_of({"rules", "test", "nowhere"}), Contains("nowhere"));
}

TEST_CASE("a folder that is no repository is an error that says so",
          "[cli][errors]") {
  const TempDir folder;
  CHECK_THAT(error_of({"history", folder.path()}),
             Contains(folder.path() + ": not a git repository"));
  CHECK_THAT(error_of({"git-verify", folder.path()}),
             Contains("not a git repository"));
}

TEST_CASE("a command or option that is none is named", "[cli][errors]") {
  CHECK_THAT(error_of({"scn"}),
             Contains("no command 'scn'; did you mean 'scan'?"));
  CHECK_THAT(error_of({"rules", "lst"}), Contains("did you mean 'list'?"));
  CHECK_THAT(error_of({"scan", "--formt", "json"}), Contains("--formt"));
  CHECK_THAT(error_of({"scan", "--format", "xml"}),
             Contains("xml") && Contains("sarif"));
  CHECK_THAT(error_of({"scan", "--jobs", "0"}), Contains("--jobs"));
  CHECK_THAT(error_of({}), Contains("--help"));
}

TEST_CASE("a rule that is not there is named, with the nearest one",
          "[cli][errors]") {
  CHECK_THAT(error_of({"scan", ".", "--only", "github-pad"}),
             Contains("no rule 'github-pad'; did you mean 'github-pat'?"));
  CHECK_THAT(error_of({"scan", ".", "--except", "github-pad"}),
             Contains("did you mean 'github-pat'?"));
  CHECK_THAT(error_of({"rules", "explain", "github-pad", "x"}),
             Contains("did you mean 'github-pat'?"));
}

TEST_CASE("a slip in a rule file is an error with file and line",
          "[cli][errors]") {
  CHECK_THAT(error_of_rules("format = 1\n[[rules]]\nid = 'a'\n"
                            "description = 'A'\nregex = 'tok_([a-z'\n"),
             Contains("rules.toml:2: rule 'a': bad regex"));
  CHECK_THAT(error_of_rules("format = 1\n[[rules]]\nid = 'a'\n"
                            "description = 'A'\nregexx = 'tok_[a-z]{9}'\n"),
             Contains("rules.toml:5: ") && Contains("'regexx'") &&
                 Contains("'regex'"));
  CHECK_THAT(error_of_rules("[[rules]\n"), Contains("rules.toml:1: "));
  CHECK_THAT(error_of({"scan", ".", "--rules", "/nowhere.toml"}),
             Contains("/nowhere.toml: No such file"));
  const TempDir empty;
  CHECK_THAT(error_of({"scan", ".", "--rules", empty.path()}),
             Contains(empty.path() + ": no *.toml file"));
}

TEST_CASE("a foreign rule file's unknown key is only a warning",
          "[cli][errors]") {
  const Tree tree;
  const TempDir outside;
  outside.write("gitleaks.toml",
                "[[rules]]\nid = 'a'\nregex = 'tok_[a-z]{9}'\nnovelty = 1\n");
  const Ran ran = run_program(
      {"scan", ".", "--rules", outside / "gitleaks.toml"}, tree.path());
  CHECK(ran.exit_code == 0);
  CHECK_THAT(ran.err, Contains("warning: ") && Contains("gitleaks.toml:4: ") &&
                          Contains("novelty"));
}

TEST_CASE("a baseline that is none is an error", "[cli][errors]") {
  const TempDir folder;
  CHECK_THAT(error_of({"scan", ".", "-b", "/nowhere.json"}),
             Contains("/nowhere.json: No such file"));
  folder.write("b.json", "{\"findings\": [");
  CHECK_THAT(error_of({"scan", ".", "-b", folder / "b.json"}),
             Contains(folder / "b.json"));
}

TEST_CASE("a report that cannot be written is an error", "[cli][errors]") {
  const TempDir folder;
  CHECK(error_of({"scan", ".", "-o", "/nowhere/report"}, folder.path()) ==
        "leaksift: /nowhere/report: No such file or directory\n");
  CHECK_THAT(error_of({"scan", ".", "-o", folder.path()}, folder.path()),
             Contains(folder.path()));
  CHECK_THAT(error_of({"scan", ".", "-o", "/dev/full"}, folder.path()),
             Contains("/dev/full: cannot write"));
  // Said before the scan, which would end in another error.
  CHECK_THAT(error_of({"scan", "/nowhere-else", "-o", "/nowhere/report"}),
             Contains("/nowhere/report: No such file"));
  const Ran ran = run_program({"scan", ".", "-o", "report"}, folder.path());
  CHECK(ran.exit_code == 0);
  CHECK(std::filesystem::exists(folder / "report"));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) ==
        1);
}

TEST_CASE("a pipe or link that a report goes to is not replaced",
          "[cli][errors]") {
  const TempDir folder;
  const TempDir scanned;
  folder.write("report", "old");
  folder.link("link", folder / "report");
  const Ran ran = run_program({"scan", scanned.path(), "-o", folder / "link"},
                              folder.path());
  CHECK(ran.exit_code == 0);
  CHECK_THAT(read_bytes(folder / "report"), Contains("No secrets found."));
}

TEST_CASE("a range that names no commits is an error", "[cli][errors]") {
  const std::string sources = LEAKSIFT_SOURCES;
  CHECK_THAT(error_of({"history", sources, "--range", "no-such-tag..HEAD"}),
             Contains("--range: 'no-such-tag' names no commit here"));
  CHECK_THAT(error_of({"history", sources, "--range", "HEAD...HEAD"}),
             Contains("--range: ") && Contains("A..B"));
}
