#include "rules/name_pattern.h"

#include <algorithm>

#include "core/regex.h"
#include "rules/regex_syntax.h"
#include "support/catch.h"
#include "support/random_regex.h"
#include "support/regex_sample.h"

using namespace leaksift;

namespace {

bool found(const std::string& pattern, std::string_view text, RegexUnit unit) {
  const Result<Regex> regex = Regex::compile(pattern, unit);
  if (!regex) FAIL(pattern << ": " << regex.error().message());
  return regex->contains(text);
}

bool name_may_match(const std::string& path_pattern, std::string_view name) {
  return found(name_pattern(path_pattern), name, RegexUnit::kByte);
}

// What a rule about paths looks like, more or less.
std::string random_path_pattern(Random& random) {
  constexpr std::array<std::string_view, 8> kJoints = {
      "/", "(?:^|/)", "[^/]*", ".*", "\\b", "(?:/|-)", "\\\\", "(?:x/)?"};
  std::string pattern = random.one_in(3) ? "(?i)" : "";
  for (uint64_t left = random.between(1, 3); left > 0; --left) {
    if (random.one_in(2)) pattern += random.pick(kJoints);
    pattern += random_regex(random, 1);
  }
  if (random.one_in(8)) return pattern;
  if (random.one_in(4)) return pattern + "(?:\\z|[.]bak$)";
  return pattern + "$";
}

}  // namespace

TEST_CASE("what a path ends with is asked of a name", "[rules][name_pattern]") {
  const std::string keys = R"((?i)(?:^|/)[^/]+\.(?:p12|pfx)$)";
  CHECK(name_may_match(keys, "a.P12"));
  CHECK_FALSE(name_may_match(keys, "a.p12.txt"));
  CHECK_FALSE(name_may_match(keys, "p12"));
  const std::string shadow = R"(^etc/(?:g?shadow|passwd)$)";
  CHECK(name_may_match(shadow, "gshadow"));
  CHECK_FALSE(name_may_match(shadow, "group"));
  CHECK_FALSE(name_may_match(R"(\.pem$|\.key\z)", "key"));
}

TEST_CASE("any name may match what does not ask for a path's end",
          "[rules][name_pattern]") {
  for (const std::string pattern :
       {"id_rsa", "secrets/.*$", "(?m)key$", "key$|secrets/", "key$(?:/a)?"}) {
    INFO(pattern);
    CHECK(name_may_match(pattern, "a"));
  }
}

TEST_CASE("the name of a path that matches may match",
          "[rules][name_pattern]") {
  Random random(20261123);
  size_t matching = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string pattern = random_path_pattern(random);
    const Result<RegexNode> tree = parse_regex(pattern, RegexUnit::kByte);
    if (!tree) FAIL(pattern << ": " << tree.error().message());
    std::string path = random.text(random.below(4), "ak/");
    path += sample_of(*tree, random);
    if (random.one_in(4)) path += random.text(random.below(4), "ak/");
    if (!found(pattern, path, RegexUnit::kByte)) continue;
    ++matching;
    CAPTURE(pattern, path);
    const std::string name = path.substr(path.rfind('/') + 1);
    CHECK(name_may_match(pattern, name));
    // Rules are asked with '\' for '/', too.
    CHECK(name_may_match(pattern, name.substr(name.rfind('\\') + 1)));
  }
  CHECK(matching > 1000);
}
