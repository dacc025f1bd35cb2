#include "rules/shape.h"

#include "core/regex.h"
#include "rules/fixed_text.h"
#include "support/catch.h"
#include "support/random_regex.h"
#include "support/regex_sample.h"

using namespace leaksift;

namespace {

Shape shape_for(const std::string& pattern, uint32_t max_width) {
  const Result<RegexNode> tree = parse_regex(pattern, RegexUnit::kByte);
  if (!tree) FAIL(pattern << ": " << tree.error().message());
  return shape_of(lay_out(*tree), max_width);
}

}  // namespace

TEST_CASE("a shape is written as classes and counts", "[rules][shape]") {
  CHECK(shape_for("[0-9]{4}", 48).expression == "(?:[\\x30-\\x39]){4,4}");
  CHECK(shape_for("a[x_-]", 48).expression == "[\\x61][\\x2d\\x5f\\x78]");
  CHECK(shape_for("(?:a|bc)d", 48).expression ==
        "(?:[\\x61]|[\\x62][\\x63])[\\x64]");
}

TEST_CASE("a shape is cut where it would get too wide", "[rules][shape]") {
  const Shape run = shape_for("[0-9]{4}[a-f]{100}", 48);
  CHECK(run.width.min == 48);
  CHECK(run.width.max == 48);
  const Shape endless = shape_for("[0-9]{4,}x", 48);
  CHECK(endless.width.min == 4);
  CHECK(endless.width.max == 4);
}

TEST_CASE("assertions leave nothing in a shape, however often they stand there",
          "[rules][shape]") {
  CHECK(shape_for("a\\b*$*(?:^|\\B)+b", 48).expression == "[\\x61][\\x62]");
}

TEST_CASE("what may match nothing has no shape", "[rules][shape]") {
  CHECK(shape_for("[0-9]*", 48).expression.empty());
  CHECK(shape_for("[0-9]?", 48).expression.empty());
  CHECK(shape_for("", 48).expression.empty());
  CHECK(shape_for("(?:[0-9]{50}|)[a-f]{50}", 48).expression.empty());
}

TEST_CASE("what a regex matches begins with its shape", "[rules][shape]") {
  Random random(1);
  int with_shape = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::string pattern = random_regex(random, 2);
    const auto max_width = static_cast<uint32_t>(random.between(1, 48));
    const Shape shape = shape_for(pattern, max_width);
    if (shape.expression.empty()) continue;
    ++with_shape;
    INFO(pattern << " has shape " << shape.expression);
    CHECK(shape.width.max <= max_width);
    CHECK(shape.width.min <= shape.width.max);
    const Result<Regex> regex =
        Regex::compile("(?s)\\A(?:" + shape.expression + ")");
    REQUIRE(regex);
    const Result<RegexNode> tree = parse_regex(pattern, RegexUnit::kByte);
    const std::string text = sample_of(*tree, random);
    Captures captures;
    INFO("drawn: " << text);
    REQUIRE(regex->search(text, 0, text.size(), captures));
    CHECK(captures[0].size() <= shape.width.max);
    CHECK(captures[0].size() >= shape.width.min);
  }
  CHECK(with_shape > 1000);
}
