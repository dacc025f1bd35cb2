#include "sources/wildmatch.h"

#include <chrono>
#include <string>

#include "support/catch.h"

using namespace leaksift;

TEST_CASE("a pattern matches a path as git has it", "[sources][wildmatch]") {
  auto [pattern, text, matches] =
      GENERATE(table<std::string, std::string, bool>({
          {"foo", "foo", true},
          {"foo", "bar", false},
          {"f?o", "fxo", true},
          {"f?o", "f/o", false},
          {"*", "foo", true},
          {"*", "foo/bar", false},
          {"*", "", true},
          {"*/b", "a/b", true},
          {"*/b", "a/c/b", false},
          {"f*o*o", "foxo", true},
          {"**", "a/b/c", true},
          {"**/c", "c", true},
          {"**/c", "a/b/c", true},
          {"**/c", "a/bc", false},
          {"a/**", "a/b/c", true},
          {"a/**", "a", false},
          {"a/**/b", "a/b", true},
          {"a/**/b", "a/x/y/b", true},
          {"a/**/b", "a/xb", false},
          {"a/***/b", "a/x/y/b", true},
          {"a**/b", "axx/b", true},
          {"a**/b", "ax/y/b", false},
          {"**b", "a/b", false},
          {"**/a/**/b", "x/a/y/a/z/b", true},
          {"[a-c]x", "bx", true},
          {"[a-c]x", "dx", false},
          {"[!a-c]x", "dx", true},
          {"[^a-c]x", "bx", false},
          {"[!a]", "/", false},
          {"a[/]b", "a/b", false},
          {"[]]", "]", true},
          {"[]-a]", "^", true},
          {"[a-]", "-", true},
          {"[\\]]", "]", true},
          {"[[:digit:]x]", "7", true},
          {"[[:digit:]x]", "x", true},
          {"[[:nonsense:]]", "n", false},
          {"[[:]", ":", true},
          {"[a", "a", false},
          {"[a", "[a", false},
          {"a\\", "a\\", false},
          {"\\*", "*", true},
          {"\\*", "x", false},
          {"\\a", "a", true},
      }));
  CAPTURE(pattern, text);
  CHECK(wildmatch(pattern, text, WildText::kPath) == matches);
}

TEST_CASE("a pattern for names has stars of one kind", "[sources][wildmatch]") {
  CHECK(wildmatch("a**b", "axxb", WildText::kName));
  CHECK(wildmatch("**/b", "x/b", WildText::kName));
  CHECK_FALSE(wildmatch("**/b", "b", WildText::kName));
}

TEST_CASE("a pattern made to be tried in very many ways is decided at once",
          "[sources][wildmatch]") {
  std::string stars, pattern, path;
  for (int i = 0; i < 100; ++i) {
    stars += "a*";
    pattern += "**/*a*/";
  }
  for (int i = 0; i < 1000; ++i) path += "aaaa/";
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(wildmatch(stars + 'b', std::string(4000, 'a'), WildText::kPath));
  CHECK_FALSE(wildmatch(pattern + 'b', path + 'a', WildText::kPath));
  CHECK(wildmatch(pattern + 'b', path + 'b', WildText::kPath));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}
