#include "rules/regex_syntax.h"

#include <sstream>

#include "support/catch.h"
#include "support/random_regex.h"
#include "support/regex_sample.h"

using namespace leaksift;

namespace {

using Kind = RegexNode::Kind;

RegexNode parsed(const std::string& pattern,
                 RegexUnit unit = RegexUnit::kByte) {
  Result<RegexNode> tree = parse_regex(pattern, unit);
  if (!tree) FAIL(pattern << ": " << tree.error().message());
  return *std::move(tree);
}

std::string error_of(const std::string& pattern) {
  const Result<RegexNode> tree = parse_regex(pattern, RegexUnit::kByte);
  return tree ? "" : tree.error().message();
}

// Separated by blanks and line ends.
constexpr std::string_view kOneByte = R"re(
a . (?s). [abc] [a-f] [^a-f] []a] [^]a] [a-] [-a] [a\-z] [\]] [\w.-] [^\w]
[\d\s] [\W] [\S\d] \d \D \w \W \s \S [[:alpha:]] [[:^alpha:]] [[:alnum:]_]
[[:punct:]] [[:space:]] [[:xdigit:]] [[:word:]] [[:cntrl:]] [[:graph:]]
[[:print:]] [[:blank:]] [[:ascii:]] [[:lower:][:digit:]] [[:upper:]] \x41
\x{41} \x{7f} \101 \0 \a \f \n \r \t \v \. \\ \/ \- \C (?i)a (?i)K (?i)[a-c]
(?i)[^a-c] (?i)5 (?i)[X-b] [\x00-\x1f] [\n] [^\n] { } ] [[] [.] [$] [a^]
[*-+]
)re";

// The bytes that the tree's only element takes.
ByteSet bytes_of(const std::string& pattern) {
  const RegexNode tree = parsed(pattern);
  REQUIRE(tree.children.size() == 1);
  REQUIRE(tree.children[0].kind == Kind::kBytes);
  return tree.children[0].bytes;
}

// The bytes that RE2 takes for it.
ByteSet bytes_by_re2(const std::string& pattern) {
  const Result<Regex> regex = Regex::compile(pattern);
  if (!regex) FAIL(pattern << ": " << regex.error().message());
  ByteSet bytes;
  Captures captures;
  for (size_t b = 0; b < bytes.size(); ++b) {
    const std::string text(1, static_cast<char>(b));
    bytes[b] = regex->match_at(text, 0, 1, captures) && captures[0].size() == 1;
  }
  return bytes;
}

void check_width(const std::string& pattern, uint32_t min, uint32_t max) {
  INFO(pattern);
  const Width width = width_of(parsed(pattern));
  CHECK(width.min == min);
  CHECK(width.max == max);
}

}  // namespace

TEST_CASE("one-byte expressions take the bytes that RE2 takes",
          "[rules][regex_syntax]") {
  std::istringstream patterns(std::string(kOneByte) + " \xe4 [\xe0-\xff]");
  for (std::string pattern; patterns >> pattern;) {
    INFO(pattern);
    CHECK(bytes_of(pattern) == bytes_by_re2(pattern));
  }
}

TEST_CASE("folding beyond ASCII takes no less than RE2 does",
          "[rules][regex_syntax]") {
  for (const std::string pattern :
       {"(?i)\xe4", "(?i)[\xe0-\xe5k]", "(?i)\xb5", "(?i)[^\xe4]",
        "(?i)[^\xe4k]", "(?i)[^\\xe4-\\xff]", "(?i)\xff"}) {
    INFO(pattern);
    const ByteSet ours = bytes_of(pattern);
    CHECK((ours | bytes_by_re2(pattern)) == ours);
  }
}

TEST_CASE("widths are those of the shortest and longest match",
          "[rules][regex_syntax]") {
  check_width("", 0, 0);
  check_width("abc", 3, 3);
  check_width("^\\babc\\B\\z$", 3, 3);
  check_width("a|bcd|", 0, 3);
  check_width("(ab){2,5}", 4, 10);
  check_width("a{3}", 3, 3);
  check_width("a{3,}", 3, kUnbounded);
  check_width("a*b+c?", 1, kUnbounded);
  check_width("(?:a{0,3}?|b)c", 1, 4);
  check_width("(?P<name>ab)(?<other>c)", 3, 3);
  check_width("\\Qa.c\\E", 3, 3);
  check_width("a{,3}", 5, 5);
  check_width("a{x}", 4, 4);
  check_width("(((a{1000}){1000}){1000}){1000}", kUnbounded, kUnbounded);
}

TEST_CASE("flags hold to the end of their group", "[rules][regex_syntax]") {
  const RegexNode tree = parsed("(?i:a)b(c(?i)d)e(?i)f(?-i)g");
  std::vector<size_t> counts;
  auto collect = [&](auto& self, const RegexNode& node) -> void {
    if (node.kind == Kind::kBytes) counts.push_back(node.bytes.count());
    for (const RegexNode& child : node.children) self(self, child);
  };
  collect(collect, tree);
  CHECK(counts == std::vector<size_t>{2, 1, 1, 2, 1, 2, 1});
}

TEST_CASE("a repeat behind flags is one of what stands before them",
          "[rules][regex_syntax]") {
  check_width("ab(?i)*c", 2, kUnbounded);
  check_width("ab(?i){3}c", 5, 5);
  check_width("ab?(?i)?c", 2, 3);
  CHECK_FALSE(parse_regex("(?i)*a", RegexUnit::kByte));  // nor does RE2
  CHECK_FALSE(Regex::compile("(?i)*a"));
}

TEST_CASE("a question mark or the flag U makes a repeat lazy",
          "[rules][regex_syntax]") {
  auto greedy = [](const std::string& pattern) {
    const RegexNode tree = parsed(pattern);
    return tree.children.back().greedy;
  };
  CHECK(greedy("a*"));
  CHECK_FALSE(greedy("a*?"));
  CHECK_FALSE(greedy("a{2,3}?"));
  CHECK_FALSE(greedy("(?U)a*"));
  CHECK(greedy("(?U)a*?"));
}

TEST_CASE("every element says where it was written", "[rules][regex_syntax]") {
  const std::string pattern = "ab{2}?(c|d)+[e]";
  const RegexNode tree = parsed(pattern);
  REQUIRE(tree.children.size() == 4);
  CHECK(tree.children[0].source == Span{0, 1});
  CHECK(tree.children[1].source == Span{1, 6});
  CHECK(tree.children[2].source == Span{6, 12});
  CHECK(tree.children[3].source == Span{12, 15});
}

TEST_CASE("a bad regex is refused with the place of its fault",
          "[rules][regex_syntax]") {
  CHECK(error_of("ab)") == "bad regex: unexpected ) at byte 3");
  CHECK(error_of("(ab") == "bad regex: missing ) at byte 4");
  for (const std::string pattern :
       {"(",     ")",    "[a",    "[",      "[]",    "*",      "+a",
        "a|*",   "(?z)", "(?P<n", "(?=a)",  "(?!a)", "(?<=a)", "a{3,2}",
        "[b-a]", "\\",   "\\8",   "\\y",    "\\xg",  "\\x{41", "[[:nope:]]",
        "(?i",   "\\Z",  "\\k",   "[\\b]x["}) {
    INFO(pattern);
    CHECK(error_of(pattern).find("bad regex: ") == 0);
    CHECK_FALSE(Regex::compile(pattern));
  }
}

TEST_CASE("a surrogate in UTF-8 is no character", "[rules][regex_syntax]") {
  const std::string surrogate = "a\xed\xa6\x86";
  REQUIRE(regex_unit(surrogate) == RegexUnit::kCharacter);
  CHECK_FALSE(Regex::compile(surrogate, RegexUnit::kCharacter));
  CHECK_FALSE(parse_regex(surrogate, RegexUnit::kCharacter));
}

TEST_CASE("nesting has a limit", "[rules][regex_syntax]") {
  const std::string deep =
      std::string(5000, '(') + "a" + std::string(5000, ')');
  CHECK(error_of(deep).find("bad regex: groups nested too deeply") == 0);
  CHECK(error_of(std::string(150, '(') + "a" + std::string(150, ')')) == "");
}

TEST_CASE("a character beyond ASCII whose case counts is its UTF-8",
          "[rules][regex_syntax]") {
  for (const std::string pattern : {"\xe2\x82\xac", "\\x{20ac}",
                                    "\\Q\xe2\x82\xac\\E", "(?:\xe2\x82\xac)"}) {
    INFO(pattern);
    const RegexNode tree = parsed(pattern, RegexUnit::kCharacter);
    std::string bytes;
    auto collect = [&](auto& self, const RegexNode& node) -> void {
      for (unsigned b = 0; b < 256 && node.kind == Kind::kBytes; ++b) {
        if (node.bytes[b]) bytes += static_cast<char>(b);
      }
      for (const RegexNode& child : node.children) self(self, child);
    };
    collect(collect, tree);
    CHECK(bytes == "\xe2\x82\xac");
  }
}

TEST_CASE("of a class beyond ASCII a character takes two to four bytes",
          "[rules][regex_syntax]") {
  for (const std::string pattern :
       {"[\xc3\xa4\xe2\x82\xac]", "[\\x{e4}]", "[\\x{10ffff}]"}) {
    const Width width = width_of(parsed(pattern, RegexUnit::kCharacter));
    CHECK(width.min == 2);
    CHECK(width.max == 4);
  }
  for (const std::string pattern : {".", "[^a]", "\\PL", "\\p{Greek}", "(?i)k",
                                    "(?i)s", "\\D", "(?i)\xc3\xa4"}) {
    const Width width = width_of(parsed(pattern, RegexUnit::kCharacter));
    CHECK(width.min == 1);
    CHECK(width.max == 4);
  }
  CHECK_FALSE(parse_regex("\xff", RegexUnit::kCharacter));
}

TEST_CASE("what is not certain of a class is in its complement, too",
          "[rules][regex_syntax]") {
  for (const std::string pattern :
       {"[^\\pN]", "[^\xc3\xa4]", "(?i)[^\xc3\xa4]", "(?i)[^\xc5\xbf]",
        "[\\PL]", "[^\\PL]", "(?i)[^\\pLk]", "[^\\pN\\d]", "(?i)[^ks]",
        "[^\\D]", "(?i)[^\\W]", "\\PN", "(?i)\xc5\xbf", "(?i)[\\x{212a}]"}) {
    const Result<Regex> regex = Regex::compile(pattern, RegexUnit::kCharacter);
    REQUIRE(regex);
    const RegexNode tree = parsed(pattern, RegexUnit::kCharacter);
    const RegexNode& set = tree.children[0];
    const ByteSet ascii =
        set.kind == Kind::kAlternate ? set.children[0].bytes : ByteSet();
    for (size_t b = 0; b < 0x80; ++b) {
      const std::string text(1, static_cast<char>(b));
      INFO(pattern << " on byte " << b);
      if (regex->contains(text)) CHECK(ascii[b]);
    }
  }
}

TEST_CASE("RE2 matches what is drawn from a regex's tree",
          "[rules][regex_syntax]") {
  Random random(1);
  int matched = 0;
  for (int round = 0; round < 1200; ++round) {
    const std::string pattern = random_regex(random, 3);
    INFO(pattern);
    const RegexNode tree = parsed(pattern);
    // Anchored at both ends: the whole text has to match.
    const Result<Regex> whole = Regex::compile("\\A(?:" + pattern + ")\\z");
    if (!whole) continue;  // too large for RE2
    ++matched;
    const Width width = width_of(tree);
    for (int i = 0; i < 3; ++i) {
      const std::string text = sample_of(tree, random);
      CHECK(whole->contains(text));
      CHECK(text.size() >= width.min);
      CHECK(text.size() <= width.max);
    }
  }
  CHECK(matched > 900);
}

TEST_CASE("sums and products of widths stop at the limit",
          "[rules][regex_syntax]") {
  CHECK(saturating_add(2, 3) == 5);
  CHECK(saturating_add(kUnbounded - 1, 1) == kUnbounded);
  CHECK(saturating_add(kUnbounded, 1) == kUnbounded);
  CHECK(saturating_multiply(7, 6) == 42);
  CHECK(saturating_multiply(1U << 16, 1U << 16) == kUnbounded);
  CHECK(saturating_multiply(kUnbounded, 0) == 0);
}
