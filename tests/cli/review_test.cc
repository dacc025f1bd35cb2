// Release reviews, from the scan to the history that the real `git filter-repo`
// makes of it.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "cli/program.h"
#include "core/digest.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

namespace fs = std::filesystem;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

unsigned mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777U;
}

std::string utf16(std::string_view ascii) {
  std::string text = "\xff\xfe";
  for (const char c : ascii) text += std::string(1, c) + '\0';
  return text;
}

std::string in_base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) {
      text.push_back(kDigits[bits >> (count - 6) & 63]);
    }
  }
  return text;
}

constexpr std::string_view kPemRule = R"(
[[rules]]
id = "acme-pem"
description = "Acme key block"
regex = '''(-----BEGIN ACME KEY-----[0-9a-f\s]{200,}?-----END ACME KEY-----)'''
)";

// A key of 12 lines, as kPemRule finds it.
std::string acme_pem(unsigned number, const std::string& line_end) {
  std::string pem = "-----BEGIN ACME KEY-----" + line_end;
  for (unsigned i = 0; i < 10; ++i) {
    pem += to_hex(hmac_sha256(std::to_string(number), std::to_string(i))) +
           line_end;
  }
  return pem + "-----END ACME KEY-----";
}

// A history with a secret of every kind, and its review.
class Reviewed {
 public:
  Reviewed() {
    rules_ = repo_.around() / "rules.toml";
    repo_.around().write("rules.toml",
                         read(acme_rules()) + std::string(kPemRule) + R"(
[[rules]]
id = "acme-password"
description = "Acme password"
regex = '''acmepw\[\[([^\n]{6,80}?)\]\]'''

[[rules]]
id = "acme-file"
description = "Acme key file"
path = '''\.acmekey$'''
)");
    add_texts();
    add_messages();
    add_binaries();
    add_names();
    repo_.git({"hash-object", "-w", "--stdin"},
              "key = " + acme_token(90) + "\n");
  }

  Ran leaksift(const Arguments& more) const {
    Arguments all = {"history"};
    all.insert(all.end(), more.begin(), more.end());
    all.insert(all.end(), {"--rules", rules_});
    return run_program(all, repo_.around().path());
  }

  Ran review() const { return leaksift({"--review", "-o", "review", "repo"}); }

  std::string clone(const std::string& name) const {
    repo_.git_in(repo_.around().path(),
                 {"clone", "-q", "--mirror", "--no-local", "repo", name});
    return repo_.around() / name;
  }

  nlohmann::json verify(const std::string& clone, int exit_code) const {
    const Ran ran = leaksift({"--verify-clean", "review", clone, "-f", "json"});
    INFO(ran.err << ran.out);
    REQUIRE(ran.exit_code == exit_code);
    return nlohmann::json::parse(ran.out);
  }

  const GitFixture& repo() const { return repo_; }
  std::string operator/(std::string_view name) const {
    return repo_.around() / ("review/" + std::string(name));
  }

  // In the order of their numbers: a text for every line of the file.
  static const Lines& odd_passwords() {
    static const Lines all = {
        R"(a.*b[c]^$(d)|e\1+?{2})", "left==>right-side",
        "#begins.like.a.comment",   " blanks around ",
        "regex:not.one.x",          "quote'and\"back\\slash",
        "caf\xc3\xa9-not-ascii",    "bytes\xff\xfe-raw",
        "***stars***ahead"};
    return all;
  }

 private:
  void commit(const std::string& message) {
    repo_.git({"add", "-A"});
    repo_.git({"commit", "-q", "-F", "-"}, message);
  }

  static std::string in_brackets(const std::string& text) {
    return "acmepw[[" + text + "]]\n";
  }

  static std::string swapped(std::string wide) {
    for (size_t i = 0; i < wide.size(); i += 2) std::swap(wide[i], wide[i + 1]);
    return wide;
  }

  static std::string key_line(unsigned number) {
    return "key = " + acme_token(number) + "\n";
  }

  // Classes A, B and, in base64, D.
  void add_texts() {
    std::string passwords;
    for (const std::string& one : odd_passwords())
      passwords += in_brackets(one);
    repo_.write("passwords.txt", passwords);
    repo_.write("app.env", key_line(1));
    repo_.write("unix.pem", acme_pem(1, "\n") + "\n");
    repo_.write("dos.pem", acme_pem(2, "\r\n") + "\r\n");
    // A short secret inside of a longer one, and a line of a key by itself:
    // taking the short one out first would leave the rest of the other.
    repo_.write("nested.txt",
                in_brackets("outer-" + acme_token(2) + "-outer") + key_line(2));
    repo_.write("line.txt", in_brackets(acme_pem(1, "\n").substr(24, 64)));
    repo_.write("base64.txt", in_base64("key=" + acme_token(1)) + "=\n");
    commit("first");
  }

  void add_messages() {
    repo_.write("a", "1\n");
    commit("message\n\n" + key_line(3) + "\n" + acme_pem(3, "\n") + "\n");
    repo_.git({"tag", "-a", "-F", "-", "v1"}, "tag\n\n" + key_line(4));
    repo_.git({"notes", "add", "-F", "-"}, "note\n\n" + key_line(5));
    repo_.write("app.env", "removed\n");
    commit("removed");
    repo_.write("a", key_line(6));
    repo_.git({"stash"});
  }

  // Classes C and D.
  void add_binaries() {
    repo_.write("data.bin", std::string("\0\1\2", 3) + key_line(7));
    repo_.write("late.bin", std::string(9000, 'x') + std::string(1, '\0') +
                                "\n" + key_line(8));
    repo_.write("wide.txt", utf16("first\r\n" + key_line(9) + "last\r\n" +
                                  acme_pem(4, "\r\n") + "\r\n"));
    repo_.write("big.txt", swapped(utf16(key_line(14))));
    repo_.write("my.acmekey", "whatever\n");
    commit("binaries");
  }

  // Class E: each stands in a text as well, where rules look.
  void add_names() {
    repo_.write("dir/" + acme_token(10) + ".txt", key_line(10));
    repo_.write("names.txt", key_line(11) + key_line(12) + key_line(13));
    commit("names");
    repo_.git({"branch", "fix-" + acme_token(11)});
    repo_.git({"tag", "-a", "-m", "release", "r-" + acme_token(12)});
    repo_.write("b", "b\n");
    repo_.git({"add", "-A"});
    repo_.git({"commit", "-q", "-m", "by a token", "--author",
               acme_token(13) + " <x@" + acme_token(13) + ".example>"});
  }

  GitFixture repo_;
  std::string rules_;
};

// One for all test cases: making it takes the longest.
const Reviewed& reviewed() {
  static const Reviewed one;
  return one;
}

std::set<std::string> places_of(const nlohmann::json& verified) {
  std::set<std::string> all;
  for (const nlohmann::json& left : verified["left"]) {
    all.insert(left["place"].get<std::string>() + ", " +
               left["form"].get<std::string>());
  }
  return all;
}

}  // namespace

TEST_CASE("a review and git filter-repo take every secret out of a history",
          "[cli][review]") {
  const Reviewed& r = reviewed();
  const Ran ran = r.review();
  INFO(ran.err);
  REQUIRE(ran.exit_code == 1);

  SECTION("the folder is for its owner alone, and no other file has a secret") {
    CHECK(mode_of(r / "") == 0700U);
    CHECK(mode_of(r / "SENSITIVE") == 0700U);
    for (const auto& entry : fs::directory_iterator(r / "SENSITIVE")) {
      CHECK(mode_of(entry.path().string()) == 0600U);
    }
    for (const char* name : {"README.md", "review.md", "review.html",
                             "review.json", "findings.json", "rewrite.sh"}) {
      INFO(name);
      const std::string text = read(r / name);
      for (unsigned i = 1; i <= 14; ++i) {
        CHECK(text.find(acme_token(i)) == std::string::npos);
      }
      CHECK(text.find(Reviewed::odd_passwords()[1]) == std::string::npos);
    }
  }

  SECTION("the cards name where each stands and what removes it") {
    const auto review = nlohmann::json::parse(read(r / "review.json"));
    CHECK(review["ready"] == false);
    std::set<std::string> classes;
    for (const nlohmann::json& card : review["cards"]) {
      CHECK(!card["remedies"].empty());
      for (const auto& one : card["remedies"]) classes.insert(one);
    }
    CHECK(classes == std::set<std::string>{"A", "B", "C", "D", "E", "F"});
    CHECK(read(r / "review.md").find("**NOT READY**") != std::string::npos);
  }

  SECTION("the repository itself is not clean") {
    const nlohmann::json verified = r.verify("repo", 1);
    CHECK(verified["clean"] == false);
    CHECK(places_of(verified).contains("text blob, plain"));
  }

  SECTION("with the texts alone, what stands elsewhere is named") {
    const std::string path = r.clone("texts.git");
    r.repo().git_in(path, {"update-ref", "-d", "refs/stash"});
    const Ran rewritten =
        run_command({"git", "filter-repo", "--replace-text",
                     r / "SENSITIVE/replacements.txt", "--replace-message",
                     r / "SENSITIVE/replacements.txt"},
                    path);
    INFO(rewritten.err);
    REQUIRE(rewritten.exit_code == 0);
    const nlohmann::json verified = r.verify("texts.git", 1);
    CHECK(places_of(verified) ==
          std::set<std::string>{
              "binary blob, plain", "wide text blob, utf-16le",
              "wide text blob, utf-16be", "tree, plain", "header, plain",
              "ref name, plain", "git file, plain"});
    CHECK(verified["unstripped"].size() == 2);
  }

  SECTION("with all files of the review, it is clean") {
    const std::string path = r.clone("clean.git");
    const Ran rewritten =
        run_command({"sh", r / "rewrite.sh", path}, r.repo().around().path());
    INFO(rewritten.err);
    REQUIRE(rewritten.exit_code == 0);
    const nlohmann::json verified = r.verify("clean.git", 0);
    INFO(verified.dump(1));
    CHECK(verified["clean"] == true);
    CHECK(verified["secrets"].get<int>() > 20);
    // What was beside the secrets is still there.
    auto show = [&](const std::string& what) {
      return r.repo().git_in(path, {"show", what});
    };
    const std::string wide = show("main:wide.txt");
    CHECK(wide.starts_with(utf16("first\r\nkey = ***REMOVED-")));
    CHECK(wide.find(utf16("***\nlast\r\n***REMOVED-").substr(2)) !=
          std::string::npos);
    CHECK(show("main:nested.txt").starts_with("acmepw[[***REMOVED-"));
    CHECK(show("main:dos.pem").ends_with("***\r\n"));
    CHECK(show("main:a") == "1\n");
    const std::string names =
        r.repo().git_in(path, {"ls-tree", "-r", "--name-only", "main"});
    CHECK(names.find("data.bin") == std::string::npos);
    CHECK(names.find("my.acmekey") == std::string::npos);
    CHECK(names.find("dir/REMOVED-") != std::string::npos);
  }
}

TEST_CASE("a review does not depend on the number of threads",
          "[cli][review]") {
  const Reviewed& r = reviewed();
  REQUIRE(r.review().exit_code == 1);
  const Ran ran = r.leaksift({"--review", "-o", "other", "repo", "-j", "3"});
  REQUIRE(ran.exit_code == 1);
  for (const auto& entry : fs::recursive_directory_iterator(r / "SENSITIVE")) {
    const std::string name = entry.path().filename();
    CHECK(read(entry.path()) == read(r / ("../other/SENSITIVE/" + name)));
  }
  CHECK(read(r / "review.json") == read(r / "../other/review.json"));
}

TEST_CASE("what was taken out of a review's files may stay", "[cli][review]") {
  const Reviewed& r = reviewed();
  REQUIRE(r.review().exit_code == 1);
  const std::string before = r.verify("repo", 1).dump();
  r.repo().around().write("review/SENSITIVE/replacements.txt", "");
  r.repo().around().write("review/SENSITIVE/strip-blobs.txt", "");
  const nlohmann::json verified = r.verify("repo", 0);
  CHECK(verified["secrets"] == 0);
  CHECK(verified["clean"] == true);
  // What the review has never seen is found all the same.
  const GitFixture other;
  other.write("new.env", "key = " + acme_token(77) + "\n");
  other.git({"add", "-A"});
  other.git({"commit", "-q", "-m", "new"});
  const nlohmann::json found = r.verify(other.path(), 1);
  REQUIRE(found["new_findings"].size() == 1);
  CHECK(found["new_findings"][0]["path"] == "new.env");
}

TEST_CASE("what is too large to be held is searched for secrets all the same",
          "[cli][review][memory]") {
  // Tokens 0 to 9, and a key.
  const GitFixture old;
  std::string secrets = acme_pem(1, "\n") + "\n";
  for (unsigned i = 0; i < 10; ++i) secrets += "k = " + acme_token(i) + "\n";
  old.write("secrets", secrets);
  old.git({"add", "-A"});
  old.git({"commit", "-q", "-m", "secrets"});
  old.around().write("rules.toml", read(acme_rules()) + std::string(kPemRule));
  const std::string rules = old.around() / "rules.toml";
  auto leaksift = [&](Arguments all) {
    const Arguments more = {"--rules", rules, "-j",
                            "2",       "-o",  old.around() / "out"};
    all.insert(all.begin(), "history");
    all.insert(all.end(), more.begin(), more.end());
    return run_program(all);
  };
  REQUIRE(leaksift({old.path(), "--review"}).exit_code == 1);
  fs::rename(old.around() / "out", old.around() / "review");

  // Encoded, so that no rule finds them, and over every place at which a
  // search in pieces might be cut.
  constexpr size_t kKilo = 1024;
  const GitFixture fresh;
  std::string large(6000 * kKilo, '\n');
  auto put = [&](size_t at, const std::string& text) {
    large.replace(at, text.size(), text);
  };
  for (unsigned i = 0; i < 8; ++i) {
    put(512 * kKilo * (i + 1) - 4 * i - 3, in_base64(acme_token(i)));
  }
  put(5120 * kKilo - 100, in_base64(acme_pem(1, "\n")));
  fresh.write("large", large);
  fresh.git({"add", "-A"});
  std::string message(5000 * kKilo, 'x');
  message.insert(4096 * kKilo - 300, to_hex(acme_token(8)));
  fresh.git({"commit", "-q", "-F", "-"}, message);
  const std::string wide = utf16(acme_token(9)).substr(2);
  const std::string front(33000 * kKilo, 'x');
  fresh.write(".git/large", front + wide + "end");

  const Ran ran =
      leaksift({fresh.path(), "--verify-clean", old.around() / "review",
                "--memory", "32M", "-f", "json"});
  INFO(ran.err);
  CHECK(ran.exit_code == 1);
  const auto found = nlohmann::json::parse(read(old.around() / "out"));
  INFO(found.dump(1));
  CHECK(found["skipped"].empty());
  std::map<std::string, int> by_place;
  for (const nlohmann::json& left : found["left"]) {
    ++by_place[left["place"].get<std::string>() + ", " +
               left["form"].get<std::string>()];
  }
  CHECK(by_place == std::map<std::string, int>{{"text blob, base64", 9},
                                               {"message, hex", 1},
                                               {"git file, hex", 1},  // reflog
                                               {"git file, utf-16le", 1}});
#ifndef __SANITIZE_ADDRESS__
  CHECK(ran.peak_kb < 96 << 10);
#endif
}

TEST_CASE("a history without secrets is ready", "[cli][review]") {
  const GitFixture repo;
  repo.write("a", "nothing\n");
  repo.git({"add", "-A"});
  repo.git({"commit", "-q", "-m", "first"});
  const TempDir out;
  const Arguments review = {"history", repo.path(), "--review",  "-o",
                            out / "r", "--rules",   acme_rules()};
  REQUIRE(run_program(review).exit_code == 0);
  CHECK(read(out / "r/review.md").find("**READY**") != std::string::npos);
  CHECK(read(out / "r/SENSITIVE/replacements.txt").empty());
  // An earlier review is replaced.
  CHECK(run_program(review).exit_code == 0);

  const Arguments verify = {"history", repo.path(), "--verify-clean",
                            out / "r", "--rules",   acme_rules()};
  Ran ran = run_program(verify);
  CHECK(ran.exit_code == 0);
  CHECK(ran.out.ends_with("CLEAN.\n"));

  SECTION("but a repository that is not whole is not clean") {
    const std::string head =
        std::string(trimmed(repo.git({"rev-parse", "HEAD"})));
    const char* what = "";
    if (GENERATE(0, 1) == 0) {
      what = "grafts";
      repo.write(".git/info/grafts", head + "\n");
    } else {
      what = "alternates";
      const GitFixture lender;
      repo.write(".git/objects/info/alternates",
                 lender.path() + "/.git/objects\n");
    }
    ran = run_program(verify);
    INFO(what << ran.out);
    CHECK(ran.exit_code == 3);
    CHECK(ran.out.find(what) != std::string::npos);
    CHECK(ran.out.find("\nCLEAN") == std::string::npos);
  }
  SECTION("nor is one with replaced objects") {
    repo.git({"commit", "-q", "--allow-empty", "-m", "second"});
    repo.git({"replace", "HEAD", "HEAD^"});
    ran = run_program(verify);
    CHECK(ran.exit_code == 3);
    CHECK(ran.out.find("1 refs/replace/") != std::string::npos);
  }
  SECTION("nor a shallow one") {
    repo.git({"commit", "-q", "--allow-empty", "-m", "second"});
    repo.git({"clone", "-q", "--depth", "1", "file://" + repo.path(),
              repo.around() / "shallow"});
    Arguments shallow = verify;
    shallow[1] = repo.around() / "shallow";
    ran = run_program(shallow);
    CHECK(ran.exit_code == 3);
    CHECK(ran.out.find("shallow") != std::string::npos);
  }
}

TEST_CASE("a review is not written where its secrets could be lost",
          "[cli][review]") {
  const GitFixture repo;
  repo.git({"commit", "-q", "--allow-empty", "-m", "first"});
  const TempDir out;
  auto refused = [&](const Arguments& more) {
    Arguments all = {"history", repo.path(), "--review", "--rules",
                     acme_rules()};
    all.insert(all.end(), more.begin(), more.end());
    const Ran ran = run_program(all);
    INFO(ran.err);
    CHECK(ran.exit_code == 2);
    return ran.err + ran.out;
  };
  CHECK(refused({}).find("--output") != std::string::npos);
  CHECK(refused({"-o", out / "r", "-f", "json"}).find("--format") !=
        std::string::npos);
  CHECK(refused({"-o", out / "r", "--refs"}).find("--refs") !=
        std::string::npos);
  CHECK(refused({"-o", repo / "sub/review"}).find("outside") !=
        std::string::npos);
  CHECK(!fs::exists(repo / "sub"));
  out.write("full/file", "not a review");
  CHECK(refused({"-o", out / "full"}).find("not empty") != std::string::npos);
  CHECK(refused({"-o", out / "full/file"}).find("not a folder") !=
        std::string::npos);
  // A link to elsewhere in an earlier review is not followed.
  out.write("old/review.json", "{}");
  out.write("old/rewrite.sh", "");
  out.make_directory("elsewhere");
  fs::create_directory_symlink(out / "elsewhere", out / "old/SENSITIVE");
  CHECK(refused({"-o", out / "old"}).find("SENSITIVE") != std::string::npos);
  CHECK(fs::is_empty(out / "elsewhere"));

  const Ran none = run_program({"history", repo.path(), "--verify-clean",
                                out / "full", "--rules", acme_rules()});
  CHECK(none.exit_code == 2);
  CHECK(none.err.find("not a review") != std::string::npos);
}

TEST_CASE("nothing that a history says can forge a line of its review",
          "[cli][review]") {
  const GitFixture repo;
  repo.write("a`b``\n# <script>[x](y)\x1b[2J", "key = " + acme_token(1) + "\n");
  repo.git({"add", "-A"});
  repo.git(
      {"commit", "-q", "-m", "x", "--author", "`evil`* **READY** <script@x>"});
  const TempDir out;
  const Ran ran = run_program({"history", repo.path(), "--review", "-o",
                               out / "r", "--rules", acme_rules()});
  REQUIRE(ran.exit_code == 1);
  const std::string text = read(out / "r/review.md");
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("\n# <script>") == std::string::npos);
  CHECK(text.find("``` a`b``\\x0a# <script>[x](y)\\x1b[2J:1 ```") !=
        std::string::npos);
  CHECK(text.find("`` `evil`* **READY** <script@x> ``") != std::string::npos);

  const std::string html = read(out / "r/review.html");
  CHECK(html.find('\x1b') == std::string::npos);
  CHECK(html.find("<code>a`b``\\x0a# &lt;script&gt;[x](y)\\x1b[2J:1</code>") !=
        std::string::npos);
  CHECK(html.find("&lt;script@x&gt;") != std::string::npos);
  CHECK(html.find("<script") == std::string::npos);
}

TEST_CASE("a review also lists what is not sure", "[cli][review]") {
  const GitFixture repo;
  repo.write("a.py", "password = 'nightwatch'\n");
  repo.git({"add", "."});
  repo.git({"commit", "-q", "-m", "one"});
  const auto review = [&](const Arguments& more, const std::string& folder) {
    Arguments command = {"history", "--review", "-o", folder, repo.path()};
    command.insert(command.end(), more.begin(), more.end());
    return run_program(command, repo.around().path()).exit_code;
  };
  CHECK(run_program({"history", repo.path()}).exit_code == 0);
  CHECK(review({}, "all") == 1);
  CHECK(review({"--min-confidence", "medium"}, "some") == 0);
}
