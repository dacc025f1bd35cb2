// A text made out of another one, scanned around its seams, against the same
// text scanned by RE2 alone.
#include <algorithm>
#include <numeric>

#include "oracle/corpus.h"
#include "support/catch.h"
#include "support/edits.h"
#include "support/engine_for.h"
#include "support/naive_engine.h"

using namespace leaksift;

namespace {

constexpr int kEdits = 50;

// A few rules of a pack and texts for them.
struct Subject {
  std::unique_ptr<Engine> engine;
  std::vector<std::string> texts;
};

// Rules with a gate make every delta scan a whole one: they are left out.
Subject some_rules(const Pack& pack, size_t count, Random& random) {
  const Engine& all = engine_of_pack(pack);
  std::vector<uint32_t> indices(all.rule_count());
  std::iota(indices.begin(), indices.end(), 0U);
  std::erase_if(indices, [&](uint32_t i) {
    return !all.has_content(i) || !all.rule(i).plan.gate.empty();
  });
  random.shuffle(indices);
  indices.resize(std::min(indices.size(), count));
  std::sort(indices.begin(), indices.end());
  Subject subject;
  RuleSet rules;
  rules.allowlists = pack.rules.allowlists;
  for (const uint32_t i : indices) {
    rules.rules.push_back(pack.rules.rules[i]);
    for (const std::string& secret : pack.secrets[i]) {
      subject.texts.push_back(secret);
    }
  }
  subject.engine = engine_of(std::move(rules));
  return subject;
}

std::string insertion(const Subject& subject, Random& random) {
  if (random.one_in(3)) return filler(random, random.below(60));
  const std::string& secret = random.pick(subject.texts);
  if (random.one_in(2)) return secret;
  const size_t cut = random.below(secret.size() + 1);
  return random.one_in(2) ? secret.substr(0, cut) : secret.substr(cut);
}

std::string first_text(const Subject& subject, size_t size, Random& random) {
  std::string text;
  while (text.size() < size) {
    text += filler(random, random.below(2000));
    text += random.pick(subject.texts);
  }
  return text;
}

struct ChainStats {
  MatchStats scans;
  size_t found = 0;
};

// Edits a text again and again; every state is scanned out of the one before.
void run_chain(const Subject& subject, size_t size, Random& random,
               ChainStats& stats) {
  const Engine& engine = *subject.engine;
  Worker worker(engine);
  ScanTrace trace;
  std::vector<Match> found;
  std::string text = first_text(subject, size, random);
  worker.scan(text, nullptr, trace, found);
  for (int edit = 0; edit < kEdits; ++edit) {
    INFO("edit " << edit);
    const Edited next =
        edited(text, random, [&] { return insertion(subject, random); });
    const DeltaSource source{next.runs, text.size(),
                             trace.says_nothing() ? nullptr : &trace};
    ScanTrace next_trace;
    worker.scan(next.text, &source, next_trace, found);
    REQUIRE(difference(engine, naive_scan(engine, next.text), found) == "");
    stats.found += found.size();
    text = next.text;
    trace = std::move(next_trace);
  }
  stats.scans.merge(worker.stats());
}

}  // namespace

TEST_CASE("a chain of edits is read as RE2 alone reads each of its texts",
          "[oracle][delta]") {
  Random random(5);
  for (const Pack* pack : {&builtin_pack(), &gitleaks_pack()}) {
    ChainStats stats;
    for (int chain = 0; chain < 25; ++chain) {
      INFO(pack->name << ", chain " << chain);
      const Subject subject = some_rules(*pack, 25, random);
      run_chain(subject, random.between(500, 16'000), random, stats);
    }
    // Else nothing was put to the test.
    CHECK(stats.scans.scanned_bytes < stats.scans.blob_bytes / 2);
    CHECK(stats.found > 2 * stats.scans.matches);
  }
}

TEST_CASE("no anchor of the built-in rules holds a newline",
          "[oracle][delta]") {
  CHECK_FALSE(engine_of_pack(builtin_pack()).anchors_span_lines());
}

TEST_CASE("all rules together read a chain of edits as each whole text",
          "[oracle][delta]") {
  Random random(6);
  const Pack& pack = builtin_pack();
  Subject subject = some_rules(pack, pack.rules.rules.size(), random);
  REQUIRE(subject.engine->is_local());
  Worker worker(*subject.engine);
  ScanTrace trace;
  std::vector<Match> found;
  std::string text = first_text(subject, 60'000, random);
  worker.scan(text, nullptr, trace, found);
  for (int edit = 0; edit < kEdits; ++edit) {
    const Edited next =
        edited(text, random, [&] { return insertion(subject, random); });
    const DeltaSource source{next.runs, text.size(), &trace};
    ScanTrace next_trace;
    worker.scan(next.text, &source, next_trace, found);
    REQUIRE(difference(*subject.engine, scan_whole(*subject.engine, next.text),
                       found) == "");
    text = next.text;
    trace = std::move(next_trace);
  }
}
