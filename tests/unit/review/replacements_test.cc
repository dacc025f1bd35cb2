#include "review/replacements.h"

#include "core/text.h"
#include "support/catch.h"
#include "support/random.h"

using namespace leaksift;

namespace {

std::vector<std::string> lines_of(const std::string& file) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(file, '\n'))
    lines.emplace_back(line);
  REQUIRE(lines.back().empty());
  lines.pop_back();
  return lines;
}

}  // namespace

TEST_CASE("a secret of one line is a literal, whatever is in it",
          "[review][replacements]") {
  for (const std::string secret :
       {"plain-secret", "a.*b[c]", "left==>right", "#comment", " blanks ",
        "regex:abc", "literal:abc", "\xff\xfe raw", "***"}) {
    INFO(secret);
    CHECK(write_replacements({{secret, "0123"}}) ==
          "literal:" + secret + "==>***REMOVED-0123***\n");
  }
}

TEST_CASE("a secret of several lines is a regex that takes any line ends",
          "[review][replacements]") {
  const std::string want =
      "regex:a\\x2b1\\r*\\nb\\x5c\\r*\\n==>***REMOVED-12***\n";
  CHECK(write_replacements({{"a+1\nb\\\n", "12"}}) == want);
  CHECK(write_replacements({{"a+1\r\nb\\\r\n", "12"}}) == want);
  CHECK(write_replacements({{"lone\rend", "12"}}) ==
        "regex:lone\\x0dend==>***REMOVED-12***\n");
}

TEST_CASE("longer secrets come first, and parts of keys behind them",
          "[review][replacements]") {
  const std::vector<std::string> lines =
      lines_of(write_replacements({{"short1", "1"},
                                   {"short1-and-more", "2"},
                                   {"line-of-key", "3"},
                                   {"key", "4"},
                                   {"begin\nline-of-key\nend", "5"}}));
  CHECK(lines == std::vector<std::string>{
                     "literal:short1-and-more==>***REMOVED-2***",
                     "literal:short1==>***REMOVED-1***",
                     "regex:begin\\r*\\nline\\x2dof\\x2dkey\\r*\\nend"
                     "==>***REMOVED-5***",
                     "regex:line\\x2dof\\x2dkey==>***REMOVED-3***",
                     "regex:key==>***REMOVED-4***"});
}

TEST_CASE("what is written is read back", "[review][replacements]") {
  Random random(20261123);
  for (int round = 0; round < 300; ++round) {
    std::vector<Replacement> all;
    for (int i = 0; i < 5; ++i) {
      std::string bytes;
      const uint64_t size = 1 + random.below(12);
      for (uint64_t b = 0; b < size; ++b) {
        bytes.push_back("ab=>#\\: \n\r\xff\0x"[random.below(13)]);
      }
      all.push_back({bytes, "0a"});
    }
    const std::string file = write_replacements(all);
    const auto back = read_replacements(file, "f");
    REQUIRE(back);
    REQUIRE(write_replacements(*back) == file);
    for (const Replacement& one : all) {
      std::string bytes;
      for (const char c : one.bytes) {
        while (c == '\n' && bytes.ends_with('\r')) bytes.pop_back();
        bytes.push_back(c);
      }
      CHECK(std::any_of(back->begin(), back->end(),
                        [&](const auto& b) { return b.bytes == bytes; }));
    }
  }
}

TEST_CASE("a line that leaksift cannot have written is an error",
          "[review][replacements]") {
  for (const std::string line :
       {"secret", "literal:==>x", "glob:a*==>x", "regex:a.*b==>x",
        "regex:\\d==>x", "regex:==>x", "secret==>x", "regex:\\x4==>x"}) {
    INFO(line);
    const auto read = read_replacements("literal:fine==>x\n" + line, "file");
    REQUIRE(!read);
    CHECK(read.error().message().starts_with("file:2: "));
  }
}

TEST_CASE("placeholders are told from the rest of a text",
          "[review][replacements]") {
  CHECK(without_placeholders(placeholder("0123456789ab")).empty());
  CHECK(without_placeholders("a" + placeholder("01") + "b-REMOVED-02").size() ==
        std::string("ab-").size());
  CHECK(without_placeholders("REMOVED-") == "REMOVED-");
  CHECK(without_placeholders("REMOVED-xyz and more") == "REMOVED-xyz and more");
}
