// A regex and a text: the engine finds what RE2
// alone finds, whole or in windows.
#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "match/worker.h"
#include "rules/rule.h"
#include "support/naive_engine.h"

namespace leaksift {
namespace {

std::vector<Match> scan_in_windows(const Engine& engine,
                                   std::string_view text) {
  constexpr uint64_t kStep = 32;
  const uint64_t margin = engine.margin();
  Worker worker(engine);
  std::vector<Match> matches;
  worker.begin();
  for (uint64_t at = 0; at < text.size(); at += kStep) {
    const uint64_t first = at - std::min(at, margin);
    const uint64_t own_end = std::min<uint64_t>(at + kStep, text.size());
    const uint64_t last = std::min<uint64_t>(own_end + margin, text.size());
    worker.add({text.substr(first, last - first),
                first,
                {at, own_end},
                own_end == text.size()},
               matches);
  }
  std::sort(matches.begin(), matches.end(),
            [](const Match& a, const Match& b) { return a.begin < b.begin; });
  return matches;
}

}  // namespace

void fuzz_one(std::string_view input) {
  constexpr size_t kMaxRegex = 48;
  Input parts(input);
  const std::string regex(parts.chunk());
  const std::string_view text = parts.rest();
  if (regex.empty() || regex.size() > kMaxRegex || text.empty()) return;
  const RegexUnit unit = regex_unit(regex);
  if (!Regex::compile(regex, unit)) return;
  RuleSet rules;
  rules.rules.emplace_back();
  rules.rules[0].id = "fuzzed";
  rules.rules[0].regex = regex;
  rules.rules[0].foreign = true;
  const auto engine = Engine::build(std::move(rules));
  must(static_cast<bool>(engine));  // what RE2 takes, we take
  Worker worker(**engine);
  std::vector<Match> matches;
  worker.scan(text, matches);
  must(matches == naive_scan(**engine, text));
  must(scan_in_windows(**engine, text).size() == matches.size());
}

std::vector<std::string> fuzz_seeds() {
  return {
      Seed().chunk("ab+c?(d|e)").raw("abbd abce ab"),
      Seed()
          .chunk("(?i)key[\"' ]*[:=] *([a-z0-9]{8})")
          .raw("KEY = abcd1234, key:'abcd1234'"),
      Seed().chunk("\\bx[^y]{2,5}y$").raw("x12y\nx123y"),
      Seed().chunk("(?s)-----B.+?-----E").raw("-----B\nabc\n-----E"),
      Seed().chunk("[\xc3\xa4-\xc3\xbc]{2}x").raw("\xc3\xa4\xc3\xb6x"),
  };
}

}  // namespace leaksift
