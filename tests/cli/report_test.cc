// Reports as the built program writes them. How each form looks in detail is
// for tests/unit/report; here, that the whole way keeps its promises.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/program.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

const std::vector<std::string> kFormats = {"text", "json", "jsonl", "sarif"};

// Puts `with` in the place of the number behind each `marker`.
void replace_numbers(std::string& text, std::string_view marker,
                     std::string_view with) {
  for (size_t at = text.find(marker); at != text.npos;
       at = text.find(marker, at)) {
    at += marker.size();
    const size_t end = text.find_first_not_of("0123456789.e-", at);
    if (end > at) text.replace(at, end - at, with);
  }
}

// What differs from run to run and from version to version is made the same.
std::string steady(std::string report) {
  replace_numbers(report, "\"seconds\":", "0");
  replace_numbers(report, "\"seconds\": ", "0");
  // The only "B, in " is in the text's line about what was scanned.
  replace_numbers(report, "B, in ", "0");
  for (const char* key : {"version", "semanticVersion"}) {
    const std::string quoted = '"' + std::string(key) + "\":";
    replace_numbers(report, quoted + "\"", "VERSION");
    replace_numbers(report, quoted + " \"", "VERSION");
  }
  return report;
}

// A repository in which there is something of everything to report.
void fill(const GitFixture& repo) {
  repo.write("conf/app.env", "\nkey = " + acme_token(1) + "\n");
  repo.write("conf/old name.env", "key = " + acme_token(2) + "\n");
  repo.git({"add", "."});
  repo.git({"commit", "-q", "-m", "first"});
  repo.git({"rm", "-q", "conf/old name.env"});
  repo.write("copy\n.env", "twice " + acme_token(1) + "\n");
  repo.write("fake.env", acme_token(3) + " # leaksift:allow\n");
  repo.write("a.gz", std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10) +
                         std::string(40, 'x'));
  repo.git({"add", "."});
  repo.git({"commit", "-q", "-m", "second, with " + acme_token(4)});
}

// Compares with tests/cli/golden/NAME, or writes that anew if the environment
// says LEAKSIFT_UPDATE=1.
void check_golden(const std::string& name, const std::string& text) {
  const std::string path =
      std::string(LEAKSIFT_SOURCES) + "/tests/cli/golden/" + name;
  if (std::getenv("LEAKSIFT_UPDATE") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
  }
  CHECK(text == read_bytes(path));
}

}  // namespace

TEST_CASE("reports are as they were", "[cli][report]") {
  const GitFixture repo;
  fill(repo);
  for (const std::string& format : kFormats) {
    for (const char* command : {"scan", "history"}) {
      Arguments arguments = {command,      ".",  "--rules",
                             acme_rules(), "-f", format};
      // Which other files a repository has depends on the version of git.
      if (arguments[0] == "history") arguments.emplace_back("--refs");
      const Ran ran = run_program(arguments, repo.path());
      CHECK(ran.exit_code == 1);
      CHECK(ran.err.empty());
      const std::string name = std::string(command) + "." + format;
      check_golden(name, steady(ran.out));
    }
  }
}

TEST_CASE("a report does not depend on the number of threads",
          "[cli][report]") {
  const Tree tree;
  for (unsigned i = 0; i < 300; ++i) {
    tree.write("folder-" + std::to_string(i % 17) + "/" + std::to_string(i),
               "key = " + acme_token(i % 40) + "\n");
  }
  for (const std::string& format : kFormats) {
    const auto with_jobs = [&](const char* jobs) {
      const Ran ran = run_program(
          {"scan", ".", "--rules", acme_rules(), "-f", format, "-j", jobs},
          tree.path());
      CHECK(ran.err.empty());
      return steady(ran.out);
    };
    const std::string alone = with_jobs("1");
    CHECK(alone.size() > 1000);
    CHECK(with_jobs("8") == alone);
  }
}

TEST_CASE("no report has a secret in clear", "[cli][report]") {
  // In contents, in names of files, of branches and of people, in messages.
  const GitFixture repo;
  const std::vector<std::string> secrets = {acme_token(1), acme_token(2),
                                            acme_token(3), acme_token(4),
                                            "acmekey-83650917264408351279"};
  repo.write("plain.env", secrets[0] + " and " + secrets[4]);
  repo.write("named-" + secrets[0] + ".env", secrets[1]);
  repo.write("pipe-" + secrets[1] + "/a.env", secrets[2]);
  repo.around().link("repo/link-" + secrets[2], secrets[0]);
  repo.git({"add", "."});
  repo.git({"-c", "user.name=x", "commit", "-q", "-m", "take " + secrets[3],
            "--author", secrets[0] + " <" + secrets[1] + "@example.com>"});
  repo.git({"branch", "keep-" + secrets[0]});
  repo.git({"branch", "-m", "main", "for-" + secrets[1]});
  for (const std::string& format : kFormats) {
    for (const char* command : {"scan", "history"}) {
      const Ran ran = run_program({command, ".", "--rules", acme_rules(), "-f",
                                   format, "--stats", "--no-suppress"},
                                  repo.path());
      CHECK(ran.exit_code == 1);
      CAPTURE(format, command);
      for (const std::string& secret : secrets) {
        CHECK_THAT(ran.out, !Catch::Contains(secret));
        CHECK_THAT(ran.err, !Catch::Contains(secret));
      }
    }
  }
}

TEST_CASE("--show-secrets shows them, but not in sarif", "[cli][report]") {
  const Tree tree;
  tree.write("a", acme_token(1));
  for (const std::string& format : kFormats) {
    const Ran ran = run_program(
        {"scan", ".", "--rules", acme_rules(), "-f", format, "--show-secrets"},
        tree.path());
    CAPTURE(format);
    CHECK((ran.out.find(acme_token(1)) != std::string::npos) ==
          (format != "sarif"));
  }
}

TEST_CASE("--output gets the report, and standard output nothing",
          "[cli][report]") {
  const Tree tree;
  const TempDir outside;
  tree.write("a", acme_token(1));
  for (const std::string& format : kFormats) {
    const Arguments command = {"scan",       ".",  "--rules",
                               acme_rules(), "-f", format};
    Arguments to_file = command;
    to_file.insert(to_file.end(), {"-o", outside / "report"});
    const Ran ran = run_program(to_file, tree.path());
    CHECK(ran.exit_code == 1);
    CHECK(ran.out.empty());
    CHECK(steady(read_bytes(outside / "report")) ==
          steady(run_program(command, tree.path()).out));
  }
}

TEST_CASE("--stats tells what each stage cost", "[cli][report]") {
  const GitFixture repo;
  fill(repo);
  const Reported r = report({"history", repo.path(), "--stats"});
  Lines names;
  for (const nlohmann::json& stage : r.summary["stages"]) {
    names.push_back(stage["name"]);
    CHECK(stage["seconds"].get<double>() >= 0);
  }
  CHECK(names ==
        Lines{"inflate", "delta", "prefilter", "confirm", "attribute"});
  const Ran text = run_program({"scan", repo.path(), "--stats"});
  CHECK_THAT(text.out,
             Catch::Contains("  prefilter ") && Catch::Contains(" s "));
}

TEST_CASE("names cannot write to the terminal", "[cli][report]") {
  const Tree tree;
  tree.write("\x1b[2J\x07\r.env", acme_token(1));
  const Ran ran =
      run_program({"scan", ".", "--rules", acme_rules()}, tree.path());
  CHECK(ran.exit_code == 1);
  CHECK(ran.out.find_first_of("\x1b\x07\r") == std::string::npos);
}
