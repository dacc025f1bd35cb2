#include "import/regex_translation.h"

#include "core/regex.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

std::string rust(const std::string& pattern) {
  const Result<TranslatedRegex> ours =
      translate_regex(pattern, RegexDialect::kRust);
  return ours ? ours->pattern : "no: " + ours.error().message();
}

std::string go(const std::string& pattern) {
  const Result<TranslatedRegex> ours =
      translate_regex(pattern, RegexDialect::kGo);
  return ours ? ours->pattern : "no: " + ours.error().message();
}

// The first match of the translated pattern in `text`.
std::string first_match(const std::string& pattern, const std::string& text) {
  const Result<Regex> regex = Regex::compile(rust(pattern));
  if (!regex) FAIL(regex.error().message());
  Captures captures;
  if (!regex->search(text, 0, text.size(), captures)) return "none";
  return text.substr(captures[0].begin, captures[0].size());
}

}  // namespace

TEST_CASE("extended mode is written out", "[import][regex]") {
  CHECK(rust("(?x) a b # c d\n e") == "abe");
  CHECK(rust("(?x)(?i) a \\  \\# [ b #]") == "(?i)a \\#[b#]");
  CHECK(rust("a b # c") == "a b # c");
  CHECK(rust("(?x: a b ) c") == "(?:ab) c");
  CHECK(rust("( (?x) a b ) c") == "( ab) c");
  CHECK(rust("(?x) a (?-x) b (?-x: c ) (?x: d )") == "a b (?: c ) (?:d)");
  CHECK(rust("(?xi) a {2 , 3} ? \n ( ?: b )") == "(?i)a{2,3}?(?:b)");
  CHECK(rust("(?x-u) a") == "a");
  CHECK(rust("(?#c (x) a") == " a");
}

TEST_CASE("classes keep their members in extended mode but for blanks",
          "[import][regex]") {
  CHECK(rust("(?x)[ \\  a - z ] [^]\\]] [] x]") == "[ a-z][^\\]\\]][\\]x]");
  CHECK(rust("[ a]") == "[ a]");
  CHECK(rust("(?x)[[:alnum:] _-]") == "[[:alnum:]_-]");
}

TEST_CASE("blanks include the vertical tab where they do in Rust",
          "[import][regex]") {
  CHECK(rust("\\s[\\s,]\\S") == "[\\s\\v][\\s\\v,][^\\s\\v]");
  CHECK(go("\\s[\\s,]\\S") == "\\s[\\s,]\\S");
}

TEST_CASE("names of groups are written as RE2 writes them", "[import][regex]") {
  const Result<TranslatedRegex> ours =
      translate_regex("(?<a>x)(y)(?:z)(?P<b>w)", RegexDialect::kGo);
  REQUIRE(ours);
  CHECK(ours->pattern == "(?P<a>x)(y)(?:z)(?P<b>w)");
  CHECK(ours->groups == std::vector<std::string>{"a", "", "b"});
}

TEST_CASE("escapes come out as RE2 takes them", "[import][regex]") {
  CHECK(rust("\\_\\-\\/\\x41\\x{1F}\\u00e9\\U000000e9\\u{e9}") ==
        "_\\-\\/\\x41\\x{1F}\\x{00e9}\\x{000000e9}\\x{e9}");
  CHECK(rust("\\\\(a\\)\\[b") == "\\\\(a\\)\\[b");
  CHECK(rust("a{,3}{b}") == "a\\{,3}\\{b}");
}

TEST_CASE("a repeat beyond RE2's limit is split up into the same matches",
          "[import][regex]") {
  CHECK(rust("[ab]{20,1024}") == "[ab]{20,20}[ab]{0,1000}[ab]{0,4}");
  CHECK(rust("x(?:ab){1001}?") == "x(?:ab){1000,1000}?(?:ab){1,1}?");
  CHECK(rust("a{1500,}") == "a{1000,1000}a{500,500}a*");
  CHECK(rust("(?x)a{20,1 024}") == "a{20,20}a{0,1000}a{0,4}");

  const std::string text(3000, 'a');
  for (const size_t size : {1001U, 1002U, 2000U, 2500U}) {
    const std::string most = std::to_string(size);
    CHECK(first_match("a{3," + most + "}", text).size() == size);
    CHECK(first_match("a{3," + most + "}?", text).size() == 3);
    CHECK(first_match("a{" + most + "}", text).size() == size);
    CHECK(first_match("a{" + most + ",}", text).size() == 3000);
    CHECK(first_match("a{" + most + "}", std::string(size - 1, 'a')) == "none");
  }
}

TEST_CASE("what RE2 has no counterpart for is named", "[import][regex]") {
  CHECK(rust("a(?=b)") == "no: a look-around ((?=…)");
  CHECK(rust("(?<!b)a") == "no: a look-around ((?<!…)");
  CHECK(go("(?<=b)a") == "no: a look-around ((?<=…)");
  CHECK(rust("(?>b)a") == "no: an atomic group (?>…)");
  CHECK(rust("(b)\\1") == "no: a backreference (\\1)");
  CHECK(rust("b++") == "no: a possessive repeat (++)");
  CHECK(rust("b{2}+") == "no: a possessive repeat ({2}+)");
  CHECK(rust("[a-z&&[^b]]") == "no: arithmetic on classes (&&)");
  CHECK(rust("[a[bc]]") == "no: a class within a class");
  CHECK(rust("\\b{start}a") == "no: a word boundary of one side (\\b{…})");
  CHECK(rust("(a){1001}") == "no: more than 1000 repeats of a group");
  CHECK(rust("(?R)a") == "no: the flag R");
}

TEST_CASE("no pattern grows without bounds", "[import][regex]") {
  CHECK(rust(std::string(70'000, 'a')) ==
        "no: a pattern of more than 65536 bytes");
  CHECK(rust("a{4000000000}") == "no: too many repeats");
  std::string nested = "a";
  for (int i = 0; i < 20; ++i) nested += "{99999}";
  CHECK(rust(nested) == "no: too many repeats");
  for (const char* open :
       {"(?#", "[", "[[:", "(?", "\\x{", "\\", "(?P<", "{"}) {
    CHECK(rust(open).size() < 100);
  }
}
