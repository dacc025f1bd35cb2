// Only the order of magnitude counts, so only orders are tested.
#include "rules/plan.h"
#include "support/catch.h"
#include "support/random.h"

using namespace leaksift;

TEST_CASE("words of source code are expected more often than tokens' marks",
          "[rules][frequency]") {
  for (const std::string word : {"key", "token", "return", "password"}) {
    for (const std::string mark : {"ghp_", "AKIA", "xoxb-", "-----BEGIN"}) {
      CHECK(estimated_hits_per_kb(word, false) >
            10 * estimated_hits_per_kb(mark, false));
    }
  }
}

TEST_CASE("a part of a word is expected at least as often as the word",
          "[rules][frequency]") {
  for (const std::string word : {"password", "public", "return"}) {
    for (size_t size = 1; size < word.size(); ++size) {
      CHECK(estimated_hits_per_kb(word.substr(0, size), false) >=
            estimated_hits_per_kb(word, false));
    }
  }
}

TEST_CASE("behind a word stands something else than a letter",
          "[rules][frequency]") {
  for (const std::string word : {"return", "test", "include", "password"}) {
    double with_next = 0;
    for (char c = ' '; c < '\x7f'; ++c) {
      const bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
      if (!is_letter) with_next += estimated_hits_per_kb(word + c, false);
    }
    INFO(word);
    CHECK(with_next > estimated_hits_per_kb(word, false) / 2);
    CHECK(with_next < estimated_hits_per_kb(word, false) * 2);
  }
}

TEST_CASE("a text in any case is expected more often than in one",
          "[rules][frequency]") {
  for (const std::string text : {"token", "ghp_", "x"}) {
    CHECK(estimated_hits_per_kb(text, true) >
          estimated_hits_per_kb(text, false));
  }
}

TEST_CASE("an estimate is a number above nothing for any bytes",
          "[rules][frequency]") {
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const std::string text = random.bytes(random.between(1, 8));
    const double hits = estimated_hits_per_kb(text, false);
    CHECK(hits > 0);
    CHECK(hits <= 1024);
  }
}

TEST_CASE("the share of a class grows with its members", "[rules][frequency]") {
  ByteSet set;
  double before = estimated_share(set);
  CHECK(before == 0);
  for (size_t b = 0; b < set.size(); ++b) {
    set.set(b);
    const double share = estimated_share(set);
    CHECK(share >= before);
    before = share;
  }
  CHECK(before > 0.9);
  CHECK(before <= 1);
}
