#include "core/first_not.h"

#include <numeric>
#include <vector>

#include "support/catch.h"

using namespace leaksift;

TEST_CASE("a search in steps ends where one from the front does",
          "[core][first_not]") {
  for (int size = 0; size < 70; ++size) {
    std::vector<int> numbers;
    for (int i = 0; i < size; ++i) numbers.push_back(i);
    for (int place = 0; place <= size; ++place) {
      const auto found = first_not(numbers.begin(), numbers.end(),
                                   [&](int number) { return number < place; });
      CHECK(found - numbers.begin() == place);
    }
  }
}

TEST_CASE("a search in steps asks little of what is far behind",
          "[core][first_not]") {
  std::vector<int> numbers(1'000'000);
  std::iota(numbers.begin(), numbers.end(), 0);
  for (const int place : {0, 1, 5, 100}) {
    int asked = 0;
    const auto found =
        first_not(numbers.begin(), numbers.end(), [&](int number) {
          ++asked;
          return number < place;
        });
    CHECK(*found == place);
    CHECK(asked <= 16);
  }
}
