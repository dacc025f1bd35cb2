// What is derived from a regex must be true of everything that it matches.
#include <algorithm>

#include "core/regex.h"
#include "core/text.h"
#include "rules/loader.h"
#include "rules/plan.h"
#include "support/catch.h"
#include "support/random_regex.h"
#include "support/regex_sample.h"

using namespace leaksift;

namespace {

// Does the tail stand at text[at], each optional byte taken or left? As a set
// of how far one may have come.
bool tail_stands(const std::vector<TailByte>& tail, std::string_view text,
                 size_t at) {
  std::vector<bool> here(tail.size() + 1);
  here[0] = true;
  for (;; ++at) {
    for (size_t i = 0; i < tail.size(); ++i) {
      if (here[i] && tail[i].optional) here[i + 1] = true;
    }
    if (here.back()) return true;
    if (at >= text.size()) return false;
    std::vector<bool> next(tail.size() + 1);
    for (size_t i = 0; i < tail.size(); ++i) {
      next[i + 1] =
          here[i] && tail[i].bytes[static_cast<unsigned char>(text[at])];
    }
    here = next;
  }
}

// Does `anchor` stand in `text`, where a match begins at `begin`, at one of the
// places that it says?
bool stands(const Anchor& anchor, std::string_view text, size_t begin) {
  const std::string lower = ascii_lower(text);
  const std::string_view in = anchor.fold_case ? lower : text;
  for (size_t end = begin + anchor.min_back;
       end <= std::min<size_t>(begin + anchor.max_back, text.size()); ++end) {
    if (end < anchor.text.size()) continue;
    const bool is_text = in.substr(0, end).ends_with(anchor.text);
    if (!is_text || !tail_stands(anchor.tail.bytes(), text, end)) continue;
    const std::string_view before =
        text.substr(begin, end - anchor.text.size() - begin);
    if (before.find(anchor.head) == std::string_view::npos) continue;
    if (anchor.on_line && before.find('\n') != std::string_view::npos) continue;
    return true;
  }
  return false;
}

// Draws texts that `regex` matches and looks for an anchor in each. Returns
// how many there were; rules without texts count for none.
int check_anchors(const std::string& regex, Random& random, int samples) {
  Rule rule;
  rule.id = "r";
  rule.regex = regex;
  const Result<RulePlan> plan = plan_rule(rule);
  if (!plan) FAIL(plan.error().message());
  const Result<RegexNode> tree = parse_regex(regex, plan->unit);
  const Result<Regex> core = Regex::compile(plan->core, plan->unit);
  const bool by_text =
      !plan->anchors.empty() &&
      std::all_of(plan->anchors.begin(), plan->anchors.end(),
                  [](const Anchor& a) { return a.shape.empty(); });
  if (!core || !by_text) return 0;
  int matched = 0;
  Captures captures;
  for (int i = 0; i < samples; ++i) {
    const std::string text = "\n" + sample_of(*tree, random) + "\n";
    if (!core->search(text, 0, text.size(), captures)) continue;
    const size_t begin = captures[0].begin;
    if (captures[0].size() > plan->reach) continue;
    ++matched;
    const std::string_view match =
        std::string_view(text).substr(0, captures[0].end);
    const bool anchored = std::any_of(
        plan->anchors.begin(), plan->anchors.end(),
        [&](const Anchor& anchor) { return stands(anchor, match, begin); });
    if (!anchored) FAIL_CHECK(regex << " matches without an anchor: " << text);
  }
  return matched;
}

std::vector<Anchor> anchors_of(const std::string& regex) {
  Rule rule;
  rule.regex = regex;
  const Result<RulePlan> plan = plan_rule(rule);
  if (!plan) FAIL(plan.error().message());
  return plan->anchors;
}

}  // namespace

TEST_CASE("every match of a random regex holds an anchor where it is said",
          "[rules][anchors]") {
  Random random(1);
  int matched = 0;
  for (int round = 0; round < 1000; ++round) {
    matched += check_anchors(random_regex(random, 3), random, 4);
  }
  CHECK(matched > 1500);
}

TEST_CASE("every match of gitleaks' rules holds an anchor where it is said",
          "[rules][anchors]") {
  const Result<LoadedRules> rules = load_rule_file(
      LEAKSIFT_SOURCE_DIR "/tests/corpus/gitleaks-default.toml", {});
  REQUIRE(rules);
  Random random(2);
  int matched = 0;
  for (const Rule& rule : rules->set.rules) {
    if (!rule.regex.empty()) matched += check_anchors(rule.regex, random, 10);
  }
  CHECK(matched > 1000);
}

TEST_CASE("complements of classes that are not known in full hide no match",
          "[rules][anchors]") {
  const std::pair<std::string, std::string> kRegexAndMatch[] = {
      {"tok=[^\\pZ]{8}", "tok=KkSsab12"},
      {"(?i)tok=[^\xc3\xa4]{8}", "tok=KkSsab12"},
      {"(?i)tok=[^\\xe4]{8}", "tok=\xc3\xb6KkSsab"},
      {"tok=[^\\x{20ac}\\s]{8}x", "tok=KkSsab12x"},
      {"tok=[^\\pN]{4}[^\\PN]", "tok=abKs5"},
  };
  for (const auto& [regex, match] : kRegexAndMatch) {
    INFO(regex);
    const Result<Regex> compiled = Regex::compile(regex, regex_unit(regex));
    REQUIRE(compiled);
    REQUIRE(compiled->contains(match));
    const std::vector<Anchor> anchors = anchors_of(regex);
    REQUIRE_FALSE(anchors.empty());
    const bool any = std::any_of(
        anchors.begin(), anchors.end(),
        [&, &text = match](const Anchor& a) { return stands(a, text, 0); });
    CHECK(any);
  }
}

TEST_CASE("a fixed prefix is a rule's anchor", "[rules][anchors]") {
  const std::vector<Anchor> anchors = anchors_of("\\bghp_([0-9A-Za-z]{36})\\b");
  REQUIRE(anchors.size() == 1);
  CHECK(anchors[0].text == "ghp_");
  CHECK_FALSE(anchors[0].fold_case);
  CHECK(anchors[0].min_back == 4);
  CHECK(anchors[0].max_back == 4);
  REQUIRE_FALSE(anchors[0].tail.empty());
  CHECK(anchors[0].tail.bytes().size() <= kMaxTail);
  CHECK_FALSE(anchors[0].tail.bytes().back().optional);
}

TEST_CASE("every branch of an alternation has an anchor of its own",
          "[rules][anchors]") {
  const std::vector<Anchor> anchors =
      anchors_of("(?:AKIA|\\w{3}ABIA|xoxb-)[0-9A-Z]{16}");
  CHECK(anchors.size() == 3);
  for (const std::string text :
       {"AKIA0123456789ABCDEF", "-xyABIA0123456789ABCDEF",
        "xoxb-0123456789ABCDEF"}) {
    CHECK(std::count_if(anchors.begin(), anchors.end(), [&](const Anchor& a) {
            return text.find(a.text) != std::string::npos;
          }) == 1);
  }
}

TEST_CASE("an anchor says how far back its match begins", "[rules][anchors]") {
  const std::vector<Anchor> anchors =
      anchors_of("[0-9]{3,7}--acmekey--[a-z]{9}");
  REQUIRE(anchors.size() == 1);
  const uint32_t size = static_cast<uint32_t>(anchors[0].text.size());
  const auto skipped =
      static_cast<uint32_t>(std::string("--acmekey--").find(anchors[0].text));
  CHECK(anchors[0].min_back == 3 + skipped + size);
  CHECK(anchors[0].max_back == 7 + skipped + size);
}

TEST_CASE("an anchor behind a run without limit lies within the reach",
          "[rules][anchors]") {
  const std::vector<Anchor> anchors = anchors_of("[a-z]+@acmekey");
  REQUIRE(anchors.size() == 1);
  CHECK(anchors[0].max_back == kDefaultReach);
}

TEST_CASE("a rule without texts gets classes", "[rules][anchors]") {
  const std::vector<Anchor> anchors = anchors_of("[0-9a-f]{8}-?[g-z]{30,}");
  REQUIRE(anchors.size() == 1);
  CHECK(anchors[0].text.empty());
  CHECK_FALSE(anchors[0].shape.empty());
}

TEST_CASE("what may match nothing has no anchor", "[rules][anchors]") {
  CHECK(anchors_of("[0-9a-f]*").empty());
  CHECK(anchors_of("(?:abcdef)?").empty());
  CHECK(anchors_of("abcdef|").empty());
}

TEST_CASE("a text of one byte over and over goes on to the run's end",
          "[rules][anchors]") {
  const std::string regex = "[a-z]AAAAAAAAAA{0,2}([B-D][A-Z]{5})";
  const std::vector<Anchor> anchors = anchors_of(regex);
  REQUIRE(anchors.size() == 3);
  CHECK(anchors[0].text == "AAAAAAAAAB");
  CHECK(anchors[2].text == "AAAAAAAAAD");
  CHECK(anchors[0].min_back == 11);
  CHECK(anchors[0].max_back == 13);
  CHECK(anchors[0].tail.bytes().size() == 5);
  Random random(3);
  CHECK(check_anchors(regex, random, 50) == 50);
}

TEST_CASE("a short text goes on where longer ones are rare enough",
          "[rules][anchors]") {
  // "public" is everywhere, and none of its beginnings has a digit in it.
  const std::vector<Anchor> anchors = anchors_of("pub[0-9]{32}");
  REQUIRE(anchors.size() == 10);
  for (const Anchor& anchor : anchors) {
    CHECK(anchor.text.starts_with("pub"));
    CHECK(anchor.text.size() == 4);
    CHECK(anchor.min_back == 4);
    CHECK(anchor.max_back == 4);
    CHECK(anchor.tail.bytes().size() <= 31);
  }
  // "ghp_" stands nowhere by itself.
  CHECK(anchors_of("ghp_[0-9]{36}").size() == 1);
}

TEST_CASE("what follows a text in any case is in any case too",
          "[rules][anchors]") {
  Random random(4);
  for (const std::string regex :
       {"(?i:pub)[A-F]{9}", "(?i:pub)[a-f]{9}", "(?i:pub)[A-Fa-f]{9}"}) {
    INFO(regex);
    CHECK(anchors_of(regex).size() == 6);
    CHECK(check_anchors(regex, random, 50) == 50);
  }
}
