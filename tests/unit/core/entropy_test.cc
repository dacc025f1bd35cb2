#include "core/entropy.h"

#include <cmath>
#include <map>
#include <string>

#include "support/catch.h"

using leaksift::shannon_entropy;

namespace {

// The textbook formula in floating point.
double textbook(const std::string& text) {
  std::map<char, double> counts;
  for (const char c : text) ++counts[c];
  double bits = 0;
  for (const auto& [c, count] : counts) {
    const double share = count / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

}  // namespace

TEST_CASE("entropy is zero without any variety", "[core][entropy]") {
  CHECK(shannon_entropy("") == 0);
  CHECK(shannon_entropy("aaaaaaaa") == 0);
}

TEST_CASE("entropy of equally frequent characters is exact",
          "[core][entropy]") {
  CHECK(shannon_entropy("ab") == 1);
  CHECK(shannon_entropy("abcdefgh") == 3);
  CHECK(shannon_entropy("0123456789abcdef") == 4);
}

TEST_CASE("entropy is the textbook's for ASCII", "[core][entropy]") {
  std::string text;
  uint32_t state = 1;
  for (int i = 0; i < 600; ++i) {
    state = state * 1664525 + 1013904223;
    text.push_back(static_cast<char>('!' + (state >> 24) % 90));
    CHECK(shannon_entropy(text) == Approx(textbook(text)).margin(1e-7));
  }
}

TEST_CASE("a character of several bytes is one symbol over its bytes",
          "[core][entropy]") {
  // Two symbols in four bytes: 2 * (1/4) * log2(4).
  CHECK(shannon_entropy("\xc3\xa4\xc3\xb6") == Approx(1.0));
}
