#include "pipeline/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "rules/loader.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace leaksift;

namespace {

std::unique_ptr<Engine> engine_for(const std::string& toml) {
  Result<LoadedRules> loaded = parse_rules(toml, "rules.toml", {});
  REQUIRE(loaded);
  Result<std::unique_ptr<Engine>> engine =
      Engine::build(std::move(loaded->set));
  REQUIRE(engine);
  return *std::move(engine);
}

const std::string kToken = "[[rules]]\nid = 'tok'\nregex = 'tok_[a-z]{9}'\n";

// Who may read everything becomes somebody who may not, for a while.
class Unprivileged {
 public:
  Unprivileged() {
    if (::geteuid() == 0) REQUIRE(::seteuid(65534) == 0);
  }
  ~Unprivileged() {
    if (::getuid() == 0 && ::seteuid(0) != 0) std::abort();
  }
};

Report scan(const Engine& engine, const std::string& path) {
  Progress progress;
  Result<Report> report = scan_files(engine, {path}, {}, progress);
  REQUIRE(report);
  report->coverage.finish();
  return *std::move(report);
}

}  // namespace

TEST_CASE("what may not be read is named, and the rest scanned",
          "[pipeline][files]") {
  const auto engine = engine_for(kToken);
  const TempDir folder;
  folder.write("open", "tok_abcdefghi");
  folder.write("closed", "tok_ihgfedcba");
  folder.write("shut/inside", "tok_ihgfedcba");
  ::chmod(folder.path().c_str(), 0755);
  ::chmod((folder / "closed").c_str(), 0);
  ::chmod((folder / "shut").c_str(), 0);
  Report report;
  {
    const Unprivileged someone;
    report = scan(*engine, folder.path());
  }
  ::chmod((folder / "shut").c_str(), 0755);
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].occurrences[0].path == folder / "open");
  REQUIRE(report.coverage.skipped.size() == 2);
  CHECK(report.coverage.skipped[0] == Skipped{SkipReason::kUnreadable,
                                              folder / "closed",
                                              "Permission denied"});
  CHECK(report.coverage.skipped[1].name == folder / "shut");
  CHECK_FALSE(report.coverage.complete(false));
}

TEST_CASE("a rule about paths alone finds a file whatever is in it",
          "[pipeline][files]") {
  const auto engine = engine_for("[[rules]]\nid = 'store'\npath = '\\.p12$'\n");
  const TempDir folder;
  folder.write("a/key.p12", "same");
  folder.write("b/key.p12", "same");
  folder.write("key.p12.txt", "same");
  const Report report = scan(*engine, folder.path());
  REQUIRE(report.findings.size() == 2);
  CHECK(report.findings[0].occurrences[0].path == folder / "a/key.p12");
  CHECK(report.findings[1].occurrences[0].path == folder / "b/key.p12");
}

TEST_CASE("an allowlist of paths allows a secret there alone",
          "[pipeline][files]") {
  const auto engine =
      engine_for(kToken + "[[rules.allowlists]]\npaths = ['(?:^|/)tests/']\n");
  const TempDir folder;
  folder.write("src/a", "tok_abcdefghi");
  folder.write("tests/a", "tok_abcdefghi");
  const Report report = scan(*engine, folder.path());
  REQUIRE(report.findings.size() == 1);
  REQUIRE(report.findings[0].occurrences.size() == 1);
  CHECK(report.findings[0].occurrences[0].path == folder / "src/a");
}

TEST_CASE("a path that is not there fails before anything is scanned",
          "[pipeline][files]") {
  const auto engine = engine_for(kToken);
  const TempDir folder;
  folder.write("a", "tok_abcdefghi");
  Progress progress;
  const Result<Report> report =
      scan_files(*engine, {folder.path(), folder / "nowhere"}, {}, progress);
  REQUIRE_FALSE(report);
  CHECK_THAT(report.error().message(), Catch::Contains(folder / "nowhere"));
  CHECK(progress.done == 0);
}
