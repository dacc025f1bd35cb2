#include "import/yaml.h"

#include "support/catch.h"

using namespace leaksift;

namespace {

YamlNode parsed(const std::string& text) {
  Result<YamlNode> node = parse_yaml(text, "a.yml");
  if (!node) FAIL(node.error().message());
  return *std::move(node);
}

std::string error_of(const std::string& text) {
  const Result<YamlNode> node = parse_yaml(text, "a.yml");
  return node ? "" : node.error().message();
}

std::string repeated(const std::string& text, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("a YAML document becomes a tree with lines", "[import][yaml]") {
  const YamlNode root =
      parsed("a: 1\nb:\n  - x\n  - 'y # z'\nc: |\n  d\n  e\n");
  REQUIRE(root.kind == YamlNode::Kind::kMapping);
  CHECK(root.keys == std::vector<std::string>{"a", "b", "c"});
  CHECK(root.items[0].text == "1");
  REQUIRE(root.items[1].kind == YamlNode::Kind::kSequence);
  CHECK(root.items[1].items[1].text == "y # z");
  CHECK(root.items[1].items[1].line == 4);
  CHECK(root.items[2].text == "d\ne\n");
}

TEST_CASE("what is no single plain document is an error with its line",
          "[import][yaml]") {
  CHECK(error_of("a: [") == "a.yml:2: did not find expected node content");
  CHECK(error_of("a: 1\n---\nb: 1\n") ==
        "a.yml:2: a second document; one is read");
  CHECK(error_of("a: 1\na: 2\n") == "a.yml:3: the key 'a' twice");
  CHECK(error_of("[a]: 1\n") == "a.yml:1: a key that is no text");
  CHECK(error_of("") == "a.yml: an empty YAML document");
  CHECK(error_of("a: \xff\n") == "a.yml:1: invalid leading UTF-8 octet");
}

TEST_CASE("YAML that makes much out of little is refused", "[import][yaml]") {
  CHECK(error_of("a: &a [x, x]\nb: [*a, *a]\n") ==
        "a.yml:2: an alias (*name), which is not followed; write it out");
  CHECK(error_of(repeated("[", 500)) == "a.yml:1: more than 64 levels");
  CHECK(error_of("[" + repeated("a,", 600'000) + "]") ==
        "a.yml:1: more than 524288 values");
}
