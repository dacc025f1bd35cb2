// What `leaksift scan` looks at.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/program.h"
#include "support/catch.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

std::string line_with(const std::string& token) {
  return "key = " + token + "\n";
}

std::string utf16le(const std::string& ascii) {
  std::string wide = "\xff\xfe";
  for (const char c : ascii) wide += {c, '\0'};
  return wide;
}

std::string utf32be(const std::string& ascii) {
  std::string wide("\0\0\xfe\xff", 4);
  for (const char c : ascii) wide += std::string(3, '\0') + c;
  return wide;
}

// A file that is mostly a hole, with `text` at `at`.
void write_sparse(const std::string& path, uint64_t size, uint64_t at,
                  const std::string& text) {
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY, 0644);
  REQUIRE(fd >= 0);
  REQUIRE(::ftruncate(fd, static_cast<off_t>(size)) == 0);
  REQUIRE(::pwrite(fd, text.data(), text.size(), static_cast<off_t>(at)) ==
          static_cast<ssize_t>(text.size()));
  ::close(fd);
}

}  // namespace

TEST_CASE("a folder is scanned, all of it", "[cli][scan]") {
  const Tree tree;
  tree.write("a.env", line_with(acme_token(1)));
  tree.write("deep/er/.hidden", "\n\n  " + acme_token(2));
  tree.write("clean.txt", "nothing here\n");
  const Reported r = tree.scan();
  CHECK(r.ran.exit_code == 1);
  CHECK(r.ran.err.empty());
  CHECK(r.findings.size() == 2);
  CHECK(r.places() == Lines{"./a.env:1:7", "./deep/er/.hidden:3:3"});
  CHECK(r.summary["coverage"]["inputs"] == 3);
  CHECK(r.summary["complete"] == true);
}

TEST_CASE("without a secret the exit code is 0", "[cli][scan]") {
  const Tree tree;
  tree.write("clean.txt", "acme_0123 is too short\n");
  const Reported r = tree.scan();
  CHECK(r.ran.exit_code == 0);
  CHECK(r.findings.empty());
}

TEST_CASE("several paths are one scan, and one secret one finding",
          "[cli][scan]") {
  const Tree tree;
  tree.write("a/x", line_with(acme_token(1)));
  tree.write("b/y", line_with(acme_token(1)) + line_with(acme_token(1)));
  const Reported r = report({"scan", "a", "b/y"}, tree.path());
  CHECK(r.findings.size() == 1);
  CHECK(r.places() == Lines{"a/x:1:7", "b/y:1:7", "b/y:2:7"});
}

TEST_CASE("a work tree is scanned without what git ignores", "[cli][scan]") {
  const GitFixture repo;
  repo.write(".gitignore", "*.log\n/build/\n");
  repo.write("deep/.gitignore", "!keep.log\nlocal.env\n");
  for (const char* name :
       {"tracked.log", "untracked.env", "app.log", "build/out.env",
        "deep/keep.log", "deep/local.env", "other/local.env"}) {
    repo.write(name, line_with(acme_token(1)));
  }
  repo.git({"add", "-f", "tracked.log"});
  const Reported r = report({"scan", "."}, repo.path());
  CHECK(r.of_occurrences("path") == Lines{"./deep/keep.log",
                                          "./other/local.env", "./tracked.log",
                                          "./untracked.env"});
  CHECK(r.names_skipped("ignored") ==
        Lines{"./app.log", "./build", "./deep/local.env"});
  CHECK(r.summary["complete"] == true);

  const Reported all = report({"scan", ".", "--no-ignore"}, repo.path());
  CHECK(all.of_occurrences("path").size() == 7);
  CHECK(all.skipped("ignored") == 0);
}

TEST_CASE("with --strict what was left out makes the scan incomplete",
          "[cli][scan]") {
  const GitFixture repo;
  repo.write(".gitignore", "*.log\n");
  repo.write("app.log", "nothing\n");
  CHECK(report({"scan", "."}, repo.path()).ran.exit_code == 0);
  const Reported r = report({"scan", ".", "--strict"}, repo.path());
  CHECK(r.ran.exit_code == 3);
  CHECK(r.summary["complete"] == false);
}

TEST_CASE("links are named and not followed", "[cli][scan]") {
  const Tree outside;
  outside.write("secret.env", line_with(acme_token(1)));
  const Tree tree;
  tree.link("file", outside / "secret.env");
  tree.link("folder", outside.path());
  tree.link("dangling", "nowhere");
  tree.link("loop", ".");
  const Reported r = tree.scan();
  CHECK(r.ran.exit_code == 0);
  CHECK(r.findings.empty());
  CHECK(r.names_skipped("symlink") ==
        Lines{"./dangling", "./file", "./folder", "./loop"});
}

TEST_CASE("a pipe in the tree is named, and the scan incomplete",
          "[cli][scan]") {
  const Tree tree;
  REQUIRE(::mkfifo((tree / "pipe").c_str(), 0600) == 0);
  const Reported clean = tree.scan();
  CHECK(clean.ran.exit_code == 3);
  CHECK(clean.names_skipped("special-file") == Lines{"./pipe"});
  // What was found counts for more, and the report says both.
  tree.write("a.env", line_with(acme_token(1)));
  const Reported found = tree.scan();
  CHECK(found.ran.exit_code == 1);
  CHECK(found.summary["complete"] == false);
}

TEST_CASE("text of two and four bytes a character is read as such",
          "[cli][scan]") {
  const Tree tree;
  tree.write("wide.txt", utf16le("first\n" + line_with(acme_token(1))));
  tree.write("wider.txt", utf32be("first\n" + line_with(acme_token(2))));
  const Reported r = tree.scan();
  CHECK(r.places() == Lines{"./wide.txt:2:7", "./wider.txt:2:7"});
  CHECK(r.findings.size() == 2);
}

TEST_CASE("bytes that are no text are scanned, too", "[cli][scan]") {
  const Tree tree;
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  tree.write("program", bytes + '\0' + acme_token(1) + '\0' + bytes);
  const Reported r = tree.scan();
  CHECK(r.findings.size() == 1);
}

TEST_CASE("equal contents are scanned once and named each", "[cli][scan]") {
  const Tree tree;
  for (const char* name : {"a", "b", "c"}) {
    tree.write(name, line_with(acme_token(1)));
    tree.write(std::string("clean-") + name, "nothing\n");
  }
  const Reported r = tree.scan();
  CHECK(r.summary["coverage"]["inputs"] == 6);
  CHECK(r.summary["coverage"]["blobs"] == 2);
  CHECK(r.of_occurrences("path") == Lines{"./a", "./b", "./c"});
}

TEST_CASE("a secret on the border of two windows is found in bounded memory",
          "[cli][scan]") {
  constexpr uint64_t kSize = 70 << 20;
  constexpr uint64_t kWindow = 8 << 20;
  const Tree tree;
  // Wherever the second window begins: near its size, less some margin.
  std::string border;
  for (unsigned i = 0; i < 1500; ++i) border += line_with(acme_token(i));
  write_sparse(tree / "large", kSize, kWindow - border.size() / 2, border);
  write_sparse(tree / "same", kSize, kWindow - border.size() / 2, border);
  const Reported r = tree.scan({"--jobs", "1"});
  CHECK(r.findings.size() == 1500);
  CHECK(r.summary["coverage"]["blobs"] == 1);
  CHECK(r.summary["coverage"]["bytes"] == kSize);
#ifndef __SANITIZE_ADDRESS__
  CHECK(r.ran.peak_kb < 48 << 10);
#endif
}

TEST_CASE("files over --max-file-size are named, not read", "[cli][scan]") {
  const Tree tree;
  tree.write("large", line_with(acme_token(1)) + std::string(2000, ' '));
  tree.write("small", line_with(acme_token(2)));
  const Reported r = tree.scan({"--max-file-size", "1KB"});
  CHECK(r.of_occurrences("path") == Lines{"./small"});
  CHECK(r.names_skipped("over-size-limit") == Lines{"./large"});
}

TEST_CASE("standard input is scanned as -", "[cli][scan]") {
  const Reported r =
      report({"scan", "-"}, "/", "\n" + line_with(acme_token(1)));
  CHECK(r.ran.exit_code == 1);
  CHECK(r.places() == Lines{"-:2:7"});
  CHECK(report({"scan", "-"}, "/", "nothing").ran.exit_code == 0);
}

TEST_CASE("archives are named as not opened", "[cli][scan]") {
  const Tree tree;
  const std::string zip =
      std::string("PK\x03\x04\x14\0\0\0\x08\0", 10) + std::string(40, 'x');
  tree.write("a.zip", zip);
  tree.write("renamed.txt", zip + "y");
  tree.write("b.gz", std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10) +
                         std::string(40, 'x'));
  const Reported r = tree.scan();
  CHECK(r.ran.exit_code == 0);
  CHECK(r.names_skipped("archive-not-opened") ==
        Lines{"./a.zip", "./b.gz", "./renamed.txt"});
  CHECK(tree.scan({"--strict"}).ran.exit_code == 3);
}

TEST_CASE("a file scanned in a work tree gives the secrets of its blob",
          "[cli][scan][history]") {
  const GitFixture repo;
  // Files of all sizes and encodings, with secrets at their ends and borders.
  unsigned number = 0;
  for (const size_t before : {0U, 1U, 4095U, 70'000U, 9'000'000U}) {
    const std::string text = std::string(before, ' ') + acme_token(number) +
                             "\n" + acme_token(number + 1);
    repo.write("bytes-" + std::to_string(before), text);
    repo.write("wide-" + std::to_string(before),
               utf16le(text + "\n" + acme_token(number + 2)));
    number += 3;
  }
  repo.git({"add", "."});
  repo.git({"commit", "-q", "-m", "all"});
  const Reported files = report({"scan", repo.path()});
  const Reported blobs = report({"history", repo.path()});
  REQUIRE(files.findings.size() == number);
  REQUIRE(blobs.findings.size() == number);
  for (size_t i = 0; i < number; ++i) {
    nlohmann::json file = files.findings[i];
    nlohmann::json blob = blobs.findings[i];
    CHECK(file["fingerprint"] == blob["fingerprint"]);
    REQUIRE(file["occurrences"].size() == blob["occurrences"].size());
    for (size_t o = 0; o < file["occurrences"].size(); ++o) {
      const nlohmann::json& in_file = file["occurrences"][o];
      const nlohmann::json& in_blob = blob["occurrences"][o];
      CHECK(in_file["path"] ==
            repo.path() + "/" + in_blob["path"].get<std::string>());
      for (const char* key : {"line", "column", "end_line", "end_column"}) {
        CHECK(in_file[key] == in_blob[key]);
      }
    }
  }
}

TEST_CASE("what is less sure than --min-confidence is counted, not listed",
          "[cli][scan]") {
  const Tree tree;
  tree.write("rules.toml",
             "format = 1\n[[rules]]\nid = 'a'\nregex = 'n=(\\d+)'\n"
             "checksum = 'luhn'\n");
  tree.write("x/a.txt", "n=79927398713\nn=79927398714\n");
  const auto scan = [&](const Arguments& more) {
    Arguments command = {"scan", "x", "--rules", "rules.toml"};
    command.insert(command.end(), more.begin(), more.end());
    return report(command, tree.path());
  };
  const Reported usual = scan({});
  REQUIRE(usual.findings.size() == 1);
  CHECK(usual.findings[0]["confidence"] == "certain");
  CHECK(usual.findings[0]["checksum"] == "holds");
  CHECK(usual.summary["suppressed"]["confidence"] == 1);

  const Reported all = scan({"--min-confidence", "low"});
  REQUIRE(all.findings.size() == 2);
  CHECK(all.findings[1]["confidence"] == "low");
  CHECK(all.findings[1]["checksum"] == "fails");
  CHECK(scan({"--min-confidence", "certain"}).findings.size() == 1);
  CHECK(run_program({"scan", "--min-confidence", "sure", "-"}).exit_code == 2);
}
