#include "match/check.h"

#include "support/catch.h"
#include "support/engine_for.h"

using namespace leaksift;

namespace {

std::vector<std::string> pattern_problems(const std::string& toml) {
  return check_patterns(rules_of(toml));
}

std::vector<std::string> example_problems(const std::string& toml) {
  return check_examples(*engine_for(toml));
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::string kRule =
    "format = 1\n[[rules]]\nid = 'a'\nregex = 'tok_([a-z]{8})\\b'\n";
const std::string kDescribed = kRule + "description = 'A'\nseverity = 'low'\n";
const std::string kGood = "examples = ['tok_{{[a-z]{8}}}', 'tok_qwertzui']\n";
const std::string kBad = "counter_examples = ['tok_{{[a-z]{7}}}', 'tok']\n";

}  // namespace

TEST_CASE("every bad regex of a rule set is named with file and line",
          "[match][check]") {
  const std::vector<std::string> problems = pattern_problems(
      "[[rules]]\nid = 'a'\nregex = '(x'\n"
      "[[rules]]\nid = 'b'\nregex = 'b'\npath = '[z'\n"
      "[[rules.allowlists]]\nregexes = ['fine', '*']\n"
      "[[allowlists]]\npaths = ['+']\n");
  REQUIRE(problems.size() == 4);
  CHECK(problems[0].find("rules.toml:1: rule 'a': bad regex: ") == 0);
  CHECK(problems[1].find("rules.toml:4: rule 'b': bad regex: ") == 0);
  CHECK(problems[2].find("rules.toml:8: rule 'b': bad regex: ") == 0);
  CHECK(problems[3].find("rules.toml:10: bad regex: ") == 0);
}

TEST_CASE("what the tree parser lets pass, RE2 refuses here",
          "[match][check]") {
  CHECK(pattern_problems("[[rules]]\nid = 'a'\nregex = 'a**'\n").size() == 1);
  CHECK(pattern_problems("[[rules]]\nid = 'a'\nregex = 'a{2000}'\n").size() ==
        1);
  CHECK(pattern_problems("[[rules]]\nid = 'a'\nregex = '\\pZZ{Gnome}'\n")
            .empty());
  CHECK(
      pattern_problems("[[rules]]\nid = 'a'\nregex = '\\p{Gnome}'\n").size() ==
      1);
}

TEST_CASE("a rule has a regex or a path, and the group that it names",
          "[match][check]") {
  CHECK(pattern_problems("[[rules]]\nid = 'a'\n") ==
        std::vector<std::string>{
            "rules.toml:1: rule 'a': neither regex nor path"});
  CHECK(pattern_problems(
            "[[rules]]\nid = 'a'\nregex = '(b)'\nsecretGroup = 2\n") ==
        std::vector<std::string>{"rules.toml:1: rule 'a': secretGroup 2 is "
                                 "more than the groups of its regex (1)"});
  CHECK(
      pattern_problems("[[rules]]\nid = 'a'\nregex = '(b)'\nsecretGroup = 1\n")
          .empty());
  CHECK(pattern_problems("[[rules]]\nid = 'a'\npath = 'b'\n").empty());
}

TEST_CASE("a required rule must exist", "[match][check]") {
  CHECK(pattern_problems("[[rules]]\nid = 'a'\nregex = 'b'\n"
                         "[[rules.required]]\nid = 'c'\n") ==
        std::vector<std::string>{
            "rules.toml:1: rule 'a': requires the unknown rule 'c'"});
}

TEST_CASE("examples are found and counter-examples are not", "[match][check]") {
  CHECK(example_problems(kDescribed + kGood + kBad).empty());
  const std::vector<std::string> problems =
      example_problems(kDescribed +
                       "examples = ['tok_qwertzu', 'tok_qwertzui']\n"
                       "counter_examples = ['tok', 'tok_qwertzui']\n");
  CHECK(problems ==
        std::vector<std::string>{
            "rules.toml:2: rule 'a': example 1 is not found: tok_qwertzu",
            "rules.toml:2: rule 'a': counter_example 2 is found: "
            "tok_qwertzui"});
}

TEST_CASE("a rule of ours has a description and two examples of each kind",
          "[match][check]") {
  const std::vector<std::string> problems = example_problems(kRule);
  REQUIRE(problems.size() == 4);
  CHECK(holds(problems[0], "no description"));
  CHECK(holds(problems[1], "no severity"));
  CHECK(holds(problems[2], "fewer than two examples"));
  CHECK(holds(problems[3], "fewer than two counter_examples"));
  CHECK(example_problems("[[rules]]\nid = 'a'\nregex = 'b'\n").empty());
}

TEST_CASE("a rule of ours needs an anchor", "[match][check]") {
  const std::vector<std::string> problems = example_problems(
      "format = 1\n[[rules]]\nid = 'a'\nregex = '[0-9a-z]*'\n"
      "description = 'A'\nseverity = 'low'\nexamples = ['0x', '0y']\n"
      "counter_examples = ['!', '-']\n");
  REQUIRE(problems.size() == 1);
  CHECK(holds(problems[0], "no anchor can be derived from its regex"));
}

TEST_CASE("an example's placeholder must be well-formed", "[match][check]") {
  const std::vector<std::string> problems = example_problems(
      kDescribed + "examples = ['tok_{{[a-z]{x}}}', 'tok_qwertzui']\n" + kBad);
  REQUIRE(problems.size() == 1);
  CHECK(holds(problems[0], "example 1: bad placeholder"));
}

TEST_CASE("an example holds the companions that its rule requires",
          "[match][check]") {
  const std::string required =
      kDescribed + "counter_examples = ['tok', 'tok_qwertzui']\n";
  const std::string companion =
      "[[rules.required]]\nid = 'b'\n"
      "[[rules]]\nid = 'b'\nregex = 'id=[0-9]+'\nskipReport = true\n"
      "description = 'B'\nseverity = 'info'\nexamples = ['id=1', 'id=2']\n"
      "counter_examples = ['id', '1']\n";
  CHECK(example_problems(required +
                         "examples = ['tok_qwertzui id=1', "
                         "'id=2 tok_yxcvbnma']\n" +
                         companion)
            .empty());
  CHECK(example_problems(required +
                         "examples = ['tok_qwertzui', 'tok_yxcvbnma id=1']\n" +
                         companion) ==
        std::vector<std::string>{
            "rules.toml:2: rule 'a': example 1 is not found: tok_qwertzui"});
}

TEST_CASE("a file says how bad all of its rules are", "[match][check]") {
  std::string rules = kRule + "description = 'A'\n" + kGood + kBad;
  CHECK(example_problems(rules).size() == 1);
  rules.insert(rules.find("[[rules]]"), "severity = 'low'\n");
  CHECK(example_problems(rules).empty());
}

TEST_CASE("an optional companion stands in an example, too", "[match][check]") {
  const std::string companion =
      "[[rules.required]]\nid = 'b'\noptional = true\n"
      "[[rules]]\nid = 'b'\nregex = 'id=[0-9]+'\nseverity = 'info'\n"
      "description = 'B'\nexamples = ['id=1', 'id=2']\n"
      "counter_examples = ['id', '1']\n";
  CHECK(example_problems(kDescribed + kGood + kBad + companion) ==
        std::vector<std::string>{
            "rules.toml:2: rule 'a': no example has all that it requires"});
  CHECK(example_problems(kDescribed + kBad +
                         "examples = ['tok_qwertzui', 'id=1 tok_yxcvbnma']\n" +
                         companion)
            .empty());
}

TEST_CASE("no two rules of ours claim the same", "[match][check]") {
  const std::string one = kDescribed + kGood + kBad;
  std::string other = one.substr(one.find("[[rules]]"));
  other.replace(other.find("id = 'a'"), 8, "id = 'b'");
  CHECK(example_problems(one + other) ==
        std::vector<std::string>{
            "rules.toml:9: rule 'b': claims the same as rule 'a'"});
  CHECK(example_problems(one + other + "path = 'x'\n").empty());
}
