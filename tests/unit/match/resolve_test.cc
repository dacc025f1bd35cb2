#include "match/resolve.h"

#include <array>

#include "support/catch.h"
#include "support/engine_for.h"
#include "support/naive_engine.h"
#include "support/random.h"

using namespace leaksift;

namespace {

// What stays of the matches in `text`: "id:secret " each.
std::string resolved(const std::string& toml, const std::string& text) {
  const auto engine = engine_for(toml);
  PositionCounter counter;
  const std::vector<PlacedMatch> placed =
      place_matches(text, 0, scan_whole(*engine, text), counter);
  std::string all;
  for (const PlacedMatch& m : resolve(engine->rules(), placed)) {
    const Span secret = m.match.secret;
    all += engine->rules().rules[m.match.rule].id + ":" +
           text.substr(secret.begin, secret.size()) + " ";
  }
  return all;
}

std::string rule(const std::string& id, const std::string& regex,
                 const std::string& more = "") {
  return "[[rules]]\nid = '" + id + "'\nregex = '" + regex + "'\n" + more;
}

std::string provider_rule(const std::string& id, const std::string& regex,
                          const std::string& more = "") {
  return rule(id, regex, "provider = 'acme'\n" + more);
}

// Where the parts of matches stand: "id@begin,begin " each.
std::string parts_in(const std::string& toml, const std::string& text) {
  const auto engine = engine_for(toml);
  PositionCounter counter;
  std::string all;
  for (const PlacedMatch& m :
       resolve(engine->rules(),
               place_matches(text, 0, scan_whole(*engine, text), counter))) {
    if (engine->rules().rules[m.match.rule].required.empty()) continue;
    all += engine->rules().rules[m.match.rule].id + "@";
    for (const PlacedPart& part : m.parts) {
      all += std::to_string(part.secret.begin) + ",";
    }
    all += std::string(to_string(m.match.confidence)) + " ";
  }
  return all;
}

const std::string kOurs = "format = 1\n";

std::string pair(const std::string& required) {
  return kOurs + provider_rule("key", "key=(\\w+)") +
         provider_rule("secret", "secret=(\\w+)",
                       "[[rules.required]]\nid = 'key'\n" + required);
}

}  // namespace

TEST_CASE("matches get the places of their secrets", "[match][resolve]") {
  const auto engine = engine_for(rule("a", "k=(\\w+)"));
  const std::string text = "k=one\n \xc3\xa4 k=two k=three\n";
  PositionCounter counter;
  std::vector<PlacedMatch> placed =
      place_matches(text, 0, scan_whole(*engine, text), counter);
  REQUIRE(placed.size() == 3);
  CHECK(placed[0].begin == Position{1, 3});
  CHECK(placed[0].end == Position{1, 6});
  CHECK(placed[1].begin == Position{2, 6});
  CHECK(placed[2].begin == Position{2, 12});
  CHECK(placed[2].end == Position{2, 17});
  CHECK(counter.here() == Position{2, 12});
}

TEST_CASE("places go on where the blob's part before left off",
          "[match][resolve]") {
  const auto engine = engine_for(rule("a", "k=(\\w+)"));
  const std::string blob = "x\nk=one\nk=two";
  PositionCounter counter;
  counter.advance(std::string_view(blob).substr(0, 8));
  std::vector<Match> matches = scan_whole(*engine, blob);
  matches.erase(matches.begin());
  const auto placed =
      place_matches(std::string_view(blob).substr(8), 8, matches, counter);
  REQUIRE(placed.size() == 1);
  CHECK(placed[0].begin == Position{3, 3});
}

TEST_CASE("a rule that requires another counts only with it",
          "[match][resolve]") {
  CHECK(resolved(pair(""), "secret=b") == "");
  CHECK(resolved(pair(""), "secret=b\n\n\n\nkey=a") == "secret:b key:a ");
  CHECK(resolved(pair(""), "key=a") == "key:a ");
}

TEST_CASE("a companion must be near in lines and in columns",
          "[match][resolve]") {
  const std::string near = pair("withinLines = 2\n");
  CHECK(resolved(near, "key=a\n\nsecret=b") == "key:a secret:b ");
  CHECK(resolved(near, "secret=b\n\nkey=a") == "secret:b key:a ");
  CHECK(resolved(near, "key=a\n\n\nsecret=b") == "key:a ");
  const std::string both = pair("withinLines = 1\nwithinColumns = 3\n");
  CHECK(resolved(both, "key=a\nsecret=b") == "key:a secret:b ");
  CHECK(resolved(both, "key=a\n secret=b") == "key:a ");
  // Near in lines to one and in columns to another is near to neither.
  CHECK(resolved(both, "   key=a\n\nkey=a x\nxxxxxxxxx secret=b") ==
        "key:a key:a ");
}

TEST_CASE("all companions are required", "[match][resolve]") {
  const std::string rules = kOurs + provider_rule("a", "a=(\\w+)") +
                            provider_rule("b", "b=(\\w+)") +
                            provider_rule("c", "c=(\\w+)",
                                          "[[rules.required]]\nid = 'a'\n"
                                          "[[rules.required]]\nid = 'b'\n");
  CHECK(resolved(rules, "a=1 c=3") == "a:1 ");
  CHECK(resolved(rules, "a=1 b=2 c=3") == "a:1 b:2 c:3 ");
}

TEST_CASE("a rule that serves others is not reported itself",
          "[match][resolve]") {
  const std::string rules =
      kOurs + provider_rule("key", "key=(\\w+)", "skipReport = true\n") +
      provider_rule("secret", "secret=(\\w+)",
                    "[[rules.required]]\nid = 'key'\n");
  CHECK(resolved(rules, "key=a secret=b") == "secret:b ");
  CHECK(resolved(rules, "key=a") == "");
}

TEST_CASE("of overlapping secrets of one rule the first, then longer stays",
          "[match][resolve]") {
  CHECK(resolved(kOurs + provider_rule("a", "k\\w{3}"), "kkkkkk") == "a:kkkk ");
  CHECK(resolved(kOurs + provider_rule("a", "k\\w{3}"), "kabckabc") ==
        "a:kabc a:kabc ");
}

TEST_CASE("a more specific rule has the secret", "[match][resolve]") {
  const std::string provider = provider_rule("acme", "ac_\\w{3}");
  const std::string family = rule("url", "//(\\w+)@");
  const std::string generic = provider_rule("generic-key", "key=(\\S+)");
  CHECK(resolved(kOurs + provider + family, "//ac_123@") == "acme:ac_123 ");
  CHECK(resolved(kOurs + family + generic, "key=//x@y") == "url:x ");
  CHECK(resolved(kOurs + provider + generic, "key=xac_123x") == "acme:ac_123 ");
  CHECK(resolved(kOurs + provider + generic, "key=ac123 ac_123") ==
        "generic-key:ac123 acme:ac_123 ");
}

TEST_CASE("rules of a provider stand beside each other", "[match][resolve]") {
  CHECK(resolved(kOurs + provider_rule("a", "xx(\\w{3})") +
                     provider_rule("b", "xx\\w(\\w{3})"),
                 "xx1234") == "a:123 b:234 ");
}

TEST_CASE("among foreign rules only generic ones give way",
          "[match][resolve]") {
  CHECK(resolved(rule("acme", "ac_\\w{3}") + rule("url", "//(\\w+)@"),
                 "//ac_123@") == "acme:ac_123 url:ac_123 ");
  CHECK(resolved(
            rule("acme", "ac_\\w{3}") + rule("generic-api-key", "key=(\\w+)"),
            "key=ac_123") == "acme:ac_123 ");
}

TEST_CASE("a rule for certain paths takes nothing from others",
          "[match][resolve]") {
  CHECK(resolved(kOurs + provider_rule("acme", "ac_\\w{3}", "path = 'x'\n") +
                     provider_rule("generic-key", "key=(\\w+)"),
                 "key=ac_123") == "acme:ac_123 generic-key:ac_123 ");
}

TEST_CASE("one rule of ours has a secret that several claim",
          "[match][resolve]") {
  const std::string b = provider_rule("b", "xx(\\w{3})");
  const std::string c = provider_rule("c", "x(\\w{3})\\b");
  CHECK(resolved(kOurs + b + c, "xx123") == "b:123 ");
  CHECK(resolved(kOurs + b + c + "confidence = 'high'\n", "xx123") == "c:123 ");
}

TEST_CASE("resolving does not depend on the order of matches",
          "[match][resolve]") {
  const auto engine = engine_for(
      kOurs + provider_rule("a", "k\\w{3}") + provider_rule("b", "kk(\\w{2})") +
      rule("family", "k(\\w{1,6})") +
      provider_rule("generic", "\\bk\\w*",
                    "[[rules.required]]\nid = 'b'\nwithinLines = 1\n"));
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    const std::string text = random.text(80, "kkab \n");
    PositionCounter counter;
    std::vector<PlacedMatch> placed =
        place_matches(text, 0, scan_whole(*engine, text), counter);
    const auto expected = resolve(engine->rules(), placed);
    random.shuffle(placed);
    CHECK(resolve(engine->rules(), placed) == expected);
  }
}

TEST_CASE("min_count asks for so many different secrets in one blob",
          "[match][resolve]") {
  const std::string rules =
      kOurs + provider_rule("mail", "<(\\w+@\\w+)>", "min_count = 3\n") +
      provider_rule("key", "key=(\\w+)");
  CHECK(resolved(rules, "<a@x> <b@x> <a@x> key=k") == "key:k ");
  CHECK(resolved(rules, "<a@x> <b@x> <a@x> <c@x> key=k") ==
        "mail:a@x mail:b@x mail:a@x mail:c@x key:k ");
}

TEST_CASE("the nearest companion is the part, of two as near the first",
          "[match][resolve]") {
  CHECK(parts_in(pair(""), "key=a secret=b") == "secret@4,medium ");
  CHECK(parts_in(pair(""), "key=a key=b secret=c") == "secret@10,medium ");
  CHECK(parts_in(pair(""), "key=a xxxx secret=b key=c") == "secret@24,medium ");
  CHECK(parts_in(pair(""), "key=a xxxxx secret=b    xxxxx key=c") ==
        "secret@4,medium ");
  CHECK(parts_in(pair(""), "key=a xx secret=b xxxxxxx key=c") ==
        "secret@4,medium ");
  CHECK(parts_in(pair(""), "key=a xxxx secret=b xxxxxxx key=c") ==
        "secret@4,medium ");
}

TEST_CASE("an optional companion is a part and no condition",
          "[match][resolve]") {
  const std::string rules =
      kOurs + provider_rule("a", "a=(\\w+)", "skipReport = true\n") +
      provider_rule("b", "b=(\\w+)", "skipReport = true\n") +
      provider_rule("c", "c=(\\w+)",
                    "if_paired = 'high'\n"
                    "[[rules.required]]\nid = 'b'\noptional = true\n"
                    "[[rules.required]]\nid = 'a'\noptional = true\n");
  CHECK(parts_in(rules, "c=3") == "c@medium ");
  CHECK(parts_in(rules, "a=1 c=3") == "c@2,medium ");
  CHECK(parts_in(rules, "a=1 b=2 c=3") == "c@6,2,high ");
}

TEST_CASE("parts are what looking at every pair of matches finds",
          "[match][resolve]") {
  const auto engine = engine_for(
      kOurs + provider_rule("key", "k=(\\w+)") +
      provider_rule("id", "i=(\\w+)") +
      provider_rule("secret", "s=(\\w+)",
                    "[[rules.required]]\nid = 'key'\nwithinLines = 2\n"
                    "[[rules.required]]\nid = 'id'\noptional = true\n"
                    "withinLines = 1\nwithinColumns = 6\n"));
  const auto& required = engine->rules().rules[2].required;
  REQUIRE(required.size() == 2);
  Random random(2);
  size_t paired = 0;
  for (int round = 0; round < 300; ++round) {
    std::string text;
    while (text.size() < 200) {
      text += random.pick(std::array{"k=a", "i=b", "s=c", "s=d\n"});
      text += random.text(1 + random.below(4), "  \n");
    }
    PositionCounter counter;
    const std::vector<PlacedMatch> all =
        place_matches(text, 0, scan_whole(*engine, text), counter);
    std::vector<PlacedMatch> expected;
    for (PlacedMatch m : all) {
      if (m.match.rule == 2) {
        const auto* key = naive_part(engine->rules(), required[0], m, all);
        const auto* id = naive_part(engine->rules(), required[1], m, all);
        if (key == nullptr) continue;
        for (const auto* part : {key, id}) {
          if (part == nullptr) continue;
          m.parts.push_back(
              {part->match.rule, part->match.secret, part->begin, part->end});
        }
        paired += m.parts.size() == 2;
      }
      expected.push_back(m);
    }
    CHECK(with_companions(engine->rules(), all) == expected);
  }
  CHECK(paired > 300);
}
