#include "core/coverage.h"

#include <algorithm>
#include <array>

#include "support/catch.h"
#include "support/random.h"

using namespace leaksift;

namespace {

Skipped corrupt(size_t number) {
  return {SkipReason::kCorrupt, std::to_string(10'000'000 + number), ""};
}

}  // namespace

TEST_CASE("the first of each reason are named, whenever they came",
          "[core][coverage]") {
  constexpr size_t kCount = 7 * Coverage::kMaxNamed;
  std::vector<size_t> numbers(kCount);
  for (size_t i = 0; i < kCount; ++i) numbers[i] = i;
  Random random(1);
  random.shuffle(numbers);
  Coverage whole;
  std::array<Coverage, 3> parts;
  size_t most = 0;
  for (size_t i = 0; i < kCount; ++i) {
    whole.skip(corrupt(numbers[i]));
    parts[i * i % 3].skip(corrupt(numbers[i]));
    most = std::max(most, whole.skipped.size());
  }
  whole.skip({SkipReason::kTooLarge, "z", "late"});
  parts[0].skip({SkipReason::kTooLarge, "z", "late"});
  CHECK(most <= 2 * Coverage::kMaxNamed);
  Coverage merged;
  for (Coverage& part : parts) merged.merge(std::move(part));
  for (Coverage* all : {&whole, &merged}) {
    all->finish();
    CHECK(all->skip_counts[SkipReason::kCorrupt] == kCount);
    CHECK_FALSE(all->names_all(SkipReason::kCorrupt));
    CHECK(all->names_all(SkipReason::kTooLarge));
    CHECK(all->names_all(SkipReason::kVanished));
    REQUIRE(all->skipped.size() == Coverage::kMaxNamed + 1);
    CHECK(all->skipped[4321] == corrupt(4321));
    CHECK(all->skipped.back().name == "z");
  }
}
