// The parts of findings against those that looking at every pair of matches
// finds.
#include "oracle/corpus.h"
#include "support/catch.h"
#include "support/engine_for.h"
#include "support/naive_engine.h"

using namespace leaksift;

namespace {

std::vector<PlacedMatch> placed_in(const Engine& engine,
                                   std::string_view text) {
  PositionCounter counter;
  return place_matches(text, 0, scan_whole(engine, text), counter);
}

// Nothing if the match is none without them.
std::optional<std::vector<PlacedPart>> naive_parts(
    const RuleSet& rules, const PlacedMatch& match,
    const std::vector<PlacedMatch>& all) {
  std::vector<PlacedPart> parts;
  for (const RequiredRule& required : rules.rules[match.match.rule].required) {
    const PlacedMatch* part = naive_part(rules, required, match, all);
    if (part != nullptr) {
      parts.push_back(
          {part->match.rule, part->match.secret, part->begin, part->end});
    } else if (!required.optional) {
      return std::nullopt;
    }
  }
  return parts;
}

}  // namespace

TEST_CASE("a match of the built-in rules has the parts that are nearest",
          "[oracle][parts]") {
  Random random(7);
  const Pack& pack = builtin_pack();
  const Engine& engine = engine_of_pack(pack);
  // Where there are too few of its kind a match goes, whatever its parts.
  auto is_counted = [&](const PlacedMatch& match) {
    return engine.rules().rules[match.match.rule].min_count > 1;
  };
  size_t count = 0;
  for (int round = 0; round < 5; ++round) {
    const std::vector<PlacedMatch> all =
        placed_in(engine, all_texts(pack, random));
    std::vector<std::vector<PlacedPart>> expected;
    for (const PlacedMatch& match : all) {
      if (is_counted(match)) continue;
      if (auto parts = naive_parts(engine.rules(), match, all)) {
        count += parts->size();
        expected.push_back(*std::move(parts));
      }
    }
    std::vector<std::vector<PlacedPart>> found;
    for (const PlacedMatch& match : with_companions(engine.rules(), all)) {
      if (!is_counted(match)) found.push_back(match.parts);
    }
    CHECK(found == expected);
  }
  CHECK(count > 100);
}
