#include "rules/example.h"

#include <algorithm>

#include "support/catch.h"

using namespace leaksift;

namespace {

std::string expanded(std::string_view text, std::string_view seed = "seed") {
  const Result<std::string> result = expand_example(text, seed);
  if (!result) FAIL(result.error().message());
  return *result;
}

}  // namespace

TEST_CASE("an example's random part is of its class and count",
          "[rules][example]") {
  const std::string text = expanded("a={{[0-9a-f]{40}}}; b={{[xy]{3}}}!");
  REQUIRE(text.size() == 2 + 40 + 4 + 3 + 1);
  CHECK(text.substr(0, 2) == "a=");
  const std::string hex = text.substr(2, 40);
  CHECK(hex.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(std::count(hex.begin(), hex.end(), hex[0]) < 20);
  CHECK(text.substr(42, 4) == "; b=");
  CHECK(text.substr(46, 3).find_first_not_of("xy") == std::string::npos);
}

TEST_CASE("the same seed gives the same example, another one another",
          "[rules][example]") {
  const std::string text = "{{[0-9a-f]{40}}}";
  CHECK(expanded(text, "one") == expanded(text, "one"));
  CHECK(expanded(text, "one") != expanded(text, "two"));
  // On every machine, in every version: baselines hold these.
  CHECK(expanded("{{[a-z]{8}}}", "acme/example 1") == "trktfptg");
}

TEST_CASE("text without placeholders stays", "[rules][example]") {
  for (const std::string text :
       {"", "plain", "{{name}}", "${{ x }}", "[a]{3}"}) {
    CHECK(expanded(text) == text);
  }
  CHECK(expanded("{{[a]{0}}}") == "");
  CHECK(expanded("{{[a]{2}}}}") == "aa}");
}

TEST_CASE("a placeholder that is none of the form is an error",
          "[rules][example]") {
  for (const std::string text :
       {"{{[a-z]}}", "{{[a-z]{3}}", "{{[a-z]{x}}}", "{{[a-z]{-1}}}",
        "{{[a-z]{10001}}}", "{{[z-a]{3}}}", "{{[a-z]+{3}}}", "{{[a-z{3}}}",
        "{{[a-z]{3 }}}"}) {
    INFO(text);
    const Result<std::string> result = expand_example(text, "seed");
    REQUIRE_FALSE(result);
    CHECK(result.error().message().find("bad placeholder '{{[") == 0);
  }
}

TEST_CASE("one placeholder may hold several classes", "[rules][example]") {
  CHECK(expanded("{{x_[a]{2}}} {{ x }} {{y}}}") == "x_aa {{ x }} {{y}}}");
  const std::string text = expanded("{{[a]{2}-[b]{1,3}x[0-9]{4}}}");
  CHECK(text.substr(0, 3) == "aa-");
  CHECK(text.size() >= 9);
  CHECK(text.size() <= 11);
  CHECK(text[text.size() - 5] == 'x');
}
