#include "check/check.h"

#include <algorithm>
#include <string>

#include "core/digest.h"
#include "support/catch.h"
#include "support/random.h"

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

TEST_CASE("every check says something of any text, and the same again",
          "[check]") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += R"({"alg":)";
  const std::string texts[] = {
      "",
      std::string(100, '\0'),
      std::string(1 << 20, 'A'),
      std::string(1 << 20, ' '),
      std::string(1 << 20, '.'),
      std::string(1 << 20, '\\'),
      std::string(1 << 20, '='),
      "eyJ" + std::string(1 << 20, '.'),
      to_base64(deep) + ".eyJ.x",
      "-----BEGIN PRIVATE KEY-----" + std::string(1 << 20, '+') +
          "-----END PRIVATE KEY-----",
      Random(1).bytes(1 << 16),
  };
  for (const Check& check : all_checks()) {
    for (const std::string& text : texts) {
      INFO(check.name << " " << text.substr(0, 20));
      const CheckResult result = check.look(text);
      const CheckResult again = check.look(text);
      CHECK(result.proof == again.proof);
      CHECK(result.facts == again.facts);
    }
  }
}

}  // namespace
}  // namespace leaksift
