#include "match/explain.h"

#include "support/catch.h"
#include "support/engine_for.h"

using namespace leaksift;

namespace {

// All stages of rule 0, a line each.
std::string stages_of(const std::string& toml, std::string_view text) {
  const auto engine = engine_for(toml);
  std::string all;
  for (const std::string& stage : explain(*engine, 0, text).stages) {
    all += stage + "\n";
  }
  return all;
}

bool is_finding(const std::string& toml, std::string_view text) {
  return explain(*engine_for(toml), 0, text).is_finding;
}

bool has(const std::string& stages, const std::string& line) {
  return ("\n" + stages).find("\n" + line + "\n") != std::string::npos;
}

const std::string kOurs = "format = 1\n";
const std::string kRule =
    "[[rules]]\nid = 'a-tok'\nprovider = 'a'\nregex = 'tok_([a-z]{24})\\b'\n";
const std::string kText = "my tok_qwertzuiopasdfghjklyxcvb!";

}  // namespace

TEST_CASE("a finding passes every stage", "[match][explain]") {
  CHECK(is_finding(kOurs + kRule, kText));
  const std::string stages = stages_of(kOurs + kRule, kText);
  CHECK(has(stages, "anchor: \"tok_\" ends at byte 7"));
  CHECK(has(stages, "regex: matches bytes 3-31"));
  CHECK(has(stages, "secret: bytes 7-31, qwer****"));
  CHECK(has(stages, "filters: passed"));
  CHECK(has(stages, "verdict: finding"));
  CHECK(stages.find("qwertz") == std::string::npos);
}

TEST_CASE("an anchor is missing, or what follows does not fit",
          "[match][explain]") {
  CHECK(has(stages_of(kOurs + kRule, "nothing"),
            "anchor: \"tok_\" is not in the text"));
  CHECK(has(stages_of(kOurs + kRule, "tok_12"),
            "anchor: \"tok_\" ends at byte 4, but what follows does not fit"));
  CHECK(has(stages_of(kOurs + kRule, "tok_12"),
            "regex: matches nowhere: tok_([a-z]{24})\\b"));
  CHECK_FALSE(is_finding(kOurs + kRule, "tok_12"));
}

TEST_CASE("keywords are in the text or not", "[match][explain]") {
  const std::string rule = kRule + "keywords = ['acme', 'corp']\n";
  CHECK(
      has(stages_of(rule, kText), "keywords: none is in the text: acme, corp"));
  CHECK_FALSE(is_finding(rule, kText));
  CHECK(has(stages_of(rule, kText + " Corp"),
            "keywords: one is in the text: acme, corp"));
  CHECK(is_finding(rule, kText + " Corp"));
}

TEST_CASE("a rule without anchors says so", "[match][explain]") {
  CHECK(has(stages_of("[[rules]]\nid = 'a'\nregex = '[^a]*'\n"
                      "keywords = ['acme']\n",
                      "x"),
            "anchor: none; the regex is run over every blob that has a "
            "keyword"));
}

TEST_CASE("filters say which of them rejects", "[match][explain]") {
  CHECK(has(stages_of(kOurs + kRule + "entropy = 4.9\n", kText),
            "filters: too little entropy"));
  CHECK(has(stages_of(kOurs + kRule + "entropy = 4.9\n", kText),
            "entropy: 4.58 bits, more than 4.90 bits needed"));
  CHECK(has(stages_of(kOurs + kRule + "charset = 'a-w'\n", kText),
            "filters: a character outside of the rule's charset"));
  CHECK(has(stages_of(kOurs + kRule, "tok_aaaaaaaaaaaaaaaaaaaaaaaa"),
            "filters: a placeholder"));
  const std::string allowed =
      kOurs + kRule + "[[rules.allowlists]]\nstopwords = ['qwert']\n";
  CHECK(has(stages_of(allowed, kText),
            "filters: an allowlist allows it (rules.toml:6)"));
  CHECK(has(stages_of(allowed, kText), "verdict: no finding"));
  CHECK_FALSE(is_finding(allowed, kText));
}

TEST_CASE("an allowlist for certain paths leaves the question open",
          "[match][explain]") {
  const std::string rule =
      kOurs + kRule +
      "[[rules.allowlists]]\ncondition = 'AND'\npaths = ['x']\n"
      "stopwords = ['qwert']\n";
  CHECK(has(stages_of(rule, kText),
            "filters: passed; an allowlist allows it in certain paths"));
}

TEST_CASE("an inline comment suppresses", "[match][explain]") {
  const std::string text = kText + " # leaksift:allow";
  CHECK(has(stages_of(kOurs + kRule, text),
            "comment: an inline comment allows it"));
  CHECK(has(stages_of(kOurs + kRule, text), "verdict: suppressed inline"));
  CHECK_FALSE(is_finding(kOurs + kRule, text));
}

TEST_CASE("a rule may lack its companion", "[match][explain]") {
  const std::string rules =
      kOurs + kRule + "[[rules.required]]\nid = 'b-id'\n" +
      "[[rules]]\nid = 'b-id'\nprovider = 'a'\nregex = 'id=[0-9]+'\n";
  CHECK(has(stages_of(rules, kText),
            "verdict: no finding: a required rule does not match nearby, or a "
            "more specific rule has the secret"));
  CHECK(is_finding(rules, kText + " id=12"));
}

TEST_CASE("a rule about paths alone has no content to explain",
          "[match][explain]") {
  CHECK(has(stages_of("[[rules]]\nid = 'p'\npath = 'id_rsa$'\n", "x"),
            "rule: is about paths alone; its path regex is id_rsa$"));
}

TEST_CASE("the parts of a finding are named", "[match][explain]") {
  const std::string rules =
      kOurs + kRule +
      "if_paired = 'high'\n[[rules.required]]\nid = 'b-key'\n"
      "optional = true\n[[rules]]\nid = 'b-key'\nregex = 'key=(\\w+)'\n";
  const std::string paired = stages_of(rules, kText + "\n key=abc");
  CHECK(has(paired, "part: b-key at 2:6"));
  CHECK(has(paired, "confidence: high, with these parts"));
  const std::string alone = stages_of(rules, kText);
  CHECK_FALSE(has(alone, "confidence: high, with these parts"));
  CHECK(has(alone, "verdict: finding"));
}
