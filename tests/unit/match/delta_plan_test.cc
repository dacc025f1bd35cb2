#include "match/delta_plan.h"

#include <string>

#include "support/catch.h"
#include "support/edits.h"
#include "support/engine_for.h"
#include "support/random.h"

using namespace leaksift;

namespace {

// Rules of every kind that a delta scan treats differently: narrow, with a
// lead, wide by reach, wide by a long tail, with edges, without a text.
constexpr const char* kRules = R"(
format = 1
[[rules]]
id = "edges"
regex = '\btk_([a-d]{4})\b'
[[rules]]
id = "lead"
regex = '[ab]{0,20}?pre-([a-d]{3,6})'
[[rules]]
id = "line"
regex = '^ln:([a-d]{2,9})$'
[[rules]]
id = "run"
regex = '[a-d]{3,}@'
[[rules]]
id = "shape"
regex = '\b[0-9]{6,8}\b'
[[rules]]
id = "wide"
regex = 'BEGIN([a-d\n ]{0,200})END'
[[rules]]
id = "wide-tail"
regex = 'key[ =]{1,3}([a-d]{5,40})[!?]'
[[rules]]
id = "far-behind"
regex = '([a-d]{3})[ x]{0,70}far'
)";

std::string piece(Random& random) {
  static const std::vector<std::string> kPieces = {
      "tk_abcd", "tk_abcda",       "abpre-abc", "ln:abc",  "\n",
      "abc@",    "123456",         "1234567",   "BEGIN",   "END",
      "key = ",  "abcdab!",        "far",       "dbc  xx", " ",
      "a",       "gitleaks:allow", "pre-",      "tk_",     "abcd",
      "9"};
  return random.pick(kPieces);
}

std::string pieces(uint64_t count, Random& random) {
  std::string text;
  for (; count > 0; --count) {
    text += piece(random);
    if (random.one_in(4)) text += random.text(random.below(60), "xyz .");
  }
  return text;
}

// By how much the base's place `from` is shifted where it is copied with its
// context.
std::vector<uint64_t> shifts_of(const DeltaPlan& plan, uint64_t from,
                                RuleContext context) {
  std::vector<uint64_t> shifts;
  plan.for_each_copy(from, from, context,
                     [&](uint64_t shift) { shifts.push_back(shift); });
  return shifts;
}

}  // namespace

TEST_CASE("a delta scan reports what a scan of the whole text reports",
          "[match][delta_plan]") {
  const auto engine = engine_for(kRules);
  Worker worker(*engine);
  Random random(1);
  size_t found_in_all = 0;
  for (int round = 0; round < 1500; ++round) {
    const std::string base = pieces(random.below(250), random);
    ScanTrace base_trace;
    std::vector<Match> found;
    worker.scan(base, nullptr, base_trace, found);
    const Edited next =
        edited(base, random, [&] { return pieces(random.below(4), random); });
    const DeltaSource source{next.runs, base.size(), &base_trace};
    ScanTrace trace;
    worker.scan(next.text, &source, trace, found);
    const bool same = found == scan_whole(*engine, next.text);
    found_in_all += found.size();
    if (!same) FAIL_CHECK("round " << round << " of " << next.text.size());

    // What it leaves behind is as good as what a whole scan leaves.
    ScanTrace whole_trace;
    worker.scan(next.text, nullptr, whole_trace, found);
    CHECK(trace.matches == whole_trace.matches);
    CHECK(trace.hits == whole_trace.hits);
  }
  CHECK(found_in_all > 10'000);
  CHECK(worker.stats().scanned_bytes < worker.stats().blob_bytes);
}

TEST_CASE("a base that left nothing behind may be left out",
          "[match][delta_plan]") {
  const auto engine = engine_for(kRules);
  Worker worker(*engine);
  const std::string base(10'000, '-');
  ScanTrace trace;
  std::vector<Match> found;
  worker.scan(base, nullptr, trace, found);
  REQUIRE(trace.says_nothing());
  const std::string text = base.substr(0, 5000) + " tk_abcd " + base;
  const std::vector<CopyRun> runs = {{0, 0, 5000}, {5009, 0, 10'000}};
  const DeltaSource source{runs, base.size(), nullptr};
  worker.scan(text, &source, trace, found);
  REQUIRE(found.size() == 1);
  CHECK(found[0].secret == Span{5004, 5008});
  CHECK_FALSE(trace.says_nothing());
  CHECK(worker.stats().scanned_bytes < base.size() + 2000);
}

TEST_CASE("an incomplete trace makes the next scan a whole one",
          "[match][delta_plan]") {
  const auto engine = engine_for(kRules);
  Worker worker(*engine);
  const std::string text = std::string(5000, '-') + " tk_abcd ";
  ScanTrace incomplete;
  incomplete.complete = false;
  const std::vector<CopyRun> runs = {{0, 0, text.size()}};
  const DeltaSource source{runs, text.size(), &incomplete};
  ScanTrace trace;
  std::vector<Match> found;
  worker.scan(text, &source, trace, found);
  CHECK(found.size() == 1);
  CHECK(trace.complete);
}

TEST_CASE("rules that ask for words anywhere are never scanned in parts",
          "[match][delta_plan]") {
  const auto engine = engine_for(
      "[[rules]]\nid = 'a'\nregex = 'tk_[a-d]{4}'\nkeywords = ['acme']\n");
  REQUIRE_FALSE(engine->is_local());
  Worker worker(*engine);
  ScanTrace trace;
  std::vector<Match> found;
  const std::string base = "tk_abcd" + std::string(5000, '-');
  worker.scan(base, nullptr, trace, found);
  CHECK(found.empty());
  CHECK_FALSE(trace.complete);
  const std::vector<CopyRun> runs = {{0, 0, base.size()}};
  const DeltaSource source{runs, base.size(), &trace};
  ScanTrace next_trace;
  worker.scan(base + "acme", &source, next_trace, found);
  CHECK(found.size() == 1);
}

TEST_CASE("a copy of the whole base leaves nothing to scan",
          "[match][delta_plan]") {
  DeltaPlan plan;
  const std::vector<CopyRun> runs = {{0, 0, 1000}};
  plan.make(runs, 1000, 1000, 100, 50);
  CHECK(plan.windows().empty());
  CHECK(plan.window_bytes() == 0);
  CHECK(shifts_of(plan, 0, {100, 100}) == std::vector<uint64_t>{0});
  CHECK(shifts_of(plan, 1000, {100, 100}) == std::vector<uint64_t>{0});
}

TEST_CASE("windows lie around seams and ends that are not the base's",
          "[match][delta_plan]") {
  DeltaPlan plan;
  const std::vector<CopyRun> runs = {{0, 0, 1000}, {1010, 1000, 1000}};
  plan.make(runs, 3000, 2010, 100, 50);
  CHECK(plan.windows() == std::vector<Span>{{900, 1060}, {1910, 2010}});
  CHECK(plan.window_bytes() == 260);
  plan.make(runs, 2000, 2010, 100, 50);
  CHECK(plan.windows() == std::vector<Span>{{900, 1060}});

  const std::vector<CopyRun> tail = {{0, 500, 1500}};
  plan.make(tail, 2000, 1500, 100, 50);
  CHECK(plan.windows() == std::vector<Span>{{0, 50}});
}

TEST_CASE("a text without copies is scanned whole", "[match][delta_plan]") {
  DeltaPlan plan;
  plan.make({}, 1000, 70, 100, 50);
  CHECK(plan.windows() == std::vector<Span>{{0, 70}});
  CHECK(shifts_of(plan, 10, {0, 0}).empty());
}

TEST_CASE("windows are disjoint, in order and within the text",
          "[match][delta_plan]") {
  Random random(2);
  DeltaPlan plan;
  for (int round = 0; round < 2000; ++round) {
    const std::string base = random.text(random.below(3000), "ab");
    const Edited next = edited(
        base, random, [&] { return random.text(random.below(50), "ab"); });
    const uint64_t size = next.text.size();
    plan.make(next.runs, base.size(), size, random.below(200),
              random.below(200));
    uint64_t end = 0;
    uint64_t bytes = 0;
    bool well_formed = true;
    for (const Span& window : plan.windows()) {
      well_formed = well_formed && window.begin >= end &&
                    window.begin <= window.end && window.end <= size;
      end = window.end;
      bytes += window.size();
    }
    CHECK(well_formed);
    CHECK(bytes == plan.window_bytes());
  }
}

TEST_CASE("what is inherited stands in the base with all its context",
          "[match][delta_plan]") {
  Random random(3);
  DeltaPlan plan;
  const RuleContext context{20, 30};
  int inherited = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::string base = random.bytes(random.between(1, 1500));
    const Edited next =
        edited(base, random, [&] { return random.bytes(random.below(50)); });
    const std::string& text = next.text;
    plan.make(next.runs, base.size(), text.size(), 50, 50);
    const uint64_t from = random.below(base.size() + 1);
    for (const uint64_t shift : shifts_of(plan, from, context)) {
      ++inherited;
      const uint64_t at = from + shift;
      const uint64_t before = std::min<uint64_t>({at, from, context.before});
      CHECK(text.substr(at - before, before + context.after) ==
            base.substr(from - before, before + context.after));
      // Where one begins or ends the other does, too.
      CHECK((before == context.before || at == from));
      const bool cut = at + context.after > text.size();
      CHECK(cut == (from + context.after > base.size()));
    }
  }
  CHECK(inherited > 1000);
}

TEST_CASE("a changed byte anywhere in a long match is seen",
          "[match][delta_plan]") {
  // A tail as long as tails get, and far more behind it.
  std::string regex = "k_";
  std::string secret = "k_";
  for (int i = 0; i < 30; ++i) {
    regex += "[a-d][0-9]";
    secret += "a1";
  }
  const auto engine =
      engine_for("[[rules]]\nid = 'wide'\nregex = '" + regex + "x{0,300}!'\n");
  secret += std::string(290, 'x') + "!";
  const std::string around(2000, '.');
  const std::string text = around + secret + around;
  Worker worker(*engine);
  std::vector<Match> found;
  for (uint64_t at = around.size(); at < around.size() + secret.size(); ++at) {
    std::string base = text;
    base[at] = '?';
    ScanTrace base_trace;
    worker.scan(base, nullptr, base_trace, found);
    REQUIRE(found.empty());
    const std::vector<CopyRun> runs = {{0, 0, at},
                                       {at + 1, at + 1, text.size() - at - 1}};
    const DeltaSource there{runs, base.size(), &base_trace};
    ScanTrace trace;
    worker.scan(text, &there, trace, found);
    CHECK(found.size() == 1);
    // And back: what was found is not inherited.
    const DeltaSource back{runs, text.size(), &trace};
    ScanTrace back_trace;
    worker.scan(base, &back, back_trace, found);
    CHECK(found.empty());
  }
  CHECK(worker.stats().scanned_bytes < worker.stats().blob_bytes / 2);
}
