// Random trees under random rules: what is found is what git finds.
#include <filesystem>
#include <random>
#include <set>

#include "sources/directory.h"
#include "sources/ignore.h"
#include "support/catch.h"
#include "support/git_fixture.h"
#include "support/walk.h"

using namespace leaksift;

namespace {

namespace fs = std::filesystem;

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}

  size_t below(size_t end) { return engine_() % end; }
  bool chance(size_t percent) { return below(100) < percent; }
  template <typename T>
  const T& one_of(const std::vector<T>& items) {
    return items[below(items.size())];
  }

 private:
  std::mt19937 engine_;
};

const std::vector<std::string> kNames = {
    "a",   "b",   "ab",   "abc", "c",   "foo",      "Foo",  "x.c",
    "x.o", "a.c", ".hid", "a b", "b ",  " a",       "#a",   "!a",
    "[a]", "a*",  "\\a",  "a\\", "-",   "a-b",      "]",    "^",
    "d",   "dir", "dir",  "sub", "sub", "\xc3\xa9", "\xff", "a\tb",
    "**",  "?",   "[",    "a\r", "lib", "build",    "a  ",  "z.tar.gz"};

const std::vector<std::string> kNastySegments = {"*",
                                                 "*",
                                                 "**",
                                                 "**",
                                                 "***",
                                                 "*.c",
                                                 "*.?",
                                                 "[a-c]*",
                                                 "[!a]*",
                                                 "[^a]",
                                                 "[]a]*",
                                                 "[a",
                                                 "[[:alpha:]]*",
                                                 "[[:foo:]]",
                                                 "[[:alpha:]",
                                                 "[a-]",
                                                 "[--a]",
                                                 "[\\]]",
                                                 "a\\",
                                                 "\\a",
                                                 "\\*",
                                                 "?",
                                                 "??",
                                                 "[[:space:]]*",
                                                 "*a*",
                                                 "a*b",
                                                 "**a",
                                                 "*a**",
                                                 "[a-\\c]*",
                                                 "[!]a]",
                                                 "[[]",
                                                 "[[:]",
                                                 "a[/]b",
                                                 "**\\",
                                                 "\\!a",
                                                 "\\#a",
                                                 "*\\ ",
                                                 "[[:punct:]]*",
                                                 "[z-a]",
                                                 "[!-~]",
                                                 "*[[:cntrl:]]*",
                                                 "[\\a-\\c]",
                                                 "?*",
                                                 "*?",
                                                 "b\\ ",
                                                 "[[:upper:][:digit:]]*",
                                                 "[a-[:alpha:]]",
                                                 "*.*",
                                                 "\\[a]",
                                                 "*[!a-z]",
                                                 "[^[:alnum:]]*"};

std::string random_segment(Random& random) {
  if (random.chance(35)) return random.one_of(kNastySegments);
  std::string name = random.one_of(kNames);
  if (random.chance(30)) {
    const std::vector<std::string> wild = {"?", "*", "[a-z]", "[!/]", "\\"};
    const size_t at = random.below(name.size());
    name.replace(at, random.below(2), random.one_of(wild));
  }
  return name;
}

std::string random_line(Random& random) {
  if (random.chance(4)) return "";
  if (random.chance(4)) return "# " + random.one_of(kNames);
  std::string line;
  if (random.chance(25)) line += '!';
  if (random.chance(20)) line += '/';
  const size_t segments = random.chance(60) ? 1 : 2 + random.below(2);
  for (size_t i = 0; i < segments; ++i) {
    if (i > 0) line += '/';
    line += random_segment(random);
  }
  if (random.chance(25)) line += '/';
  const std::vector<std::string> tails = {
      " ", "  ", "\\ ", "\t", "\r", " \r", " \\", std::string("\0x", 2)};
  if (random.chance(15)) line += random.one_of(tails);
  return line;
}

// "a**/b": git took the stars behind a literal beginning for a component of
// its own until 2.51.
bool means_the_same_in_all_versions(const std::string& line) {
  const size_t wild = line.find_first_of("*?[\\");
  return wild == line.npos || wild == 0 || line[wild - 1] == '/' ||
         line[wild - 1] == '!' || line.compare(wild, 2, "**") != 0;
}

std::string random_rules(Random& random) {
  std::string rules = random.chance(5) ? "\xef\xbb\xbf" : "";
  const size_t lines = 1 + random.below(6);
  for (size_t i = 0; i < lines; ++i) {
    const std::string line = random_line(random);
    if (means_the_same_in_all_versions(line)) rules += line + '\n';
  }
  // No end of the last line.
  if (rules.ends_with('\n') && random.chance(10)) rules.pop_back();
  return rules;
}

// Files at random paths, none of which goes through another.
std::set<std::string> random_paths(Random& random) {
  std::set<std::string> files, directories;
  const size_t count = 10 + random.below(40);
  for (size_t i = 0; i < count; ++i) {
    std::string path;
    std::vector<std::string> above;
    for (size_t depth = random.below(4); depth > 0; --depth) {
      path += random.one_of(kNames);
      above.push_back(path);
      path += '/';
    }
    path += random.one_of(kNames);
    const bool blocked =
        directories.contains(path) ||
        std::any_of(above.begin(), above.end(),
                    [&](const auto& dir) { return files.contains(dir); });
    if (blocked) continue;
    files.insert(path);
    directories.insert(above.begin(), above.end());
  }
  return files;
}

void clear(const GitFixture& repo) {
  for (const auto& entry : fs::directory_iterator(repo.path())) {
    if (entry.path().filename() != ".git") fs::remove_all(entry.path());
  }
  fs::remove(repo / ".git/index");
  fs::remove(repo / ".git/info/exclude");
  fs::remove_all(repo.home() + "/.config");
}

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/') + 1);
}

// Everything that went into one case, for when it fails.
std::string build_tree(const GitFixture& repo, Random& random) {
  const std::set<std::string> files = random_paths(random);
  std::string story, tracked;
  const auto add_rules = [&](const std::string& path) {
    const std::string rules = random_rules(random);
    repo.around().write(path, rules);
    story += "== " + path + '\n' + rules;
  };
  for (const std::string& path : files) {
    repo.write(path, "x");
    const bool is_tracked = random.chance(15);
    if (is_tracked) tracked += path + '\0';
    story += (is_tracked ? "tracked " : "file ") + path + '\n';
    if (random.chance(12)) {
      add_rules("repo/" + directory_of(path) + ".gitignore");
    }
  }
  if (random.chance(80)) add_rules("repo/.gitignore");
  if (random.chance(30)) add_rules("repo/.git/info/exclude");
  if (random.chance(30)) add_rules("home/.config/git/ignore");
  repo.git({"update-index", "--add", "-z", "--stdin"}, tracked);
  return story;
}

}  // namespace

TEST_CASE("a walk finds the files that git ls-files lists",
          "[sources][ignore][oracle]") {
  const GitFixture repo;
  const char* more = std::getenv("LEAKSIFT_TEST_CASES");
  const unsigned cases = more ? static_cast<unsigned>(std::atoi(more)) : 250;
  for (unsigned seed = 1; seed <= cases; ++seed) {
    clear(repo);
    Random random(seed);
    const std::string story = build_tree(repo, random);
    CAPTURE(seed, story);
    REQUIRE(walk(repo.path()).files == files_by_git(repo, repo.path()));
  }
}

TEST_CASE("every character class holds the bytes that git has in it",
          "[sources][wildmatch][oracle]") {
  const GitFixture repo;
  for (const std::string name :
       {"alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print",
        "punct", "space", "upper", "xdigit"}) {
    for (int c = 1; c < 256; ++c) {
      if (c == '/') continue;
      repo.write(name + "/x" + static_cast<char>(c), "");
    }
    repo.write(name + "/.gitignore", "x[[:" + name + ":]]\n");
    repo.write("not-" + name + "/.gitignore", "x[^[:" + name + ":]]\n");
  }
  CHECK(walk(repo.path()).files == files_by_git(repo, repo.path()));
}
