#include "check/check.h"

#include <algorithm>

#include "support/catch.h"

namespace leaksift {
namespace {

TEST_CASE("every check is found by its name, and each name is taken once") {
  REQUIRE_FALSE(all_checks().empty());
  for (const Check& check : all_checks()) {
    INFO(check.name);
    CHECK(find_check(check.name) == &check);
  }
  CHECK(std::adjacent_find(all_checks().begin(), all_checks().end(),
                           [](const Check& a, const Check& b) {
                             return a.name == b.name;
                           }) == all_checks().end());
  CHECK(find_check("no such check") == nullptr);
}

}  // namespace
}  // namespace leaksift
