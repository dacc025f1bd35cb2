#include "findings/path_glob.h"

#include "support/catch.h"

using namespace leaksift;

namespace {

bool matches(const std::string& pattern, const std::string& path) {
  const Result<PathGlob> glob = PathGlob::parse(pattern);
  REQUIRE(glob);
  return glob->matches(path);
}

}  // namespace

TEST_CASE("a path pattern means what it means in a .gitignore",
          "[findings][path_glob]") {
  auto [pattern, path, expected] =
      GENERATE(table<std::string, std::string, bool>({
          {"a.pem", "a.pem", true},
          {"a.pem", "x/y/a.pem", true},
          {"a.pem", "a.pem/inside", true},
          {"a.pem", "aa.pem", false},
          {"a.pem", "a.pem2", false},
          {"/a.pem", "a.pem", true},
          {"/a.pem", "x/a.pem", false},
          {"x/a", "x/a", true},
          {"x/a", "y/x/a", false},
          {"*.pem", "x/a.pem", true},
          {"*.pem", "x/a.key", false},
          {"x/*.pem", "x/a.pem", true},
          {"x/*.pem", "x/y/a.pem", false},
          {"x/**/a", "x/a", true},
          {"x/**/a", "x/y/z/a", true},
          {"x/**/a", "xx/a", false},
          {"**/a", "a", true},
          {"**/a", "x/y/a", true},
          {"x/**", "x/y/z", true},
          {"x/**", "x", false},
          {"x**y", "xaay", true},
          {"x**y", "xa/ay", false},
          {"build/", "build/a", true},
          {"build/", "x/build/a", true},
          {"build/", "build", false},
          {"a?c", "abc", true},
          {"a?c", "a/c", false},
          {"[a-c]x", "bx", true},
          {"[a-c]x", "dx", false},
          {"[!a-c]x", "dx", true},
          {"[!a-c]x", "bx", false},
          {"[]]x", "]x", true},
          {"[a-]x", "-x", true},
          {R"([\]]x)", "]x", true},
          {"a+b(c)|d$", "a+b(c)|d$", true},
          {"a.b", "aXb", false},
          {R"(\*)", "*", true},
          {R"(\*)", "a", false},
          {R"(\#x)", "#x", true},
          {R"(\!x)", "!x", true},
          {"./x", "x", true},
          {"x", "./x", true},
          {"*", "", false},
          {"x\ny", "x\ny", true},
          {"*", "x\ny", true},
          {"\xff?", "\xff\xfe", true},
      }));
  CAPTURE(pattern, path);
  CHECK(matches(pattern, path) == expected);
}

TEST_CASE("a pattern that cannot be meant is an error",
          "[findings][path_glob]") {
  for (const std::string pattern :
       {"", "/", "//", "!x", "[", "[a", "x[]", R"([\])", "[z-a]"}) {
    CAPTURE(pattern);
    CHECK_FALSE(PathGlob::parse(pattern));
  }
}

TEST_CASE("a hostile pattern takes no more time than another",
          "[findings][path_glob]") {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  CHECK_FALSE(matches(pattern + "b", std::string(20'000, 'a')));
}
