#include "match/verdict.h"

#include "support/catch.h"
#include "support/engine_for.h"

using namespace leaksift;

namespace {

constexpr const char* kRule = "[[rules]]\nid = 'tok'\nregex = 'tok=(\\w*)'\n";

// What the only rule of `toml` says of its first match in `text`.
Verdict verdict_of(const Engine& engine, std::string_view text) {
  const CompiledRule& rule = engine.rule(0);
  Captures captures;
  REQUIRE(rule.core.get().search(text, 0, text.size(), captures));
  Verdict verdict = engine.judge().judge(rule, text, captures);
  if (verdict.rejection == Rejection::kNone) {
    engine.judge().judge_lines(rule, text, verdict);
  }
  return verdict;
}

Rejection rejection_of(const std::string& toml, std::string_view text) {
  return verdict_of(*engine_for(toml), text).rejection;
}

std::string secret_of(const std::string& toml, std::string_view text) {
  const Span secret = verdict_of(*engine_for(toml), text).secret;
  return std::string(text.substr(secret.begin, secret.size()));
}

std::string with_list(const std::string& body) {
  return kRule + std::string("[[rules.allowlists]]\n") + body;
}

}  // namespace

TEST_CASE("the secret is the rule's group, the first full one, or the match",
          "[match][verdict]") {
  const std::string head = "[[rules]]\nid = 'a'\n";
  CHECK(secret_of(head + "regex = 'k=(a)?(b)(c)'", "k=bc") == "b");
  CHECK(secret_of(head + "regex = 'k=(a*)(b)(c)'", "k=bc") == "b");
  CHECK(secret_of(head + "regex = 'k=(a)?(b)(c)'\nsecretGroup = 3", "k=bc") ==
        "c");
  CHECK(secret_of(head + "regex = 'k=bc'", "k=bc") == "k=bc");
  CHECK(secret_of(head + "regex = '\\sk=bc\\s'", "\nk=bc\n") == "k=bc");
}

TEST_CASE("a match whose group took no part has no secret",
          "[match][verdict]") {
  const std::string head = "[[rules]]\nid = 'a'\n";
  CHECK(rejection_of(head + "regex = 'k=(a)?(b)'\nsecretGroup = 1", "k=b") ==
        Rejection::kNoSecret);
  CHECK(rejection_of(head + "regex = 'k=(a)?(b)'\nsecretGroup = 9", "k=b") ==
        Rejection::kNoSecret);
  CHECK(rejection_of(kRule, "tok=") == Rejection::kNone);  // the whole match
}

TEST_CASE("a secret that reads like words is less sure, or none",
          "[match][verdict]") {
  const auto engine = engine_for(kRule + std::string("if_words = 'low'\n"));
  CHECK(verdict_of(*engine, "tok=nightwatch").confidence == Confidence::kLow);
  CHECK(verdict_of(*engine, "tok=qzkxvwjbnp").confidence ==
        Confidence::kMedium);
  const std::string strict = kRule + std::string("no_words = true\n");
  CHECK(rejection_of(strict, "tok=nightwatch") == Rejection::kWords);
  CHECK(rejection_of(strict, "tok=qzkxvwjbnp") == Rejection::kNone);
}

TEST_CASE("a checksum raises or lowers the confidence of a secret",
          "[match][verdict]") {
  const auto engine = engine_for(
      "[[rules]]\nid = 'a'\nregex = 'k=(\\w+)'\nchecksum = 'luhn'\n");
  // ISO/IEC 7812-1, the number that its examples use.
  CHECK(verdict_of(*engine, "k=79927398713").confidence ==
        Confidence::kCertain);
  const Verdict wrong = verdict_of(*engine, "k=79927398714");
  CHECK(wrong.confidence == Confidence::kLow);
  CHECK(wrong.rejection == Rejection::kNone);
}

TEST_CASE("a number with a wrong check digit is no personal data",
          "[match][verdict]") {
  const std::string rule =
      "[[rules]]\nid = 'a'\nregex = 'k=(\\w+)'\nchecksum = 'luhn'\n"
      "class = 'pci'\n";
  CHECK(rejection_of(rule, "k=79927398713") == Rejection::kNone);
  CHECK(rejection_of(rule, "k=79927398714") == Rejection::kChecksum);
}

TEST_CASE("a right check digit alone does not make personal data certain",
          "[match][verdict]") {
  const auto engine = engine_for(
      "[[rules]]\nid = 'a'\nregex = 'k=(\\w+)'\nchecksum = 'luhn'\n"
      "class = 'pci'\nconfidence = 'low'\n");
  CHECK(verdict_of(*engine, "k=79927398713").confidence == Confidence::kLow);
}

TEST_CASE("a secret needs more entropy than its rule says",
          "[match][verdict]") {
  const std::string rule = kRule + std::string("entropy = 2.0\n");
  CHECK(rejection_of(rule, "tok=aabbccdd") == Rejection::kEntropy);
  CHECK(rejection_of(rule, "tok=aabbccde") == Rejection::kNone);
  const auto engine = engine_for(rule);
  CHECK(verdict_of(*engine, "tok=aabbccdd").entropy == 2.0);
}

TEST_CASE("every character of a secret is of its rule's charset",
          "[match][verdict]") {
  const std::string rule =
      "format = 1\n" + std::string(kRule) + "charset = 'a-f0-9'\n";
  CHECK(rejection_of(rule, "tok=dead42ca") == Rejection::kNone);
  CHECK(rejection_of(rule, "tok=dead42cz") == Rejection::kCharset);
}

TEST_CASE("placeholders are rejected for rules of ours alone",
          "[match][verdict]") {
  CHECK(rejection_of("format = 1\n" + std::string(kRule),
                     "tok=your_token_here") == Rejection::kPlaceholder);
  CHECK(rejection_of(kRule, "tok=your_token_here") == Rejection::kNone);
}

TEST_CASE("digits that repeat are no placeholder if they agree",
          "[match][verdict]") {
  const std::string rule =
      "format = 1\n[[rules]]\nid = 'nip'\nregex = 'nip=([0-9-]*)'\n"
      "class = 'pii'\n";
  const std::string checked = rule + "checksum = 'pl-nip'\n";
  const std::string start = "nip=888-999-80-5";
  CHECK(rejection_of(checked, start + "3") == Rejection::kNone);
  CHECK(rejection_of(checked, start + "4") != Rejection::kNone);
  CHECK(rejection_of(rule, start + "3") == Rejection::kPlaceholder);
  CHECK(rejection_of(checked + "min_count = 5\n", start + "3") ==
        Rejection::kPlaceholder);
  CHECK(rejection_of(checked, "nip=123-456-32-18") == Rejection::kPlaceholder);
}

TEST_CASE("an allowlist looks at the secret, the match or the line",
          "[match][verdict]") {
  const std::string about_k = "regexes = ['^k']\n";
  CHECK(rejection_of(with_list(about_k), "tok=k1") == Rejection::kAllowlist);
  CHECK(rejection_of(with_list(about_k), "k tok=1") == Rejection::kNone);
  CHECK(rejection_of(with_list("regexTarget = 'match'\nregexes = ['^tok=1']\n"),
                     "tok=12") == Rejection::kAllowlist);
  const std::string line = with_list("regexTarget = 'line'\n" + about_k);
  CHECK(rejection_of(line, "k tok=1") == Rejection::kAllowlist);
  CHECK(rejection_of(line, "x\nk tok=1\ny") == Rejection::kAllowlist);
  CHECK(rejection_of(line, "k\ntok=1") == Rejection::kNone);
}

TEST_CASE("one of several regexes is enough, each by itself",
          "[match][verdict]") {
  const std::string rule = with_list("regexes = ['^a$|^b$', '^c$']\n");
  CHECK(rejection_of(rule, "tok=a") == Rejection::kAllowlist);
  CHECK(rejection_of(rule, "tok=c") == Rejection::kAllowlist);
  CHECK(rejection_of(rule, "tok=ac") == Rejection::kNone);
}

TEST_CASE("stopwords are substrings of the secret in any case, no regexes",
          "[match][verdict]") {
  const std::string rule = with_list("stopwords = ['Test', 'a.c', '(']\n");
  CHECK(rejection_of(rule, "tok=myTESTtoken") == Rejection::kAllowlist);
  CHECK(rejection_of(rule, "tok=abc") == Rejection::kNone);
  CHECK(rejection_of(rule, "test tok=abd") == Rejection::kNone);
}

TEST_CASE("with AND every kind of condition must hold", "[match][verdict]") {
  const std::string rule =
      with_list("condition = 'AND'\nregexes = ['^a']\nstopwords = ['z']\n");
  CHECK(rejection_of(rule, "tok=az") == Rejection::kAllowlist);
  CHECK(rejection_of(rule, "tok=a") == Rejection::kNone);
  CHECK(rejection_of(rule, "tok=z") == Rejection::kNone);
}

TEST_CASE("with AND a path leaves the verdict to whoever knows the path",
          "[match][verdict]") {
  const auto engine = engine_for(
      kRule + std::string("[[rules.allowlists]]\nstopwords = ['never']\n"
                          "[[rules.allowlists]]\ncondition = 'AND'\n"
                          "paths = ['x']\nregexes = ['^a']\n"
                          "[[allowlists]]\ncondition = 'AND'\n"
                          "commits = ['abc']\nstopwords = ['b']\n"));
  CHECK(verdict_of(*engine, "tok=ac").if_place_agrees == 0b010);
  CHECK(verdict_of(*engine, "tok=ab").if_place_agrees == 0b110);
  CHECK(verdict_of(*engine, "tok=c").if_place_agrees == 0);
  CHECK(verdict_of(*engine, "tok=ab").rejection == Rejection::kNone);
}

TEST_CASE("a list of paths alone says nothing about content",
          "[match][verdict]") {
  const auto engine = engine_for(with_list("paths = ['x']\n"));
  const Verdict verdict = verdict_of(*engine, "tok=a");
  CHECK(verdict.rejection == Rejection::kNone);
  CHECK(verdict.if_place_agrees == 0);
}

TEST_CASE("a global allowlist is for all rules or for those it names",
          "[match][verdict]") {
  const std::string list = "[[allowlists]]\nstopwords = ['abc']\n";
  CHECK(rejection_of(kRule + list, "tok=abc") == Rejection::kAllowlist);
  CHECK(rejection_of(kRule + list + "targetRules = ['tok']\n", "tok=abc") ==
        Rejection::kAllowlist);
  CHECK(rejection_of(kRule + list + "targetRules = ['other']\n", "tok=abc") ==
        Rejection::kNone);
  const auto engine = engine_for(kRule + list);
  const Verdict verdict = verdict_of(*engine, "tok=abc");
  REQUIRE(verdict.allowlist != nullptr);
  CHECK(verdict.allowlist->source.to_string() == "rules.toml:4");
}

TEST_CASE("lines are those that a match touches, cut far from it",
          "[match][verdict]") {
  CHECK(lines_around("a\nb key c\nd", {4, 7}) == "b key c");
  CHECK(lines_around("a\nkey\nkey\nd", {3, 8}) == "key\nkey");
  CHECK(lines_around("key", {0, 3}) == "key");
  CHECK(lines_around("\nkey\n", {1, 4}) == "key");
  const std::string far(3000, 'x');
  CHECK(lines_around(far + "key" + far, {3000, 3003}) ==
        far.substr(0, kLineReach) + "key" + far.substr(0, kLineReach));
}

TEST_CASE("an inline comment allows all rules or those that it names",
          "[match][verdict]") {
  const auto engine =
      engine_for(kRule + std::string("[[rules]]\nid = 'jwt'\nregex = 'eyJ'\n"
                                     "[[rules]]\nid = 'np.aws.1'\n"
                                     "regex = 'AKIA'\n"));
  const Judge& judge = engine->judge();
  for (const std::string allowing :
       {"gitleaks:allow", "leaksift:allow", "// leaksift:allow because",
        "leaksift:allow tok", "leaksift:allow jwt, tok why",
        "leaksift:allow: tok", "leaksift:allow(tok)", "leaksift:allow=tok",
        "leaksift:allow jwt leaksift:allow", "leaksift:allow np.aws.1, tok",
        "leaksift:allow tok. It is fake"}) {
    INFO(allowing);
    CHECK(judge.is_allowed_inline(allowing, "tok"));
  }
  for (const std::string other :
       {"", "allow", "leaksift:allow jwt", "leaksift:allow aws-secret",
        "leaksift:allow jwt because tok", "leaksift: allow",
        "leaksift:allow np.aws.1", "leaksift:allow np.aws.1. tok"}) {
    INFO(other);
    CHECK_FALSE(judge.is_allowed_inline(other, "tok"));
  }
}

TEST_CASE("a comment on the match's own line allows it", "[match][verdict]") {
  const auto engine = engine_for(kRule);
  CHECK(verdict_of(*engine, "tok=a # gitleaks:allow").allowed_inline);
  CHECK(verdict_of(*engine, "# leaksift:allow tok\x20tok=a").allowed_inline);
  CHECK_FALSE(verdict_of(*engine, "tok=a\n# gitleaks:allow").allowed_inline);
}

TEST_CASE("every rejection says why", "[match][verdict]") {
  for (const Rejection rejection :
       {Rejection::kNone, Rejection::kNoSecret, Rejection::kCharset,
        Rejection::kEntropy, Rejection::kPlaceholder, Rejection::kAllowlist}) {
    CHECK_FALSE(to_string(rejection).empty());
  }
}
