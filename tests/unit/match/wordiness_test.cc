#include "match/wordiness.h"

#include <string>
#include <string_view>

#include "support/catch.h"
#include "support/random.h"

using namespace leaksift;

namespace {

// How many of `count` random strings read like words.
int taken_for_words(std::string_view alphabet, size_t length, int count) {
  Random random(7);
  int taken = 0;
  for (int i = 0; i < count; ++i) {
    std::string text;
    while (text.size() < length)
      text += alphabet[random.below(alphabet.size())];
    taken += wordiness(text) > 0 ? 1 : 0;
  }
  return taken;
}

constexpr std::string_view kSmall = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kAll =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

}  // namespace

TEST_CASE("words read like words, however they are joined and written",
          "[match][wordiness]") {
  for (const char* words :
       {"connection", "nightwatch", "customerRecord", "TESTING_VALUE",
        "correcthorsebattery", "welcome2024", "at-the-station-7", "p4ssw0rd",
        "P@ssw0rd"}) {
    INFO(words);
    CHECK(wordiness(words) > 0);
  }
}

TEST_CASE("what was drawn at random does not", "[match][wordiness]") {
  CHECK(taken_for_words(kSmall, 6, 1000) <= 15);
  CHECK(taken_for_words(kSmall, 8, 1000) <= 6);
  CHECK(taken_for_words(kSmall, 16, 1000) <= 1);
  CHECK(taken_for_words(kAll, 8, 1000) <= 15);
  CHECK(taken_for_words(kAll, 16, 1000) <= 1);
  CHECK(taken_for_words("0123456789abcdef", 12, 1000) <= 1);
  CHECK(wordiness("3fa85f64-5717-4562-b3fc-2c963f66afa6") <= 0);
  CHECK(wordiness("EBE75E9B-D37C-3DEE-2CEB-B5475DEF5D8A") <= 0);
}

TEST_CASE("any bytes have a spelling", "[match][wordiness]") {
  CHECK(wordiness("") <= 0);
  CHECK(wordiness("1") <= 0);
  CHECK(wordiness("\xff\0\x80") <= 0);
  // Only the first 256 bytes count.
  const std::string words(300, 'e');
  CHECK(wordiness(words) == wordiness(words.substr(0, 256)));
}
