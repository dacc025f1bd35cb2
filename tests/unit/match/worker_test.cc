#include "match/worker.h"

#include <algorithm>

#include "support/catch.h"
#include "support/engine_for.h"
#include "support/naive_engine.h"
#include "support/random.h"

using namespace leaksift;

namespace {

// The secrets found, each with a blank behind it.
std::string secrets_in(const Engine& engine, const std::string& text) {
  std::string all;
  for (const Match& match : scan_whole(engine, text)) {
    all += text.substr(match.secret.begin, match.secret.size()) + " ";
  }
  return all;
}

std::string rule(const std::string& regex, const std::string& more = "") {
  return "[[rules]]\nid = 'tok'\nregex = '''" + regex + "'''\n" + more;
}

std::vector<Match> scan_in_windows(const Engine& engine,
                                   const std::string& text, uint64_t step) {
  Worker worker(engine);
  std::vector<Match> matches;
  worker.begin();
  for (uint64_t at = 0; at == 0 || at < text.size(); at += step) {
    const uint64_t first = at - std::min(at, engine.margin());
    const uint64_t own_end = std::min<uint64_t>(at + step, text.size());
    const uint64_t end =
        std::min<uint64_t>(own_end + engine.margin(), text.size());
    const std::string bytes = text.substr(first, end - first);
    worker.add({bytes, first, {at, own_end}, own_end == text.size()}, matches);
  }
  std::erase_if(matches, [&](const Match& m) { return !worker.counts(m); });
  return matches;
}

}  // namespace

TEST_CASE("a match says where it and its secret are", "[match][worker]") {
  const auto engine =
      engine_for("[[rules]]\nid = 'tok'\nregex = 'tok_([a-z]{4})\\b'\n");
  Worker worker(*engine);
  std::vector<Match> matches;
  worker.scan("x tok_abcd tok_abcde tok_wxyz", matches);
  REQUIRE(matches.size() == 2);
  CHECK(matches[0].span == Span{2, 10});
  CHECK(matches[0].secret == Span{6, 10});
  CHECK(matches[1].span == Span{21, 29});
}

TEST_CASE("a scan replaces what the scan before it found", "[match][worker]") {
  const auto engine = engine_for(rule("tok_[a-z]{4}"));
  Worker worker(*engine);
  std::vector<Match> matches;
  worker.scan("tok_abcd", matches);
  REQUIRE(matches.size() == 1);
  worker.scan("nothing", matches);
  CHECK(matches.empty());
  worker.scan("", matches);
  CHECK(matches.empty());
}

TEST_CASE("matches of one rule may overlap", "[match][worker]") {
  const auto engine = engine_for(rule("tok_\\w{8}"));
  CHECK(secrets_in(*engine, "tok_tok_tok_abcd") ==
        "tok_tok_tok_ tok_tok_abcd ");
}

TEST_CASE("of places that yield the same secret the first counts",
          "[match][worker]") {
  const auto engine = engine_for(rule("(?:a|aa)tok=([0-9]+)"));
  const std::vector<Match> matches = scan_whole(*engine, "aatok=123");
  REQUIRE(matches.size() == 1);
  CHECK(matches[0].begin == 0);
}

TEST_CASE("a lead belongs to the match, not to the search", "[match][worker]") {
  const auto engine = engine_for(rule("[a-z]{0,5}?tok_([0-9]{3})"));
  const std::vector<Match> matches = scan_whole(*engine, "-abcdefgtok_123");
  REQUIRE(matches.size() == 1);
  CHECK(matches[0].begin == 8);
  CHECK(matches[0].span == Span{3, 15});
  CHECK(matches[0].secret == Span{12, 15});
}

TEST_CASE("a run in front without a limit begins once", "[match][worker]") {
  const auto engine = engine_for(rule("[a-z]+@corp"));
  CHECK(secrets_in(*engine, "x abc@corp def@corp") == "abc@corp def@corp ");
}

TEST_CASE("a match ends at the rule's reach", "[match][worker]") {
  const auto engine =
      engine_for("format = 1\n" + rule("tok_[a-z]+", "context_after = 20\n"));
  const std::vector<Match> matches =
      scan_whole(*engine, "tok_qwertyuiopasdfghjklzxcvbnm");
  REQUIRE(matches.size() == 1);
  CHECK(matches[0].span == Span{0, 20});
}

TEST_CASE("each place is tried within the reach from there",
          "[match][worker]") {
  const std::string text = "12345key_qwertzuiopas! key_asdfghjklyxcvbnmqw";
  const std::string limit = "context_after = 20\n";
  const auto open_end =
      engine_for("format = 1\n" + rule("[0-9]{0,5}key_[a-z]+", limit));
  const std::vector<Match> matches = scan_whole(*open_end, text);
  REQUIRE(matches.size() == 7);
  CHECK(matches[0].span == Span{0, 20});
  CHECK(matches[1].span == Span{1, 21});
  CHECK(matches[2].span == Span{2, 21});
  CHECK(matches[6].span == Span{23, 43});
  CHECK(matches == naive_scan(*open_end, text));

  // Only from byte 2 on the end is near enough.
  const auto closed_end =
      engine_for("format = 1\n" + rule("[0-9]{0,5}key_[a-z]+!", limit));
  const std::vector<Match> closed = scan_whole(*closed_end, text);
  REQUIRE(closed.size() == 4);
  CHECK(closed[0].span == Span{2, 22});
  CHECK(closed == naive_scan(*closed_end, text));
}

TEST_CASE("keywords of foreign rules may stand anywhere in the blob",
          "[match][worker]") {
  const auto engine =
      engine_for(rule("tok_[a-z]{4}", "keywords = ['acme', 'corp']\n"));
  CHECK(secrets_in(*engine, "tok_abcd").empty());
  CHECK(secrets_in(*engine, "tok_abcd ... ACME") == "tok_abcd ");
  CHECK(secrets_in(*engine, "corp ... tok_abcd") == "tok_abcd ");
}

TEST_CASE("a rule without anchors is tried everywhere", "[match][worker]") {
  const auto engine =
      engine_for(rule("[^a]{2}[0-9a-f]*", "keywords = ['acme']\n"));
  REQUIRE(engine->unanchored().size() == 1);
  CHECK(secrets_in(*engine, "!!12").empty());
  CHECK(secrets_in(*engine, "!!12acme").find("!!12") == 0);
}

TEST_CASE("windows of every size find what the whole text holds",
          "[match][worker]") {
  const auto engine = engine_for(rule("\\btok_([a-z]{4})\\b") +
                                 "[[rules]]\nid = 'lead'\n"
                                 "regex = '[a-z]{0,9}?key=([0-9]{2,30})'\n");
  Random random(1);
  std::string text;
  while (text.size() < 8000) {
    text += random.text(random.below(400), "ab \n");
    text += random.pick(
        std::vector<std::string>{"tok_abcd", " tok_abcd ", "abkey=123456",
                                 "key=1234567890123456789", " gitleaks:allow"});
  }
  const std::vector<Match> whole = scan_whole(*engine, text);
  REQUIRE(whole.size() > 15);
  for (const uint64_t step : {1U, 2U, 7U, 100U, 1000U, 100'000U}) {
    std::vector<Match> in_windows = scan_in_windows(*engine, text, step);
    std::stable_sort(
        in_windows.begin(), in_windows.end(),
        [](const Match& a, const Match& b) { return a.rule < b.rule; });
    CHECK(in_windows == whole);
  }
}

TEST_CASE("a keyword in a later window counts for earlier matches",
          "[match][worker]") {
  for (const std::string regex : {"tok_[a-z]{4}", "[^a]{2}k_[a-z]{4}"}) {
    const auto engine = engine_for(rule(regex, "keywords = ['acme']\n"));
    const std::string match = "tok_abcd" + std::string(20'000, '.');
    CHECK(scan_in_windows(*engine, match, 500).empty());
    CHECK(scan_in_windows(*engine, match + "acme", 500).size() == 1);
  }
}

TEST_CASE("stats count what was done", "[match][worker]") {
  const auto engine = engine_for(rule("tok_[a-z]{4}"));
  Worker worker(*engine);
  std::vector<Match> matches;
  worker.scan("tok_abcd tok_1", matches);
  worker.scan("....", matches);
  MatchStats stats = worker.stats();
  CHECK(stats.blob_bytes == 18);
  CHECK(stats.scanned_bytes == 18);
  CHECK(stats.matches == 1);
  stats.merge(worker.stats());
  CHECK(stats.blob_bytes == 36);
  CHECK(stats.matches == 2);
}
