#include "match/anchor_finder.h"

#include <string>

#include "support/catch.h"
#include "support/edits.h"
#include "support/engine_for.h"
#include "support/random.h"

using namespace leaksift;

namespace {

constexpr const char* kRules = R"(
format = 1
[[rules]]
id = "across"
regex = 'key[ =\n]{1,4}([a-d]{5,40})[!?]'
[[rules]]
id = "plain"
regex = '\btk_([a-d]{4})\b'
)";

constexpr const char* kRulesAcrossLines = R"(
format = 1
[[rules]]
id = "text"
regex = 'BEGIN\nab([a-d]{4})'
)";

std::vector<AnchorHit> find_all(AnchorFinder& finder, std::string_view text) {
  const Span all{0, text.size()};
  std::vector<AnchorHit> found;
  TimeLimit never;
  finder.find(text, std::span(&all, 1), never, found);
  return found;
}

// Lines that a text may come again with, some of them halves of an anchor.
std::string some_lines(Random& random) {
  static const std::vector<std::string> kLines = {
      "it is a line without anything in it",
      "a value of some kind, it may be a key =",
      "abcdabcd! and so on for a while, until",
      "the token tk_abcd is in the middle of it",
      "and this one ends with a token: tk_abcd",
      "a prefix of a token and nothing but tk_",
      "abcd",
      "",
      "the lines begin with the word: BEGIN",
      "abcdabcd",
  };
  std::string text;
  for (uint64_t i = random.below(12); i > 0; --i) {
    text += random.pick(kLines);
    if (!random.one_in(8)) text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("what was seen before does not decide what is found",
          "[match][anchor_finder]") {
  for (const char* rules : {kRules, kRulesAcrossLines}) {
    const auto engine = engine_for(rules);
    AnchorFinder finder(*engine);
    Random random(1);
    size_t found_in_all = 0;
    for (int round = 0; round < 3000; ++round) {
      const std::string text = some_lines(random);
      AnchorFinder fresh(*engine);
      const std::vector<AnchorHit> found = find_all(finder, text);
      CHECK(found == find_all(fresh, text));
      found_in_all += found.size();
    }
    CHECK(found_in_all > 200);
  }
}

TEST_CASE("only anchors within the windows are found",
          "[match][anchor_finder]") {
  const auto engine = engine_for(kRules);
  const std::string text = "tk_abcd tk_abcd tk_abcd ";
  AnchorFinder finder(*engine);
  for (uint64_t begin = 0; begin <= text.size(); ++begin) {
    for (uint64_t end = begin; end <= text.size(); ++end) {
      const Span window{begin, end};
      std::vector<AnchorHit> found;
      TimeLimit never;
      finder.find(text, std::span(&window, 1), never, found);
      size_t expected = 0;
      for (uint64_t at = 0; at < text.size(); at += 8) {
        if (at >= begin && at + 3 <= end) ++expected;
      }
      CHECK(found.size() == expected);
    }
  }
}

TEST_CASE("a line that is known is not scanned again",
          "[match][anchor_finder]") {
  const auto engine = engine_for(kRules);
  AnchorFinder finder(*engine);
  Random random(2);
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += random.text(80, "efgh ") + "\n";
  }
  find_all(finder, text);
  const uint64_t once = finder.scanned_bytes();
  CHECK(once >= text.size());
  find_all(finder, text);
  find_all(finder, "something new in front of it, as long as a line is: " +
                       std::string(40, '-') + "\n" + text);
  // But for a few that share their place in the table: hashes differ from run
  // to run.
  CHECK(finder.scanned_bytes() < once + once / 10);
}
