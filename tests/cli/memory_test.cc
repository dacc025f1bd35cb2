// --memory: objects that are too large to be held, and deltas that make much
// out of little.
#include <vector>

#include "cli/program.h"
#include "support/catch.h"
#include "support/forged_pack.h"
#include "support/git_fixture.h"
#include "support/temp_dir.h"

using namespace leaksift;
using Catch::Contains;

namespace {

constexpr const char* kLimit = "32M";
constexpr uint64_t kMega = uint64_t{1} << 20;

std::string id_of(char digit) {
  return std::string(40, digit);
}

Reported history(const GitFixture& repo, const std::string& memory) {
  return report({"history", repo.path(), "--memory", memory, "--jobs", "2"});
}

// The budget, and what a scan takes besides.
void check_peak([[maybe_unused]] const Reported& r) {
#ifndef __SANITIZE_ADDRESS__
  CHECK(r.ran.peak_kb < 96 << 10);
#endif
}

void check_same_with_more_memory(const GitFixture& repo, const Reported& r) {
  const Reported unlimited = history(repo, "64G");
  CHECK(r.findings == unlimited.findings);
  CHECK(r.summary["coverage"] == unlimited.summary["coverage"]);
}

constexpr uint64_t kCopied = 0x8000;

// Copies of kCopied bytes from the base's front.
std::string copies(uint64_t count) {
  std::string out;
  for (uint64_t i = 0; i < count; ++i) out += "\xa0\x80";
  return out;
}

std::string insert(const std::string& text) {
  REQUIRE(text.size() < 128);
  return std::string(1, static_cast<char>(text.size())) + text;
}

// As git packs it, in one piece.
void commit_large(const GitFixture& repo, const std::string& content) {
  repo.write("large", content);
  repo.git({"add", "."});
  repo.git({"commit", "-q", "-m", "large"});
}

}  // namespace

TEST_CASE("a blob over the budget is scanned to its end", "[cli][memory]") {
  const bool packed = GENERATE(false, true);
  const GitFixture repo;
  // Windows are of one or two MB: a token every 300 KB, some at their edges.
  std::string content(40 * kMega, '\n');
  for (unsigned i = 0; i < 130; ++i) {
    const std::string token = acme_token(i);
    content.replace(i * 300'000, token.size(), token);
  }
  content += acme_token(200);
  commit_large(repo, content);
  if (packed) repo.git({"repack", "-q", "-adf"});
  const Reported r = history(repo, kLimit);
  CHECK(r.ran.exit_code == 1);
  CHECK(r.findings.size() == 131);
  CHECK(r.summary["complete"] == true);
  check_same_with_more_memory(repo, r);
}

TEST_CASE("a secret at any place of a window's edge is found",
          "[cli][memory]") {
  const GitFixture repo;
  std::string content(24 * kMega, '\n');
  unsigned count = 0;
  for (uint64_t edge = kMega; edge < content.size(); edge += kMega) {
    const std::string token = acme_token(count++);
    content.replace(edge - count % 40, token.size(), token);
  }
  commit_large(repo, content);
  const Reported r = history(repo, kLimit);
  CHECK(r.findings.size() == count);
  check_same_with_more_memory(repo, r);
}

TEST_CASE("a delta bomb of 1000 MiB is scanned in bounded memory",
          "[cli][memory]") {
  constexpr uint64_t kCount = 32'000;
  const GitFixture repo;
  const std::string token = acme_token(1);
  write_forged_pack(repo / ".git/objects/pack",
                    {forged_blob(id_of('a'), std::string(kCopied, '\n')),
                     forged_delta(id_of('b'), id_of('a'), kCopied,
                                  kCount * kCopied + token.size(),
                                  copies(kCount) + insert(token))});
  const Reported r = history(repo, kLimit);
  CHECK(r.of_occurrences("blob") == Lines{id_of('b')});
  CHECK(r.summary["complete"] == true);
  check_peak(r);
}

TEST_CASE("what is made out of objects over the budget is found",
          "[cli][memory]") {
  constexpr uint64_t kCount = 2000;
  const uint64_t large = kCount * kCopied + 37;
  const GitFixture repo;
  std::vector<ForgedObject> objects = {
      forged_blob(id_of('a'), std::string(kCopied, '\n'))};
  // Two bombs, each the base of a small object and of another bomb.
  for (const char digit : {'b', 'c'}) {
    const auto number = static_cast<unsigned>(digit);
    objects.push_back(
        forged_delta(id_of(digit), id_of('a'), kCopied, large,
                     copies(kCount) + insert(acme_token(number))));
    objects.push_back(forged_delta(id_of(static_cast<char>(digit + 2)),
                                   id_of(digit), large, kCopied + 37,
                                   copies(1) + insert(acme_token(number + 2))));
  }
  objects.push_back(forged_delta(id_of('f'), id_of('b'), large, large,
                                 copies(kCount) + insert(acme_token(6))));
  write_forged_pack(repo / ".git/objects/pack", objects);
  const Reported r = history(repo, kLimit);
  CHECK(r.findings.size() == 5);
  CHECK(r.summary["complete"] == true);
  check_same_with_more_memory(repo, r);
}

TEST_CASE("an object beyond all measure is named", "[cli][memory]") {
  const GitFixture repo;
  write_forged_pack(
      repo / ".git/objects/pack",
      {forged_blob(id_of('a'), "a base"),
       forged_delta(id_of('b'), id_of('a'), 6, uint64_t{1} << 60, "\x90\x06")});
  const Reported r = history(repo, kLimit);
  CHECK(r.ran.exit_code == 3);
  CHECK(r.names_skipped("too-large") == Lines{id_of('b')});
}

TEST_CASE("--memory takes sizes and says what is wrong with others",
          "[cli][memory]") {
  const GitFixture repo;
  for (const char* good : {"33554432", "32M", "40000k", "1g"}) {
    CHECK(history(repo, good).ran.exit_code == 0);
  }
  for (const char* bad :
       {"", "x", "12Q", "-1", "1GB", "1.5G", "18446744073709551615G"}) {
    const Ran ran = run_program({"history", repo.path(), "--memory", bad});
    CHECK(ran.exit_code == 2);
    CHECK_THAT(ran.err, Contains("--memory"));
  }
  CHECK_THAT(run_program({"history", repo.path(), "--memory", "31M"}).err,
             Contains("at least 32M"));
}

TEST_CASE("a history of many versions of many secrets takes bounded memory",
          "[cli][memory]") {
  constexpr unsigned kSecrets = 2000;
  constexpr unsigned kVersions = 400;
  std::string secrets;
  for (unsigned i = 0; i < kSecrets; ++i) secrets += acme_token(i) + "\n";
  std::string stream;
  for (unsigned i = 1; i <= kVersions; ++i) {
    const std::string text = secrets + "version " + std::to_string(i) + "\n";
    stream += "commit refs/heads/main\ncommitter A <a@example.com> " +
              std::to_string(1'700'000'000 + i) + " +0000\ndata 1\nx\n" +
              "M 100644 inline tokens\ndata " + std::to_string(text.size()) +
              "\n" + text + "\n";
  }
  const GitFixture repo;
  repo.git({"fast-import", "--quiet"}, stream);
  repo.git({"repack", "-q", "-adf"});
  const Reported r = history(repo, kLimit);
  CHECK(r.ran.exit_code == 1);
  CHECK(r.findings.size() == kSecrets);
  CHECK(r.summary["complete"] == false);
  CHECK(r.summary["coverage"]["skipped"]["too-large"] > kVersions / 2);
  check_peak(r);
  const Reported alone =
      report({"history", repo.path(), "--memory", kLimit, "--jobs", "1"});
  CHECK(alone.findings == r.findings);
  CHECK(alone.summary["coverage"] == r.summary["coverage"]);
}

TEST_CASE("a file of secrets at many paths takes bounded memory",
          "[cli][memory]") {
  std::string secrets;
  for (unsigned i = 0; i < 500; ++i) secrets += acme_token(i) + "\n";
  std::string stream = "blob\nmark :1\ndata " + std::to_string(secrets.size()) +
                       "\n" + secrets +
                       "\ncommit refs/heads/main\n"
                       "committer A <a@example.com> 1700000000 +0000\n"
                       "data 1\nx\n";
  for (unsigned i = 0; i < 2000; ++i) {
    stream += "M 100644 :1 file" + std::to_string(i) + "\n";
  }
  const GitFixture repo;
  repo.git({"fast-import", "--quiet"}, stream);
  const Reported r = history(repo, kLimit);
  CHECK(r.ran.exit_code == 1);
  CHECK(r.findings.size() == 500);
  CHECK(r.summary["complete"] == false);
  CHECK_THAT(r.summary["coverage"]["skipped_items"].dump(),
             Contains("too many places of findings"));
  check_peak(r);
}

TEST_CASE("a folder of nothing but secrets takes bounded memory",
          "[cli][memory]") {
  const TempDir folder;
  for (unsigned file = 0; file < 50; ++file) {
    std::string secrets;
    for (unsigned i = 0; i < 2000; ++i) {
      secrets += acme_token(file * 2000 + i) + "\n";
    }
    folder.write("tokens" + std::to_string(file), secrets);
  }
  const Reported r =
      report({"scan", folder.path(), "--memory", kLimit, "--jobs", "2"});
  CHECK(r.ran.exit_code == 1);
  CHECK(r.findings.size() > 2000);
  CHECK(r.summary["complete"] == false);
  CHECK(r.summary["coverage"]["skipped"]["too-large"] > 20);
  check_peak(r);
}
