#include "core/line_hash.h"

#include <map>
#include <string>

#include "support/catch.h"
#include "support/random.h"

using namespace leaksift;

namespace {

std::vector<HashedLine> lines_of(std::string_view text) {
  std::vector<HashedLine> lines;
  hash_lines(text, 0, static_cast<uint32_t>(text.size()), lines);
  return lines;
}

}  // namespace

TEST_CASE("hashed lines make up the text and end at newlines",
          "[core][line_hash]") {
  Random random(1);
  for (int round = 0; round < 500; ++round) {
    std::string text = random.text(random.below(600), "ab");
    for (char& c : text) {
      if (random.one_in(30)) c = '\n';
    }
    uint32_t at = 0;
    for (const HashedLine& line : lines_of(text)) {
      REQUIRE(line.begin == at);
      REQUIRE(line.end > line.begin);
      const bool last = line.end == text.size();
      CHECK((last || text[line.end - 1] == '\n'));
      CHECK((last || line.end - line.begin >= kMinLine));
      // No longer than it has to be.
      const size_t newline = text.find('\n', line.begin + kMinLine - 1);
      if (newline != std::string::npos) CHECK(line.end == newline + 1);
      at = line.end;
    }
    CHECK(at == text.size());
  }
}

TEST_CASE("equal lines have equal hashes wherever they stand, others do not",
          "[core][line_hash]") {
  Random random(2);
  std::map<std::string, uint64_t> known;
  std::map<uint64_t, std::string> texts;
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (int i = 0; i < 20; ++i) {
      text += std::string(kMinLine + random.below(5), 'x') +
              random.text(random.below(3), "ab") + "\n";
    }
    for (const HashedLine& line : lines_of(text)) {
      const std::string bytes = text.substr(line.begin, line.end - line.begin);
      CHECK(known.emplace(bytes, line.hash).first->second == line.hash);
      CHECK(texts.emplace(line.hash, bytes).first->second == bytes);
    }
  }
  CHECK(known.size() > 20);
}

TEST_CASE("a part of a text is cut as if it stood by itself",
          "[core][line_hash]") {
  const std::string line(kMinLine, 'a');
  const std::string text = "zz" + line + "\n" + line + "\nzz";
  std::vector<HashedLine> lines;
  hash_lines(text, 2, static_cast<uint32_t>(text.size()) - 2, lines);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].begin == 2);
  CHECK(lines[0].hash == lines[1].hash);
  CHECK(lines[1].end == text.size() - 2);
}

TEST_CASE("a line too long to be worth it has no hash", "[core][line_hash]") {
  CHECK(lines_of(std::string(kMaxLine, 'a'))[0].hash != kNoHash);
  CHECK(lines_of(std::string(kMaxLine + 1, 'a'))[0].hash == kNoHash);
}
