#include "match/tail_check.h"

#include "support/catch.h"
#include "support/random.h"

using namespace leaksift;

namespace {

using Bytes = std::vector<TailByte>;

// As the definition has it: byte by byte, each optional one taken or left.
bool naive_passes(const Bytes& tail, size_t from, std::string_view text,
                  size_t at) {
  if (from == tail.size()) return true;
  if (tail[from].optional && naive_passes(tail, from + 1, text, at)) {
    return true;
  }
  return at < text.size() &&
         tail[from].bytes[static_cast<unsigned char>(text[at])] &&
         naive_passes(tail, from + 1, text, at + 1);
}

TailByte one_of(std::string_view members, bool optional = false) {
  TailByte byte{{}, optional};
  for (const char c : members) byte.bytes.set(static_cast<unsigned char>(c));
  return byte;
}

Bytes random_tail(Random& random) {
  const size_t size = random.between(1, random.one_in(4) ? 14 : 6);
  Bytes tail;
  for (size_t i = 0; i < size; ++i) {
    tail.push_back(one_of(random.text(random.between(1, 3), "abcd"),
                          i + 1 < size && random.one_in(2)));
  }
  return tail;
}

}  // namespace

TEST_CASE("a tail passes where its bytes stand, optional ones or not",
          "[match][tail_check]") {
  Random random(1);
  int passed = 0;
  for (int round = 0; round < 20'000; ++round) {
    const Bytes tail = random_tail(random);
    const TailCheck check(tail);
    const std::string text = random.text(random.below(20), "abcde");
    const size_t at = random.below(text.size() + 1);
    const bool expected = naive_passes(tail, 0, text, at);
    passed += expected ? 1 : 0;
    if (check.passes(text, at) != expected) {
      FAIL_CHECK("round " << round << ": '" << text << "' from " << at);
    }
  }
  CHECK(passed > 2000);
  CHECK(passed < 18'000);
}

TEST_CASE("the longest tail is looked at to its last byte",
          "[match][tail_check]") {
  Bytes tail(kMaxTail - 1, one_of("ab", true));
  tail.push_back(one_of("!"));
  const TailCheck check(tail);
  CHECK(check.reach() == kMaxTail);
  for (size_t count = 0; count < kMaxTail + 3; ++count) {
    const std::string text = "x" + std::string(count, 'a') + "!";
    CHECK(check.passes(text, 1) == (count < kMaxTail));
  }
  CHECK_FALSE(check.passes("aaaa", 0));
}

TEST_CASE("a tail may pass while what is known of the text fits",
          "[match][tail_check]") {
  Bytes tail(14, one_of("abc"));
  tail.push_back(one_of("."));
  tail.insert(tail.end(), 20, one_of("abc"));
  const TailCheck check(tail);
  const std::string fits = std::string(14, 'a') + '.' + std::string(20, 'b');
  const std::string no_dot = std::string(35, 'a');
  for (size_t known = 0; known < fits.size(); ++known) {
    CHECK(check.may_pass(fits.substr(0, known), 0));
    CHECK(check.may_pass(no_dot.substr(0, known), 0) == (known <= 14));
    CHECK_FALSE(check.passes(fits.substr(0, known), 0));
  }
  CHECK(check.passes(fits, 0));
  CHECK_FALSE(check.passes(no_dot, 0));
}

TEST_CASE("a tail is not read beyond the text", "[match][tail_check]") {
  const TailCheck check({one_of("a"), one_of("b")});
  CHECK(check.passes("xab", 1));
  CHECK_FALSE(check.passes(std::string_view("xab").substr(0, 2), 1));
  CHECK_FALSE(check.passes("x", 1));
}

TEST_CASE("bytes from 0x80 up are bytes like others", "[match][tail_check]") {
  const TailCheck check({one_of("\xff\x80")});
  CHECK(check.passes("\xff", 0));
  CHECK(check.passes("\x80", 0));
  CHECK_FALSE(check.passes("\x7f", 0));
}
