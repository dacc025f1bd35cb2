// A regex (up to the first NUL byte) and a text: the engine finds what RE2
// alone finds, whole or in windows.
#include "fuzz/fuzz.h"
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
}  // namespace leaksift

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace leaksift;
  constexpr size_t kMaxRegex = 48;
  const auto [regex, text] = two_parts(bytes_of(data, size));
  if (regex.empty() || regex.size() > kMaxRegex || text.empty()) return 0;
  const RegexUnit unit = regex_unit(regex);
  if (!Regex::compile(regex, unit)) return 0;
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
  return 0;
}
