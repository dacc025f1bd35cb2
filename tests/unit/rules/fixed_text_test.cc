#include "rules/fixed_text.h"

#include <set>

#include "core/text.h"
#include "rules/plan.h"
#include "support/catch.h"
#include "support/random_regex.h"
#include "support/regex_sample.h"

using namespace leaksift;

namespace {

RegexNode parsed(const std::string& pattern) {
  Result<RegexNode> tree = parse_regex(pattern, RegexUnit::kByte);
  if (!tree) FAIL(pattern << ": " << tree.error().message());
  return *std::move(tree);
}

// The texts of `pattern`, folded ones marked with "/i"; {"-"} for none.
std::set<std::string> texts_in(const std::string& pattern) {
  const RegexNode tree = parsed(pattern);
  const std::optional<Texts> texts = texts_of(tree);
  if (!texts) return {"-"};
  std::set<std::string> all;
  for (const FixedText& text : *texts) {
    all.insert(text.bytes + (text.fold_case ? "/i" : ""));
  }
  return all;
}

bool holds(const std::string& pattern, const std::vector<std::string>& words) {
  const RegexNode tree = parsed(pattern);
  return always_holds(tree, words);
}

using Set = std::set<std::string>;

}  // namespace

TEST_CASE("the texts of an expression with few of them",
          "[rules][fixed_text]") {
  CHECK(texts_in("abc") == Set{"abc"});
  CHECK(texts_in("") == Set{""});
  CHECK(texts_in("^\\babc$") == Set{"abc"});
  CHECK(texts_in("a(b|cd)e") == Set{"abe", "acde"});
  CHECK(texts_in("ab?") == Set{"a", "ab"});
  CHECK(texts_in("a{2,3}") == Set{"aa", "aaa"});
  CHECK(texts_in("(ab){2}") == Set{"abab"});
  CHECK(texts_in("[12]x") == Set{"1x", "2x"});
  CHECK(texts_in("(?i)a-b") == Set{"a-b/i"});
  CHECK(texts_in("[aA]b") == Set{"ab/i"});
  CHECK(texts_in("[_-]") == Set{"_", "-"});
  CHECK(texts_in("\\d").size() == 10);
}

TEST_CASE("too many, too long or endless texts are none",
          "[rules][fixed_text]") {
  CHECK(texts_in("a*") == Set{"-"});
  CHECK(texts_in("\\w") == Set{"-"});
  CHECK(texts_in("\\d\\d") == Set{"-"});
  CHECK(texts_in("a{40}") == Set{"-"});
  CHECK(texts_in("ab\\w") == Set{"-"});
  CHECK(texts_in("[^\\x00-\\xff]") == Set{"-"});
}

TEST_CASE("whatever a regex matches is one of its texts",
          "[rules][fixed_text]") {
  Random random(1);
  int with_texts = 0;
  for (int round = 0; round < 6000; ++round) {
    const std::string pattern = random_regex(random, 2);
    const RegexNode tree = parsed(pattern);
    const std::optional<Texts> texts = texts_of(tree);
    if (!texts) continue;
    ++with_texts;
    std::set<std::string> lower;
    for (const FixedText& text : *texts) {
      lower.insert(ascii_lower(text.bytes));
    }
    const std::string sample = sample_of(tree, random);
    INFO(pattern << " draws " << sample);
    CHECK(lower.contains(ascii_lower(sample)));
  }
  CHECK(with_texts > 300);
}

TEST_CASE("a keyword is always held or it may be missing",
          "[rules][fixed_text]") {
  CHECK(holds("\\w+acme\\w+", {"acme"}));
  CHECK(holds("(?i)ACME=\\w", {"acme"}));
  CHECK(holds("ACME", {"acme"}));
  CHECK(holds("xacme-keyx", {"acme-key"}));
  CHECK(holds("(acme|corp)=\\w", {"acme", "corp"}));
  CHECK(holds("(ac|co)me", {"acme", "come"}));
  CHECK(holds("\\d+(\\wacme\\w){2,}", {"acme"}));
  CHECK(holds("(?:\\w+acme|corp\\w+)", {"acme", "corp"}));
  CHECK_FALSE(holds("(acme|corp)=\\w", {"acme"}));
  CHECK_FALSE(holds("(acme)?=\\w", {"acme"}));
  CHECK_FALSE(holds("(acme){0,2}", {"acme"}));
  CHECK_FALSE(holds("ac\\wme", {"acme"}));
  CHECK_FALSE(holds("\\w+", {"acme"}));
  CHECK_FALSE(holds("\\w+", {}));
}

TEST_CASE("a regex that always holds a keyword matches nothing without it",
          "[rules][fixed_text]") {
  Random random(2);
  const std::vector<std::string> keywords = {"key", "secret", "tok_"};
  int always = 0;
  for (int round = 0; round < 6000; ++round) {
    const std::string pattern = random_regex(random, 2);
    const RegexNode tree = parsed(pattern);
    if (!always_holds(tree, keywords)) continue;
    ++always;
    const std::string sample = ascii_lower(sample_of(tree, random));
    INFO(pattern << " draws " << sample);
    CHECK((sample.find("key") != std::string::npos ||
           sample.find("secret") != std::string::npos ||
           sample.find("tok_") != std::string::npos));
  }
  CHECK(always > 1000);
}

TEST_CASE("groups and concatenations are laid out in one row",
          "[rules][fixed_text]") {
  const RegexNode tree = parsed("a(b(?:cd)^)(e|f){1}(g)?\\b");
  CHECK(lay_out(tree).size() == 6);  // a b c d [e|f] g?
}

TEST_CASE("letters are those of ASCII", "[rules][fixed_text]") {
  std::string letters;
  for (size_t b = 0; b < 256; ++b) {
    if (is_letter(b)) letters += static_cast<char>(b);
  }
  CHECK(letters == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}
