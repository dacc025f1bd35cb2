#include "match/prefilter.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/text.h"
#include "support/catch.h"
#include "support/random.h"

using namespace leaksift;

namespace {

using Hits = std::set<std::pair<uint32_t, uint32_t>>;  // pattern, end

Prefilter compiled(const std::vector<PrefilterPattern>& patterns) {
  Result<Prefilter> prefilter = Prefilter::compile(patterns);
  if (!prefilter) FAIL(prefilter.error().message());
  return *std::move(prefilter);
}

Hits hits_in(const Prefilter& prefilter, std::string_view text) {
  PrefilterScanner scanner(prefilter);
  std::vector<PrefilterHit> hits;
  scanner.scan(text, hits);
  Hits all;
  for (const PrefilterHit& hit : hits) all.emplace(hit.pattern, hit.end);
  return all;
}

Hits naive_hits(const std::vector<PrefilterPattern>& patterns,
                const std::string& text) {
  Hits all;
  for (uint32_t p = 0; p < patterns.size(); ++p) {
    const PrefilterPattern& pattern = patterns[p];
    const std::string& in = pattern.fold_case ? ascii_lower(text) : text;
    for (size_t at = in.find(pattern.text); at != std::string::npos;
         at = in.find(pattern.text, at + 1)) {
      all.emplace(p, static_cast<uint32_t>(at + pattern.text.size()));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("of very many long texts each is found, and nothing else",
          "[match][prefilter]") {
  Random random(5);
  std::vector<PrefilterPattern> patterns;
  std::set<std::string> texts;
  while (patterns.size() < 1500) {
    const bool fold_case = random.between(0, 1) == 1;
    std::string text = random.bytes(random.between(8, 12));
    for (char& c : text) c = static_cast<char>('a' + (c & 15));
    if (texts.insert(text).second) patterns.push_back({text, fold_case, ""});
  }
  std::string text;
  for (const PrefilterPattern& pattern : patterns) {
    // With bytes that stand in no source code.
    std::string noise = random.bytes(9);
    for (char& c : noise) c = static_cast<char>(1 + (c & 7));
    text += noise + (pattern.fold_case ? ascii_upper(pattern.text)
                                       : pattern.text.substr(1));
    text += noise + pattern.text;
  }
  CHECK(hits_in(compiled(patterns), text) == naive_hits(patterns, text));
}

TEST_CASE("the prefilter finds every text wherever it stands",
          "[match][prefilter]") {
  const Prefilter prefilter = compiled({{"key", false, ""}});
  for (size_t before = 0; before < 130; ++before) {
    for (const size_t behind : {0U, 1U, 70U}) {
      const std::string text =
          std::string(before, '.') + "key" + std::string(behind, '.');
      const auto end = static_cast<uint32_t>(before + 3);
      CHECK(hits_in(prefilter, text) == Hits{{0, end}});
    }
  }
}

TEST_CASE("the prefilter finds what a search for each text finds",
          "[match][prefilter]") {
  Random random(1);
  for (int round = 0; round < 60; ++round) {
    // Few letters, so that texts overlap and hold each other.
    std::set<PrefilterPattern> drawn;
    for (uint64_t i = random.between(1, 12); i > 0; --i) {
      const bool fold_case = random.one_in(2);
      const std::string text =
          random.text(random.between(1, 5), fold_case ? "ab\n" : "abAB\n");
      drawn.insert({text, fold_case, ""});
    }
    const std::vector<PrefilterPattern> patterns(drawn.begin(), drawn.end());
    const Prefilter prefilter = compiled(patterns);
    const std::string text = random.text(random.below(300), "abAB\n");
    CHECK(hits_in(prefilter, text) == naive_hits(patterns, text));
  }
}

TEST_CASE("texts may hold any byte", "[match][prefilter]") {
  std::string all;
  for (int b = 0; b < 256; ++b) all += static_cast<char>(b);
  std::vector<PrefilterPattern> patterns;
  for (size_t at = 0; at + 2 <= all.size(); ++at) {
    patterns.push_back({all.substr(at, 2), false, ""});
  }
  CHECK(hits_in(compiled(patterns), all) == naive_hits(patterns, all));
}

TEST_CASE("a shape is reported at each of its ends", "[match][prefilter]") {
  const Prefilter prefilter =
      compiled({{"", false, "[\\x30-\\x39]{2,3}"}, {"-", false, ""}});
  CHECK(hits_in(prefilter, "-1234x") == Hits{{0, 3}, {0, 4}, {0, 5}, {1, 1}});
}

TEST_CASE("hits come in the order of their ends and replace older ones",
          "[match][prefilter]") {
  const Prefilter prefilter =
      compiled({{"abc", false, ""}, {"b", false, ""}, {"c", true, ""}});
  PrefilterScanner scanner(prefilter);
  std::vector<PrefilterHit> hits{{9, 9}};
  scanner.scan("abcabC", hits);
  CHECK(hits.size() == 5);
  CHECK(std::is_sorted(hits.begin(), hits.end(),
                       [](const PrefilterHit& a, const PrefilterHit& b) {
                         return a.end < b.end;
                       }));
  scanner.scan("", hits);
  CHECK(hits.empty());
}

TEST_CASE("no patterns, no hits", "[match][prefilter]") {
  const Prefilter none = compiled({});
  CHECK(hits_in(none, "key").empty());
  CHECK(none.serialize().empty());
  const Result<Prefilter> again = Prefilter::deserialize("");
  REQUIRE(again);
  CHECK(hits_in(*again, "key").empty());
}

TEST_CASE("a serialized prefilter finds the same", "[match][prefilter]") {
  const std::vector<PrefilterPattern> patterns = {
      {"token", true, ""},
      {"AKIA", false, ""},
      {"", false, "[\\x30-\\x39]{4}"}};
  const std::string bytes = compiled(patterns).serialize();
  const Result<Prefilter> again = Prefilter::deserialize(bytes);
  REQUIRE(again);
  const std::string text = "Token=AKIA1234; TOKEN akia 12345";
  CHECK(hits_in(*again, text) == hits_in(compiled(patterns), text));
  CHECK(hits_in(*again, text).size() == 6);
}

TEST_CASE("damaged prefilters are refused", "[match][prefilter]") {
  const std::string bytes = compiled({{"token", true, ""}}).serialize();
  CHECK_FALSE(Prefilter::deserialize(bytes.substr(0, 3)));
  CHECK_FALSE(Prefilter::deserialize(bytes.substr(0, 20)));
  CHECK_FALSE(Prefilter::deserialize(bytes.substr(0, bytes.size() - 1)));
  std::string flipped = bytes;
  flipped[bytes.size() / 2] = static_cast<char>(~flipped[bytes.size() / 2]);
  CHECK_FALSE(Prefilter::deserialize(flipped));
}

TEST_CASE("the baseline prefilter runs on this machine, too",
          "[match][prefilter]") {
  const Result<Prefilter> baseline =
      Prefilter::compile({{"key", true, ""}}, PrefilterTarget::kBaseline);
  REQUIRE(baseline);
  CHECK(hits_in(*baseline, "Key KEY") == Hits{{0, 3}, {0, 7}});
}

TEST_CASE("an anchor that does not compile is named by its number",
          "[match][prefilter]") {
  const Result<Prefilter> bad =
      Prefilter::compile({{"a", false, ""}, {"", false, "[a"}});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().message().find("anchor 1 does not compile: ") == 0);
}
