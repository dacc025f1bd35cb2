#include "import/import.h"

#include <algorithm>

#include "pack/builtin.h"
#include "rules/loader.h"
#include "support/catch.h"

using namespace leaksift;
using Notes = std::vector<std::string>;

namespace {

ImportedRules imported(const std::string& text,
                       std::optional<RuleFormat> format = std::nullopt) {
  Result<ImportedRules> rules = import_rules({{"f", text}}, format);
  if (!rules) FAIL(rules.error().message());
  return *std::move(rules);
}

// What --rules makes of what is written.
RuleSet reloaded(const ImportedRules& rules) {
  Result<LoadedRules> loaded = parse_rules(to_toml(rules), "written", {});
  if (!loaded) FAIL(loaded.error().message());
  CHECK(loaded->warnings == Notes{});
  return std::move(loaded->set);
}

std::string error_of(const std::string& text) {
  const Result<ImportedRules> rules = import_rules({{"f", text}}, {});
  return rules ? "" : rules.error().message();
}

}  // namespace

TEST_CASE("a Kingfisher rule keeps all that decides about a match",
          "[import][kingfisher]") {
  const ImportedRules rules = imported(R"(rules:
  - name: Acme
      key
    id: kingfisher.acme.1
    pattern: |
      (?x)(?i)
      acme_ (?P<ID> [a-z]{4} ) _  # who
      (?P<TOKEN> [0-9a-f]{32} )
    min_entropy: 3.5
    confidence: High
    visible: false
    examples: ["a\tb \"c\" \\", "'''d"]
    negative_examples: ['e']
    references: [https://acme.example]
    categories: [api]
    pattern_requirements:
      min_digits: 2
      min_special_chars: 1
      special_chars: "]-^"
      ignore_if_contains: [Test]
)");
  CHECK(rules.not_taken == Notes{});
  const RuleSet set = reloaded(rules);
  REQUIRE(set.rules.size() == 1);
  const Rule& rule = set.rules[0];
  CHECK(rule.id == "kingfisher.acme.1");
  CHECK(rule.description == "Acme key");
  CHECK(rule.regex == "(?i)acme_(?P<ID>[a-z]{4})_(?P<TOKEN>[0-9a-f]{32})");
  CHECK(rule.secret_group == 2);
  CHECK(rule.entropy == 3.5);
  CHECK(rule.confidence == Confidence::kHigh);
  CHECK(rule.skip_report);
  CHECK(rule.foreign);
  CHECK(rule.examples == Notes{"a\tb \"c\" \\", "'''d"});
  CHECK(rule.counter_examples == Notes{"e"});
  CHECK(rule.references == Notes{"https://acme.example"});
  CHECK(rule.tags == Notes{"api"});
  REQUIRE(rule.allowlists.size() == 1);
  CHECK(rule.allowlists[0].regexes ==
        Notes{"\\A[^0-9]*(?:[0-9][^0-9]*){0,1}\\z", "\\A[^\\]\\-\\^]*\\z"});
  CHECK(rule.allowlists[0].stopwords == Notes{"test"});
}

TEST_CASE("what a Kingfisher rule says in vain is named",
          "[import][kingfisher]") {
  const ImportedRules rules = imported(R"(rules:
  - {id: a, name: A, pattern: b, validation: {type: Http}, revocation: {x: y},
     depends_on_rule: [{rule_id: b}], speed: 3, min_entropy: much,
     examples: ["{{[a]{3}}}", d], confidence: sure}
  - {id: b, pattern: '(?=c)'}
  - {id: a, pattern: d}
  - {id: c, name: C}
  - {id: d, pattern: '('}
  - e
rulesets: [x]
)");
  REQUIRE(rules.set.rules.size() == 1);
  CHECK(rules.set.rules[0].examples == Notes{"d"});
  CHECK(rules.not_taken ==
        Notes{"f:2: rule 'a': the unknown confidence 'sure'",
              "f:2: rule 'a': an example with '{{[' in it",
              "f:2: rule 'a': not taken over: min_entropy (not a number), "
              "validation (no requests are made), revocation (no requests are "
              "made), depends_on_rule (it serves validation alone), speed "
              "(unknown)",
              "f:5: rule 'b': left out: a look-around ((?=…)",
              "f:6: rule 'a': left out: another rule has this id",
              "f:7: rule 'c': left out: it has neither a regex nor a path",
              "f:8: rule 'd': left out: bad regex: missing ): (",
              "f:9: not taken over: no table of names and values",
              "f:9: left out: a rule without an id",
              "f:1: not taken over: rulesets (unknown)"});
}

TEST_CASE("a TruffleHog detector becomes a rule that requires its others",
          "[import][trufflehog]") {
  const ImportedRules rules = imported(R"(detectors:
  - name: acme
    keywords: [ACME, hog]
    regex: {token: '(t[0-9a-z]{8})', id: 'i[0-9]{4}'}
    primary_regex_name: token
    entropy: 2
    exclude_words: [test, Never]
    exclude_regexes_capture: ['^x']
    exclude_regexes_match: ['y', '(?!z)']
    validations:
      token: {contains_digit: true, contains_uppercase: false}
    verify: [{endpoint: http://localhost}]
)");
  CHECK(rules.not_taken ==
        Notes{"f:2: rule 'acme': not taken over: verify (no requests are made)",
              "f:2: rule 'acme-id': what allows (?!z): a look-around ((?!…)",
              "f:2: rule 'acme': what allows (?!z): a look-around ((?!…)"});
  const RuleSet set = reloaded(rules);
  REQUIRE(set.rules.size() == 2);
  const Rule& token = set.rules[0];
  const Rule& id = set.rules[1];
  CHECK(token.id == "acme");
  CHECK(id.id == "acme-id");
  CHECK(id.skip_report);
  CHECK(id.secret_group == 0);
  CHECK_FALSE(token.skip_report);
  CHECK(token.secret_group == 1);
  REQUIRE(token.required.size() == 1);
  CHECK(token.required[0].id == "acme-id");
  CHECK_FALSE(token.required[0].within_lines);
  CHECK(token.keywords == Notes{"acme", "hog"});
  // Two bits are enough there; here more than `entropy` are.
  CHECK(token.entropy < 2);
  CHECK(token.entropy > 1.99999);
  REQUIRE(token.allowlists.size() == 3);
  CHECK(token.allowlists[0].stopwords == Notes{"test"});
  CHECK(token.allowlists[0].regexes == Notes{"^x"});
  CHECK(token.allowlists[1].target == AllowTarget::kMatch);
  CHECK(token.allowlists[1].regexes == Notes{"y"});
  CHECK(token.allowlists[2].regexes == Notes{"\\A[^0-9]*\\z"});
}

TEST_CASE("a detector goes with any of its regexes", "[import][trufflehog]") {
  const ImportedRules rules = imported(
      "detectors:\n- {name: a, keywords: [b], regex: {c: '(?=d)', b: e}}\n");
  CHECK(rules.set.rules.empty());
  CHECK(
      rules.not_taken ==
      Notes{"f:2: rule 'a-c': left out: a look-around ((?=…)",
            "f:2: rule 'a': left out: it requires 'a-c', which is not there"});
}

TEST_CASE("gitleaks' keys all come through", "[import][gitleaks]") {
  const std::string text = R"(
[[rules]]
id = "a"
description = "A\u0007"
regex = '''(?<x>b\s)'''
path = '''\.c$'''
secretGroup = 1
entropy = 3
keywords = ["d", "e"]
tags = ["f"]
skipReport = true
[[rules.required]]
id = "b"
withinLines = 4
[[rules.allowlists]]
condition = "AND"
paths = ["g"]
regexTarget = "line"
regexes = ["h"]
stopwords = ["i"]
[[rules]]
id = "b"
regex = "c"
filter = 'entropy(finding["secret"]) <= 2.5'
[[allowlists]]
description = "all"
targetRules = ["a"]
commits = ["0123456789012345678901234567890123456789"]
paths = ["k"]
)";
  const ImportedRules rules = imported(text);
  CHECK(rules.not_taken == Notes{});
  const std::string written = to_toml(rules);
  CHECK(reloaded(rules).rules[1].entropy == 2.5);
  // Writing is exact: what is read of it writes the same again.
  CHECK(to_toml(imported(written)) == written);
  const RuleSet set = reloaded(rules);
  CHECK(set.rules[0].regex == "(?P<x>b\\s)");
  CHECK(set.rules[0].description == "A\a");
  CHECK(set.rules[0].required[0].within_lines == 4);
  CHECK(set.rules[0].allowlists[0].all_conditions);
  CHECK(set.rules[0].allowlists[0].target == AllowTarget::kLine);
  CHECK(set.allowlists[0].target_rules == Notes{"a"});
}

TEST_CASE("betterleaks' expressions are named, rule by rule",
          "[import][gitleaks]") {
  const ImportedRules rules = imported(
      "prefilter = 'p'\nbetterleaksMinVersion = 'v1'\n"
      "[[rules]]\nid = 'a'\nregex = 'b'\nfilter = 'containsAny(x)'\n"
      "validate = 'v'\n");
  CHECK(rules.set.rules.size() == 1);
  CHECK_THAT(rules.not_taken,
             Catch::VectorContains(std::string(
                 "f:6: 'filter' in rule 'a' is not evaluated (ignored)")));
  CHECK_THAT(rules.not_taken,
             Catch::VectorContains(std::string(
                 "f:7: unknown key 'validate' in rule 'a' (ignored)")));
  CHECK_THAT(rules.not_taken,
             Catch::VectorContains(std::string(
                 "f:1: unknown key 'prefilter' in a rule file (ignored)")));
  CHECK(rules.not_taken.size() == 3);
}

TEST_CASE("an allowlist that loses one of all its conditions goes",
          "[import][gitleaks]") {
  const ImportedRules rules = imported(
      "[[rules]]\nid = 'a'\nregex = 'b'\n[[rules.allowlists]]\n"
      "condition = 'AND'\nregexes = ['(?=c)']\nstopwords = ['d']\n"
      "[[rules.allowlists]]\nregexes = ['(?=e)', 'f']\n");
  REQUIRE(rules.set.rules[0].allowlists.size() == 1);
  CHECK(rules.set.rules[0].allowlists[0].regexes == Notes{"f"});
  CHECK(rules.not_taken.size() == 2);
}

TEST_CASE("a file that extends the default rules extends the built-in ones",
          "[import][gitleaks]") {
  const ImportedRules rules = imported(
      "[extend]\nuseDefault = true\ndisabledRules = ['x']\n"
      "[[rules]]\nid = 'github-pat'\nentropy = 3.5\n");
  CHECK(rules.not_taken.size() == 1);
  const Result<LoadedRules> loaded =
      parse_rules(to_toml(rules), "written", builtin_rules().set);
  REQUIRE(loaded);
  CHECK(loaded->extends_builtin);
  CHECK(loaded->disabled_builtin == Notes{"x"});
  const auto& all = loaded->set.rules;
  CHECK(all.size() == builtin_rules().set.rules.size());
  const auto changed = std::find_if(all.begin(), all.end(), [](const Rule& r) {
    return r.id == "github-pat";
  });
  REQUIRE(changed != all.end());
  CHECK(changed->entropy == 3.5);
  CHECK_FALSE(changed->regex.empty());
}

TEST_CASE("a detect-secrets baseline chooses among the built-in rules",
          "[import][detect-secrets]") {
  const ImportedRules rules = imported(R"json({"version": "1.5.0",
    "plugins_used": [{"name": "AWSKeyDetector"}, {"name": "Mine",
      "path": "file://mine.py"}, {"name": "IPPublicDetector"},
      {"name": "Base64HighEntropyString", "limit": 4.25}],
    "filters_used": [
      {"path": "detect_secrets.filters.heuristic.is_lock_file"},
      {"path": "detect_secrets.filters.regex.should_exclude_line",
       "pattern": ["a(?=b)", "c"]},
      {"path": "detect_secrets.filters.regex.should_exclude_file",
       "pattern": "d"}],
    "results": {}
})json");
  CHECK(rules.extends_builtin);
  CHECK(rules.not_taken ==
        Notes{"f: plugin Mine: a program, which is not run",
              "f: plugin IPPublicDetector: no rule looks for the same",
              "f: filter detect_secrets.filters.heuristic.is_lock_file",
              "f: what allows a(?=b): a look-around ((?=…)"});
  const auto& off = rules.disabled_builtin;
  const auto is_off = [&](const char* id) {
    return std::find(off.begin(), off.end(), id) != off.end();
  };
  CHECK(is_off("stripe-secret-key"));
  CHECK_FALSE(is_off("aws-access-key-id"));
  REQUIRE(rules.set.rules.size() == 1);
  CHECK(rules.set.rules[0].entropy == 4.25);
  REQUIRE(rules.set.allowlists.size() == 2);
  CHECK(rules.set.allowlists[0].target == AllowTarget::kLine);
  CHECK(rules.set.allowlists[0].regexes == Notes{"c"});
  CHECK(rules.set.allowlists[1].paths == Notes{"d"});
}

TEST_CASE("every rule that stands for a detect-secrets plugin is built in",
          "[import][detect-secrets]") {
  const ImportedRules rules = imported(R"({"plugins_used": []})");
  const RuleSet builtin = builtin_rules().set;
  CHECK(rules.disabled_builtin.size() > 40);
  for (const std::string& id : rules.disabled_builtin) {
    CAPTURE(id);
    CHECK(std::any_of(builtin.rules.begin(), builtin.rules.end(),
                      [&](const Rule& rule) { return rule.id == id; }));
  }
}

TEST_CASE("a file that is none of the formats is an error", "[import]") {
  CHECK(error_of("hello\n") ==
        "f: no format that is known by its looks; see --from");
  CHECK(error_of("{}") ==
        "f: no baseline of detect-secrets: it has no plugins_used");
  CHECK_THAT(error_of("{\"plugins_used\""), Catch::StartsWith("f: not JSON: "));
  CHECK_THAT(error_of("rules: [\n"), Catch::StartsWith("f:2: "));
  CHECK_THAT(error_of("[[rules]]\nid = 3\n"), Catch::StartsWith("f:2: "));
}

TEST_CASE("more rules than could be compiled are refused", "[import]") {
  std::string text = "rules:\n";
  for (int i = 0; i < 10'001; ++i) {
    text += "- {id: a" + std::to_string(i) + ", pattern: b}\n";
  }
  CHECK(error_of(text) == "more than 10000 rules");
}

TEST_CASE("the rules of several files come together, each id once",
          "[import]") {
  const Result<ImportedRules> rules =
      import_rules({{"a", "rules: [{id: x, pattern: a}, {id: y, pattern: b}]"},
                    {"b", "[[rules]]\nid = 'x'\nregex = 'c'\n"},
                    {"c.py", "class Mine: pass\n"}},
                   std::nullopt);
  REQUIRE(rules);
  CHECK(rules->set.rules.size() == 2);
  CHECK(rules->not_taken ==
        Notes{"b:1: rule 'x': left out: another rule has this id",
              "c.py: a program, which is not run"});
}
