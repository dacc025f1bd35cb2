#include "core/ranked_set.h"

#include <random>
#include <set>

#include "support/catch.h"

using namespace leaksift;

TEST_CASE("a ranked set counts its numbers as a sorted list does",
          "[core][ranked_set]") {
  std::mt19937 random(3);
  for (const uint32_t bound : {1U, 63U, 64U, 65U, 1000U, 100'000U}) {
    // Few, many, all.
    for (const uint32_t one_in : {97U, 2U, 1U}) {
      std::set<uint32_t> expected;
      RankedSet set(bound);
      for (uint32_t i = 0; i < bound; ++i) {
        if (random() % one_in != 0) continue;
        expected.insert(i);
        set.add(i);
      }
      set.count();
      REQUIRE(set.size() == expected.size());
      uint32_t rank = 0;
      for (uint32_t i = 0; i < bound; ++i) {
        const bool inside = expected.contains(i);
        REQUIRE(set.contains(i) == inside);
        REQUIRE(set.rank(i) == rank);
        if (inside) REQUIRE(set.at(rank++) == i);
      }
      CHECK_FALSE(set.contains(bound));
      CHECK_FALSE(set.contains(~uint32_t{0}));
      std::set<uint32_t> listed;
      set.for_each([&](uint32_t number) { listed.insert(number); });
      CHECK(listed == expected);
    }
  }
}
