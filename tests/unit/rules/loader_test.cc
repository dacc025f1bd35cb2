// Rule files of ours (`format = 1`), and what all rule files share.
#include "rules/loader.h"

#include "support/catch.h"

using namespace leaksift;

namespace {

Result<LoadedRules> parse(const std::string& text, const RuleSet& base = {}) {
  return parse_rules(text, "rules.toml", base);
}

LoadedRules loaded(const std::string& text) {
  Result<LoadedRules> rules = parse(text);
  if (!rules) FAIL(rules.error().message());
  return *std::move(rules);
}

std::string error_of(const std::string& text) {
  const Result<LoadedRules> rules = parse(text);
  return rules ? "" : rules.error().message();
}

const std::string kHead = "format = 1\n[[rules]]\nid = 'a'\n";

// What goes wrong with `line` as line 4, in a rule of ours.
std::string error_in_rule(const std::string& line) {
  return error_of(kHead + line + "\n");
}

}  // namespace

TEST_CASE("every key of a rule of ours is read", "[rules][loader]") {
  const LoadedRules rules = loaded(R"(
format = 1
[[rules]]
id = "acme-key"
description = "Acme key"
provider = "acme"
regex = '(a)(b)'
path = '\.env$'
secretGroup = 2
entropy = 3.5
charset = "a-z"
checksum = "luhn"
context_after = 700
keywords = ["ACME", "corp"]
tags = ["cloud"]
skipReport = true
class = "pii"
severity = "critical"
confidence = "certain"
references = ["https://acme.example"]
examples = ["one", "two"]
counter_examples = ["three"]
[[rules.required]]
id = "acme-id"
withinLines = 3
withinColumns = 80
)");
  CHECK(rules.warnings.empty());
  REQUIRE(rules.set.rules.size() == 1);
  const Rule& rule = rules.set.rules[0];
  CHECK(rule.id == "acme-key");
  CHECK(rule.description == "Acme key");
  CHECK(rule.provider == "acme");
  CHECK(rule.regex == "(a)(b)");
  CHECK(rule.path == "\\.env$");
  CHECK(rule.secret_group == 2);
  CHECK(rule.entropy == 3.5);
  CHECK(rule.charset == "a-z");
  CHECK(rule.checksum == "luhn");
  CHECK(rule.context_after == 700U);
  CHECK(rule.keywords == std::vector<std::string>{"acme", "corp"});
  CHECK(rule.tags == std::vector<std::string>{"cloud"});
  CHECK(rule.skip_report);
  CHECK(rule.data_class == DataClass::kPii);
  CHECK(rule.severity == Severity::kCritical);
  CHECK(rule.confidence == Confidence::kCertain);
  CHECK(rule.references == std::vector<std::string>{"https://acme.example"});
  CHECK(rule.examples == std::vector<std::string>{"one", "two"});
  CHECK(rule.counter_examples == std::vector<std::string>{"three"});
  CHECK_FALSE(rule.foreign);
  CHECK(rule.source.to_string() == "rules.toml:3");
  REQUIRE(rule.required.size() == 1);
  CHECK(rule.required[0].id == "acme-id");
  CHECK(rule.required[0].within_lines == 3U);
  CHECK(rule.required[0].within_columns == 80U);
}

TEST_CASE("what makes a match less sure, and what to do about it, is read",
          "[rules][loader]") {
  const LoadedRules rules = loaded(R"(
format = 1
pack = "more"
[[rules]]
id = "a"
if_words = "low"
no_words = true
min_count = 3
remedy = "do"
)");
  const Rule& rule = rules.set.rules[0];
  CHECK(rule.pack == "more");
  CHECK(rule.if_words == Confidence::kLow);
  CHECK(rule.no_words);
  CHECK(rule.min_count == 3);
  CHECK(rule.remedy == "do");
}

TEST_CASE("file-wide values hold for rules that give none of their own",
          "[rules][loader]") {
  const LoadedRules plain = loaded("format = 1\n[[rules]]\nid = 'a'\n");
  CHECK(plain.set.rules[0].severity == Severity::kHigh);
  CHECK(plain.set.rules[0].confidence == Confidence::kMedium);
  CHECK(plain.set.rules[0].data_class == DataClass::kSecret);

  const LoadedRules wide = loaded(R"(
format = 1
provider = "acme"
references = ["doc"]
class = "pci"
severity = "info"
confidence = "low"
[[rules]]
id = "a"
[[rules]]
id = "b"
provider = "other"
severity = "low"
references = ["own"]
)");
  const Rule& a = wide.set.rules[0];
  CHECK(a.provider == "acme");
  CHECK(a.references == std::vector<std::string>{"doc"});
  CHECK(a.data_class == DataClass::kPci);
  CHECK(a.severity == Severity::kInfo);
  CHECK(a.confidence == Confidence::kLow);
  const Rule& b = wide.set.rules[1];
  CHECK(b.provider == "other");
  CHECK(b.severity == Severity::kLow);
  CHECK(b.references == std::vector<std::string>{"own"});
}

TEST_CASE("rules come in the order of their ids", "[rules][loader]") {
  const LoadedRules rules =
      loaded("[[rules]]\nid = 'b'\n[[rules]]\nid = 'c'\n[[rules]]\nid = 'a'\n");
  REQUIRE(rules.set.rules.size() == 3);
  CHECK(rules.set.rules[0].id == "a");
  CHECK(rules.set.rules[2].id == "c");
}

TEST_CASE("an unknown key of ours is an error with line and nearest key",
          "[rules][loader]") {
  CHECK(error_in_rule("regx = 'b'") ==
        "rules.toml:4: unknown key 'regx' in rule 'a'; did you mean 'regex'?");
  CHECK(error_in_rule("zzzzzzzz = 'b'") ==
        "rules.toml:4: unknown key 'zzzzzzzz' in rule 'a'");
  CHECK(error_of("format = 1\nseverty = 'low'\n") ==
        "rules.toml:2: unknown key 'severty' in a rule file; did you mean "
        "'severity'?");
  CHECK(error_in_rule("[[rules.allowlists]]\nstopword = ['b']") ==
        "rules.toml:5: unknown key 'stopword' in an allowlist; did you mean "
        "'stopwords'?");
  CHECK(error_in_rule("[[rules.required]]\nid = 'b'\nwithinLine = 1") ==
        "rules.toml:6: unknown key 'withinLine' in rules.required; did you "
        "mean 'withinLines'?");
  CHECK(error_of("format = 1\n[extend]\nuseDefaults = true\n") ==
        "rules.toml:3: unknown key 'useDefaults' in [extend]; did you mean "
        "'useDefault'?");
}

TEST_CASE("keys are read in any case", "[rules][loader]") {
  const LoadedRules rules =
      loaded("format = 1\n[[rules]]\nID = 'a'\nsecretgroup = 3\n");
  CHECK(rules.set.rules[0].secret_group == 3);
}

TEST_CASE("a value of the wrong kind is an error with its line",
          "[rules][loader]") {
  CHECK(error_in_rule("regex = 5") == "rules.toml:4: expected a string");
  CHECK(error_in_rule("entropy = 'high'") == "rules.toml:4: expected a number");
  CHECK(error_in_rule("skipReport = 1") ==
        "rules.toml:4: expected true or false");
  CHECK(error_in_rule("keywords = 'a'") ==
        "rules.toml:4: expected an array of strings");
  CHECK(error_in_rule("keywords = [\n'a',\n5]") ==
        "rules.toml:6: expected a string");
  for (const std::string number : {"-1", "1.5", "'1'", "1073741825"}) {
    CHECK(error_in_rule("secretGroup = " + number) ==
          "rules.toml:4: expected a whole number from 0 to 2^30");
  }
  CHECK(error_in_rule("severity = 'hihg'") ==
        "rules.toml:4: expected one of info, low, medium, high, critical");
  CHECK(error_in_rule("confidence = 1") ==
        "rules.toml:4: expected one of low, medium, high, certain");
  CHECK(error_in_rule("class = 'x'") ==
        "rules.toml:4: expected one of secret, pii, pci, phi, code");
  CHECK(error_in_rule("allowlists = 'x'") == "rules.toml:4: expected a table");
  CHECK(error_in_rule("required = ['x']") == "rules.toml:4: expected a table");
}

TEST_CASE("the only known format is 1", "[rules][loader]") {
  CHECK(error_of("format = 2\n") == "rules.toml:1: the only known format is 1");
  CHECK(error_of("\nformat = '1'\n") ==
        "rules.toml:2: the only known format is 1");
}

TEST_CASE("what is no TOML is an error with its line", "[rules][loader]") {
  CHECK(error_of("format = 1\n[[rules\n").find("rules.toml:2: ") == 0);
  CHECK(error_of("a = 1\na = 2\n").find("rules.toml:2: ") == 0);
}

TEST_CASE("a rule needs an id of its own", "[rules][loader]") {
  CHECK(error_of("\n[[rules]]\nregex = 'a'\n") ==
        "rules.toml:2: a rule without an id");
  CHECK(error_of("[[rules]]\nid = 'a'\n[[rules]]\nid = 'a'\n") ==
        "rules.toml:3: rule 'a' is defined already at rules.toml:1");
  CHECK(error_in_rule("[[rules.required]]\nwithinLines = 1") ==
        "rules.toml:4: rules.required without an id");
}

TEST_CASE("an allowlist is read whole", "[rules][loader]") {
  const LoadedRules rules = loaded(R"(
format = 1
[[allowlists]]
description = "tests"
condition = "AND"
commits = ["ABCDEF"]
paths = ['^tests/']
regexTarget = "line"
regexes = ['example']
stopwords = ["Dummy"]
targetRules = ["a"]
)");
  REQUIRE(rules.set.allowlists.size() == 1);
  const Allowlist& list = rules.set.allowlists[0];
  CHECK(list.description == "tests");
  CHECK(list.all_conditions);
  CHECK(list.commits == std::vector<std::string>{"abcdef"});
  CHECK(list.paths == std::vector<std::string>{"^tests/"});
  CHECK(list.target == AllowTarget::kLine);
  CHECK(list.regexes == std::vector<std::string>{"example"});
  CHECK(list.stopwords == std::vector<std::string>{"dummy"});
  CHECK(list.target_rules == std::vector<std::string>{"a"});
  CHECK(list.source.to_string() == "rules.toml:3");
}

TEST_CASE("an allowlist says something, and in known words",
          "[rules][loader]") {
  const std::string head = "[[rules.allowlists]]\n";
  CHECK(error_in_rule(head + "description = 'x'") ==
        "rules.toml:4: an allowlist needs commits, paths, regexes or "
        "stopwords");
  CHECK(error_in_rule(head + "paths = ['x']\ncondition = 'xor'") ==
        "rules.toml:4: allowlist condition 'xor' is neither \"OR\" nor "
        "\"AND\"");
  CHECK(error_in_rule(head + "paths = ['x']\nregexTarget = 'file'") ==
        "rules.toml:4: regexTarget 'file' is none of \"secret\", \"match\", "
        "\"line\"");
  CHECK(error_in_rule(head + "paths = ['x']\ntargetRules = ['a']")
            .find("rules.toml:6: unknown key 'targetRules'") == 0);
}

TEST_CASE("a file that cannot be read says so", "[rules][loader]") {
  const Result<LoadedRules> rules = load_rule_file("/nowhere/rules.toml", {});
  REQUIRE_FALSE(rules);
  CHECK(rules.error().message().find("cannot read rules: ") == 0);
  CHECK(rules.error().message().find("/nowhere/rules.toml") !=
        std::string::npos);
}
