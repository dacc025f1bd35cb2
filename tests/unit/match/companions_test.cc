#include "match/companions.h"

#include "support/catch.h"
#include "support/engine_for.h"

using namespace leaksift;

namespace {

const std::string kRules =
    "format = 1\n"
    "[[rules]]\nid = 'pw'\nregex = 'pw=(\\w+)'\n"
    "required = [{ id = 'user', withinLines = 2, optional = true },\n"
    "            { id = 'host', withinLines = 2, optional = true }]\n"
    "[[rules]]\nid = 'user'\nregex = 'user=(\\w+)'\nskipReport = true\n"
    "[[rules]]\nid = 'host'\nregex = 'host=(\\w+)'\nskipReport = true\n";

std::vector<PlacedMatch> placed_in(const Engine& engine,
                                   std::string_view text) {
  Worker worker(engine);
  std::vector<Match> matches;
  worker.scan(text, matches);
  return place_whole(engine, worker, text, std::move(matches));
}

// "secret:id=text@line:column,... " of each match.
std::string parts_in(const std::string& text) {
  const auto engine = engine_for(kRules);
  auto at = [&](const Span& span) {
    return text.substr(span.begin, span.size());
  };
  std::string all;
  for (const PlacedMatch& match : placed_in(*engine, text)) {
    all += at(match.match.secret) + ":";
    for (const PlacedPart& part : match.parts) {
      all += engine->rules().rules[part.rule].id + "=" + at(part.secret) + "@" +
             std::to_string(part.begin.line) + ":" +
             std::to_string(part.begin.column) + ",";
      CHECK(part.end.line == part.begin.line);
      CHECK(part.end.column == part.begin.column + part.secret.size());
    }
    all += " ";
  }
  return all;
}

}  // namespace

TEST_CASE("what only serves matches that are near is looked for around these",
          "[match][companions]") {
  const auto engine = engine_for(kRules);
  CHECK(engine->is_companion(0));  // in the order of ids
  CHECK_FALSE(engine->is_companion(1));
  CHECK(engine->is_companion(2));
  CHECK(scan_whole(*engine, "user=a host=b").empty());
}

TEST_CASE("a rule that is needed, reported or sought anywhere is none for it",
          "[match][companions]") {
  auto with = [](const std::string& required, const std::string& more) {
    const auto engine = engine_for(
        "format = 1\n[[rules]]\nid = 'pw'\nregex = 'pw=(\\w+)'\n"
        "required = [{ id = 'user'" +
        required + " }]\n[[rules]]\nid = 'user'\nregex = 'user=(\\w+)'\n" +
        more);
    return engine->is_companion(1);
  };
  CHECK(with(", withinLines = 2, optional = true", "skipReport = true"));
  CHECK_FALSE(with(", withinLines = 2, optional = true", ""));
  CHECK_FALSE(with(", withinLines = 2", "skipReport = true"));
  CHECK_FALSE(with(", optional = true", "skipReport = true"));
}

TEST_CASE("a match has the nearest companion of each rule that it names",
          "[match][companions]") {
  CHECK(parts_in("host=h user=u pw=x\n") == "x:user=u@1:13,host=h@1:6, ");
  CHECK(parts_in("user=far\nuser=u\npw=x\n") == "x:user=u@2:6, ");
  CHECK(parts_in("user=far\n\tpw=x user=u") == "x:user=u@2:12, ");
  // As near on both sides: the one in front.
  CHECK(parts_in("user=a; pw=x; user=b") == "x:user=a@1:6, ");
  CHECK(parts_in("pw=x") == "x: ");
}

TEST_CASE("a companion is within the lines that are said, of its block if any",
          "[match][companions]") {
  CHECK(parts_in("user=u\n1\npw=x") == "x:user=u@1:6, ");
  CHECK(parts_in("user=u\n1\n2\npw=x") == "x: ");
  CHECK(parts_in("pw=x\n1\nuser=u\n") == "x:user=u@3:6, ");
  CHECK(parts_in("pw=x\n1\n2\nuser=u") == "x: ");
  CHECK(parts_in("user=far far\npw=x\n\nuser=u") == "x:user=far@1:6, ");
  CHECK(parts_in("user=u\n\npw=x\nfarfar user=v") == "x:user=v@4:13, ");
  CHECK(parts_in("user=u\n\npw=x") == "x:user=u@1:6, ");
  CHECK(parts_in("pw=x\n\nuser=u") == "x:user=u@3:6, ");
}

TEST_CASE("companions are looked for no farther than their reach",
          "[match][companions]") {
  // From the beginning of "user=" and from the end of its name to the secrets.
  const std::string near(kCompanionReach - 12, '.');
  CHECK(parts_in("user=u " + near + " pw=x") == "x:user=u@1:6, ");
  CHECK(parts_in("user=u ...." + near + " pw=x") == "x: ");
  CHECK(parts_in("pw=x " + near + " user=u").starts_with("x:user=u@1:"));
  CHECK(parts_in("pw=x ......" + near + " user=u") == "x: ");
  // Of another line only what is there as a whole.
  const std::string line(kCompanionReach, '.');
  CHECK(parts_in("user=u " + line + "\npw=x") == "x: ");
  CHECK(parts_in(line + " user=u\npw=x") == "x: ");
}

TEST_CASE("a companion's column counts from its line's beginning, however far",
          "[match][companions]") {
  const std::string far(3 * kCompanionReach, '.');
  CHECK(parts_in("\n" + far + "user=u pw=x host=h\n") ==
        "x:user=u@2:" + std::to_string(far.size() + 6) +
            ",host=h@2:" + std::to_string(far.size() + 18) + ", ");
}
