// Scans blobs, one after another.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/copy_run.h"
#include "core/sampled_clock.h"
#include "core/time_limit.h"
#include "core/window.h"
#include "leaksift/span.h"
#include "match/anchor_finder.h"
#include "match/engine.h"
#include "match/verdict_memo.h"

namespace leaksift {

// A match that was judged to be a finding, before matches that stand in each
// other's way are resolved (match/resolve.h).
struct Match {
  uint32_t rule = 0;   // index into RuleSet::rules
  uint64_t begin = 0;  // where the regex without its lead begins
  Span span;           // with the lead
  Span secret;
  double entropy = 0;
  Confidence confidence = Confidence::kMedium;
  uint64_t if_place_agrees = 0;  // as in Verdict
  uint64_t secret_hash = 0;      // as in Verdict
  bool allowed_inline = false;

  friend bool operator==(const Match&, const Match&) = default;
};

// Matches that are kept of one blob: its first ones. Nobody reads more, and a
// file of nothing but keys would take 40 times its size.
inline constexpr size_t kMaxBlobMatches = 100'000;

// What scanning cost, by stage. Merged over workers after a run.
struct MatchStats {
  uint64_t blob_bytes = 0;     // of blobs
  uint64_t scanned_bytes = 0;  // of these, what the prefilter went through
  uint64_t hits = 0;           // what it reported
  uint64_t tries = 0;          // places given to RE2
  uint64_t matches = 0;        // matches of a regex
  uint64_t prefilter_ns = 0;
  uint64_t confirm_ns = 0;

  void merge(const MatchStats& other);
};

// What one rule cost.
struct RuleCost {
  uint64_t hits = 0;     // of its anchors
  uint64_t tries = 0;    // places given to RE2
  uint64_t matches = 0;  // of its regex
  uint64_t confirm_ns = 0;
};

// What a scan of a blob leaves behind for blobs that are made out of it.
struct ScanTrace {
  // Matches that judge() accepted, whatever their lines say: in the order of
  // rule and place.
  std::vector<Match> matches;
  // In order of place. One in 2 KB of source code.
  std::vector<AnchorHit> hits;
  // False where the scan did not keep track: what is made out of the blob is
  // to be scanned whole.
  bool complete = true;

  bool says_nothing() const {
    return complete && matches.empty() && hits.empty();
  }
};

// A blob as it was made out of another one, whose trace is at hand.
struct DeltaSource {
  std::span<const CopyRun> runs;
  uint64_t base_size = 0;
  const ScanTrace* base = nullptr;  // null: the base left nothing behind
};

// Scans one blob after another without allocating for most of them. Not
// thread-safe: each thread has its own Worker, all share one const Engine.
class Worker {
 public:
  explicit Worker(const Engine& engine);

  // Replaces `matches` by those in `blob`, ordered by rule and place.
  void scan(std::string_view blob, std::vector<Match>& matches);

  // The same for a blob that may be made out of another one (`source`, or
  // null) and that others may be made out of: fills `trace`. Only what the
  // base did not decide is scanned; the matches are the same. False if there
  // are more than kMaxBlobMatches or kMaxBlobHits: the blob is to be scanned in
  // windows, so as not to hold all of that, and what is made out of it whole.
  bool scan(std::string_view blob, const DeltaSource* source, ScanTrace& trace,
            std::vector<Match>& matches);

  // The same for a blob that comes in windows: begin(), then add() for each
  // window in order, which appends. A match is reported by the window that owns
  // the place where its secret begins; the windows' margin must be
  // Engine::margin() bytes or more. After the last window, matches for which
  // counts() is false are to be dropped: the blob does not hold what their
  // rules want somewhere in it.
  void begin();
  void add(const Window& window, std::vector<Match>& matches);
  bool counts(const Match& match) const;

  // Appends what `rule` alone finds in `text`, in order of place. The lines
  // around have no say.
  void find(uint32_t rule, std::string_view text, std::vector<Match>& matches);

  // From then on no more is looked for: what was found by then is a part of
  // what there is. Nothing: never.
  void stop_at(std::optional<TimeLimit::Clock::time_point> time) {
    limit_.set(time);
  }
  // Of the last blob.
  bool was_stopped() const { return limit_.was_over(); }

  MatchStats stats() const;

  // Lets every scan() of a blob by itself add to `costs`, which has one for
  // each rule and must outlive this.
  void measure(std::vector<RuleCost>& costs) { costs_ = &costs; }

 private:
  // Places of one rule that are to be tried: begins in [first, last].
  struct Range {
    uint32_t rule;
    uint64_t first;
    uint64_t last;
  };

  void scan_in_windows(std::string_view blob, std::vector<Match>& matches);
  void prefilter(std::string_view text);
  void find_anchors(std::string_view blob, bool planned, ScanTrace& trace);
  bool plan_delta(std::string_view blob, const DeltaSource* source);
  void inherit(const DeltaSource& source, ScanTrace& trace);
  void inherit_hits(std::span<const AnchorHit> hits,
                    const DeltaPlan::Piece& piece,
                    std::vector<AnchorHit>& inherited);
  bool is_whole(const AnchorHit& hit, const DeltaPlan::Piece& piece) const;
  void collect_ranges(std::string_view text);
  void collect_ranges_of_undecided(std::string_view text);
  void add_range(std::string_view text, const AnchorUse& use, uint64_t end);
  void add_unanchored(std::string_view text);
  void merge_ranges();
  void confirm_measured(std::string_view text, const Range& range,
                        std::vector<Match>& matches);
  void confirm_all(std::string_view text, std::vector<Match>& matches,
                   size_t most = ~size_t{0});
  void confirm(std::string_view text, const Range& range,
               std::vector<Match>& matches);
  bool find_next(std::string_view text, const CompiledRule& rule, uint64_t& at,
                 uint64_t last);
  void settle(std::string_view text, std::vector<Match>& matches) const;

  const Engine& engine_;
  PrefilterScanner scanner_;
  AnchorFinder finder_;
  VerdictMemo memo_;
  // Reused: cleared for each blob, never shrunk.
  std::vector<PrefilterHit> hits_;
  std::vector<AnchorHit> found_;
  std::vector<AnchorHit> undecided_;
  std::vector<Range> ranges_;
  Captures captures_;
  DeltaPlan plan_;
  std::vector<bool> open_gates_;
  bool windowed_ = false;
  TimeLimit limit_;
  MatchStats stats_;
  SampledClock prefilter_clock_;
  SampledClock confirm_clock_;
  std::vector<RuleCost>* costs_ = nullptr;
};

}  // namespace leaksift
