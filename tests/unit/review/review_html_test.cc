#include "review/review_html.h"

#include <set>

#include "core/digest.h"
#include "review/review_text.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

// What a name in a history may be, once printable() was over it.
const char* const kHostile =
    "</code></dd><script>alert(1)</script><img src=x onerror='a' "
    "style=\"x\">&lt;javascript:x `b` ]]> <!-- ";

ReviewModel hostile_model() {
  const Line line = {{"of us ", false}, {kHostile, true}};
  ReviewCard card;
  card.secret = kHostile;
  card.severity = Severity::kHigh;
  card.state = "head";
  card.what = {{kHostile, false}, {kHostile, true}};
  card.fields = {{"where", {line, line}, 9, ""},
                 {"removed by", {}, 0, "not all"},
                 {"left to you", {line}, 1, ""},
                 {"left to you", {{{"second thing", false}}}, 1, kHostile}};
  ReviewModel model;
  model.target = kHostile;
  model.verdict = "1 secret";
  model.summary = std::string("summary\n") + kHostile;
  model.searched = "searched & found";
  model.cards = {card, card};
  model.checklist = {"first item", "second item"};
  return model;
}

// The names of all elements, and "ATTRIBUTE=" of all attributes. Fails on what
// is neither text nor an element as review_html() writes it.
std::set<std::string> parts_of(std::string_view html) {
  std::set<std::string> parts;
  for (size_t at = html.find('<'); at != html.npos; at = html.find('<', at)) {
    const size_t end = html.find('>', at);
    REQUIRE(end != html.npos);
    std::string_view inside = html.substr(at + 1, end - at - 1);
    at = end;
    if (inside.starts_with('/') || inside.starts_with('!')) continue;
    parts.emplace(inside.substr(0, inside.find(' ')));
    for (size_t quote = inside.find("=\""); quote != inside.npos;
         quote = inside.find("=\"", inside.find('"', quote + 2))) {
      const size_t name = inside.rfind(' ', quote) + 1;
      parts.emplace(inside.substr(name, quote + 1 - name));
    }
  }
  return parts;
}

size_t count_in(std::string_view text, std::string_view what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != text.npos;
       at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("nothing in a review is markup but what the page is made of",
          "[review][html]") {
  const std::string html = review_html(hostile_model());
  const size_t style = html.find("<style>");
  const size_t style_end = html.find("</style>");
  REQUIRE(style_end != std::string::npos);
  const std::string page = html.substr(0, style) + html.substr(style_end + 8);
  const std::set<std::string> known = {
      "html",  "head",     "meta",        "title",    "body",  "h1",
      "h2",    "h3",       "p",           "code",     "div",   "strong",
      "table", "thead",    "tbody",       "tr",       "th",    "td",
      "a",     "article",  "header",      "span",     "dl",    "dt",
      "dd",    "ul",       "li",          "pre",      "label", "input",
      "lang=", "charset=", "http-equiv=", "content=", "name=", "class=",
      "id=",   "href=",    "type="};
  CHECK(parts_of(page) == known);
  CHECK(count_in(html, "<style") == 1);
  CHECK(count_in(html, "href=\"#secret-") == 2);
  CHECK(count_in(html, "href=") == 2);
  CHECK(count_in(html, "http://") + count_in(html, "https://") == 0);
  CHECK(count_in(html, "url(") == 0);
  // Target (and title), summary; a card's secret, what and fields.
  CHECK(count_in(html, "&lt;/code&gt;&lt;/dd&gt;&lt;script&gt;") ==
        3 + 2 * (2 + 4 + 4));
}

TEST_CASE("the page allows its own style and nothing else", "[review][html]") {
  const std::string html = review_html(hostile_model());
  const size_t begin = html.find("<style>") + 7;
  Digest digest(DigestKind::kSha256);
  digest.add(
      std::string_view(html).substr(begin, html.find("</style>") - begin));
  const std::string policy =
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
      "'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-" +
      to_base64(digest.finish()) + "'\">";
  CHECK(html.find(policy) < begin);
}

TEST_CASE("both renderings say all that a review has to say",
          "[review][html]") {
  ReviewModel model = hostile_model();
  for (ReviewCard& card : model.cards) card.what = {{"a rule", false}};
  const std::string html = review_html(model);
  const std::string text = review_text(model);
  for (const char* said :
       {"NOT READY", "1 secret.", "a rule", "where", "of us ", "and 7 more",
        "removed by", "not all", "left to you", "second thing", "summary",
        "first item", "second item", "See README.md"}) {
    CAPTURE(said);
    CHECK(html.find(said) != std::string::npos);
    CHECK(text.find(said) != std::string::npos);
  }
  CHECK(html.find("searched &amp; found") != std::string::npos);
  CHECK(text.find("searched & found") != std::string::npos);
  // A label stands once before all that it is about.
  CHECK(count_in(html, "<dt>left to you</dt>") == 2);
  model.ready = true;
  CHECK(review_html(model).find("NOT READY") == std::string::npos);
  CHECK(review_text(model).find("**READY**") != std::string::npos);
}
