// A blob in windows against the same blob at once.
#include <algorithm>
#include <map>

#include "oracle/corpus.h"
#include "support/catch.h"
#include "support/engine_for.h"
#include "support/naive_engine.h"

using namespace leaksift;

namespace {

// Scans in windows that own what lies between the `cuts`, in order, and
// nothing more around it than the engine asks for.
std::vector<Match> scan_cut(const Engine& engine, Worker& worker,
                            std::string_view text, std::vector<uint64_t> cuts) {
  std::vector<Match> matches;
  worker.begin();
  cuts.push_back(text.size());
  uint64_t at = 0;
  for (const uint64_t cut : cuts) {
    const uint64_t first = at - std::min(at, engine.margin());
    const uint64_t end = std::min<uint64_t>(cut + engine.margin(), text.size());
    // A copy of its own: reading beyond it is seen by the sanitizers.
    const std::string bytes(text.substr(first, end - first));
    worker.add({bytes, first, {at, cut}, cut == text.size()}, matches);
    at = cut;
  }
  std::erase_if(matches, [&](const Match& m) { return !worker.counts(m); });
  std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
    return std::tie(a.rule, a.begin) < std::tie(b.rule, b.begin);
  });
  return matches;
}

// Rules of about the same reach, so that an engine of theirs has a margin that
// none of them can do without.
struct Group {
  RuleSet rules;
  std::vector<std::vector<std::string>> secrets;
};

std::vector<Group> groups_of(const Pack& pack) {
  std::map<uint64_t, Group> by_reach;
  const Engine& engine = engine_of_pack(pack);
  for (uint32_t i = 0; i < engine.rule_count(); ++i) {
    if (!engine.has_content(i)) continue;
    const RulePlan& plan = engine.rule(i).plan;
    const uint64_t reach = uint64_t{plan.reach} + plan.lead_max;
    uint64_t size = 64;
    while (size < reach) size *= 2;
    Group& group = by_reach[size];
    group.rules.rules.push_back(pack.rules.rules[i]);
    group.rules.allowlists = pack.rules.allowlists;
    group.secrets.push_back(pack.secrets[i]);
  }
  std::vector<Group> groups;
  for (auto& [reach, group] : by_reach) groups.push_back(std::move(group));
  return groups;
}

// Every place in the match and a few beside it; of a long match its two ends
// and some between.
std::vector<uint64_t> cuts_for(const Match& match, uint64_t size,
                               Random& random) {
  constexpr uint64_t kEdge = 3;
  constexpr uint64_t kBetween = 4;
  std::vector<uint64_t> cuts;
  for (const uint64_t edge : {match.span.begin, match.begin, match.secret.begin,
                              match.secret.end, match.span.end}) {
    for (uint64_t at = edge - std::min(edge, kEdge); at <= edge + kEdge; ++at) {
      cuts.push_back(std::min(at, size));
    }
  }
  for (uint64_t i = 0; i < kBetween; ++i) {
    cuts.push_back(random.between(match.span.begin, match.span.end));
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

// One secret between filler on both sides, further than any margin reaches.
void check_planted(const Engine& engine, Worker& worker, uint32_t rule,
                   const std::string& secret, Random& random) {
  const size_t around = engine.margin() + 10;
  const std::string text =
      filler(random, around) + secret + filler(random, around);
  const std::vector<Match> whole = scan_whole(engine, text);
  std::vector<Match> expected;
  if (!engine.is_companion(rule)) {
    naive_scan_rule(engine, rule, text, expected);
  }
  std::vector<Match> of_rule = whole;
  std::erase_if(of_rule, [&](const Match& m) { return m.rule != rule; });
  REQUIRE(difference(engine, expected, of_rule) == "");
  for (const Match& match : expected) {
    for (const uint64_t cut : cuts_for(match, text.size(), random)) {
      const std::string wrong =
          difference(engine, whole, scan_cut(engine, worker, text, {cut}));
      if (!wrong.empty()) FAIL_CHECK("cut at " << cut << ": " << wrong);
    }
  }
}

}  // namespace

TEST_CASE("a secret on a window's edge is found once, as in the whole text",
          "[oracle][windows]") {
  Random random(3);
  for (const Pack* pack : {&builtin_pack(), &gitleaks_pack()}) {
    for (Group& group : groups_of(*pack)) {
      const auto engine = engine_of(std::move(group.rules));
      Worker worker(*engine);
      for (uint32_t rule = 0; rule < group.secrets.size(); ++rule) {
        INFO(pack->name << ": " << engine->rules().rules[rule].id);
        const std::string& secret = group.secrets[rule].front();
        check_planted(*engine, worker, rule, secret, random);
      }
    }
  }
}

TEST_CASE("windows of any size find what the whole text holds",
          "[oracle][windows]") {
  Random random(4);
  for (const Pack* pack : {&builtin_pack(), &gitleaks_pack()}) {
    INFO(pack->name);
    const Engine& engine = engine_of_pack(*pack);
    Worker worker(engine);
    const std::string text = all_texts(*pack, random);
    const std::vector<Match> whole = scan_whole(engine, text);
    for (const uint64_t most : {20'000U, 100'000U}) {
      std::vector<uint64_t> cuts;
      for (uint64_t at = 0;;) {
        at += random.between(1, most);
        if (at >= text.size()) break;
        cuts.push_back(at);
      }
      CHECK(difference(engine, whole, scan_cut(engine, worker, text, cuts)) ==
            "");
    }
  }
}
