#include "match/tree_match.h"

#include <random>
#include <string>

#include "core/regex.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

// Half of it what the pattern is written with.
std::string random_text(std::mt19937& random, std::string_view pattern,
                        size_t size) {
  constexpr std::string_view kBytes = "abcdexyzkKeyY=: \"'0f\nq_-";
  std::string text;
  while (text.size() < size) {
    const std::string_view from = random() % 2 == 0 ? kBytes : pattern;
    text += from[random() % from.size()];
  }
  return text;
}

// RE2, asked at each place.
bool begins_in(const Regex& regex, std::string_view text, uint64_t first,
               uint64_t last, uint64_t end) {
  for (uint64_t at = first; at <= last; ++at) {
    if (regex.matches_at(text, at, end)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a tree says where RE2 finds a match, and where it finds none",
          "[match]") {
  const std::string pattern = GENERATE(
      R"((?i:key)?[\w .\-]{0,9}[=:]{1,2}\s{0,3}["']?([0-9a-f]{1,3})\b)",
      R"(\bab?(?:c|d{2,3})*e?\b)", "x(?:yz?){1,3}(?:a|)b+", "(?:a*)*b",
      R"([^\n]{3}q[a-e]*?y)", "(?:a|ab)(?:c|bcd)?e", "(?:(?:ab?){1,3}c?){2}d",
      "x{2,}|y{3}", R"(["']([a-z0]{2,9})["'])", "(?i)K{1,2}EY?");
  const Result<Regex> regex = Regex::compile(pattern, RegexUnit::kByte);
  REQUIRE(regex);
  const TreeMatch tree(pattern);
  std::mt19937 random(7);
  size_t found = 0;
  constexpr size_t kRounds = 10'000;
  for (size_t round = 0; round < kRounds; ++round) {
    const std::string text = random_text(random, pattern, 1 + random() % 60);
    const uint64_t first = random() % text.size();
    const uint64_t last = first + random() % (text.size() - first);
    const uint64_t end = last + random() % (text.size() - last + 1);
    const bool expected = begins_in(*regex, text, first, last, end);
    const auto said = tree.may_begin_in(text, first, last, end);
    REQUIRE(said);
    REQUIRE(*said == expected);
    found += expected ? 1 : 0;
  }
  CHECK(found > 5);
  CHECK(found < kRounds);
}

TEST_CASE("what only an assertion rules out is left to RE2", "[match]") {
  CHECK(TreeMatch("a$").may_begin_in("ab", 0, 0, 2) == true);
  CHECK(TreeMatch("^b").may_begin_in("ab", 1, 1, 2) == true);
  CHECK(TreeMatch(R"(a\B)").may_begin_in("a ", 0, 0, 2) == true);
}

TEST_CASE("what would take long is not answered", "[match]") {
  const std::string text(3000, 'a');
  CHECK(!TreeMatch("a+b").may_begin_in(text, 0, 10, text.size()));
  CHECK(!TreeMatch("a{500}b").may_begin_in(text, 0, 400, 1000));
  CHECK(TreeMatch("a+b").may_begin_in(text, 0, 0, 1000) == false);
}
