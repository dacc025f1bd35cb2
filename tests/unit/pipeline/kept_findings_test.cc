#include "pipeline/kept_findings.h"

#include <algorithm>
#include <random>

#include "support/catch.h"

using namespace leaksift;

namespace {

ObjectId id_of(size_t number) {
  std::string raw(20, '\0');
  raw[0] = static_cast<char>(number);
  return ObjectId(raw);
}

ObjectFindings object(size_t number, size_t matches) {
  ObjectFindings findings{id_of(number), ObjectType::kBlob, {}, false};
  findings.matches.resize(matches);
  return findings;
}

}  // namespace

TEST_CASE("where findings are too many, those of the lowest ids stay",
          "[pipeline]") {
  std::vector<size_t> order(40);
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::mt19937 random(1);
  // Of objects with 1 to 40 matches: 1 + ... + 20 of them fit.
  const uint64_t room = 210 * sizeof(BlobMatch) + 22 * sizeof(ObjectFindings) +
                        300 * Secret().reveal().capacity();
  for (int round = 0; round < 20; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    KeptFindings kept(HashKind::kSha1, room);
    for (const size_t i : order) kept.add(object(i, i + 1));
    const std::vector<ObjectFindings> all = kept.take();
    Coverage coverage = kept.take_coverage();
    coverage.finish();
    REQUIRE(all.size() > 10);
    REQUIRE(all.size() < 25);
    for (size_t i = 0; i < all.size(); ++i) {
      CHECK(all[i].id == id_of(i));
      CHECK(all[i].matches.size() == i + 1);
    }
    CHECK(coverage.skip_counts[SkipReason::kTooLarge] == 40 - all.size());
    CHECK(coverage.skipped.front().name ==
          id_of(all.size()).hex(HashKind::kSha1));
    static const size_t kFirst = all.size();
    CHECK(all.size() == kFirst);
  }
}

TEST_CASE("one object's findings stay however many they are", "[pipeline]") {
  KeptFindings kept(HashKind::kSha1, 10);
  kept.add(object(5, 1000));
  kept.add(object(7, 1));
  CHECK(kept.take().size() == 1);
  CHECK(kept.take_coverage().skipped.size() == 1);
}
