// Scans blobs, one after another.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/window.h"
#include "leaksift/span.h"
#include "match/engine.h"

namespace leaksift {

// A match that was judged to be a finding, before matches that stand in each
// other's way are resolved (match/resolve.h).
struct Match {
  uint32_t rule = 0;  // index into RuleSet::rules
  Span span;
  Span secret;
  double entropy = 0;
  uint64_t if_place_agrees = 0;  // as in Verdict
  bool allowed_inline = false;
};

// What scanning cost, by stage. Merged over workers after a run.
struct MatchStats {
  uint64_t scanned_bytes = 0;
  uint64_t hits = 0;     // what the prefilter reported
  uint64_t tries = 0;    // places given to RE2
  uint64_t matches = 0;  // matches of a regex
  uint64_t prefilter_ns = 0;
  uint64_t confirm_ns = 0;

  void merge(const MatchStats& other);
};

// Scans one blob after another without allocating for most of them. Not
// thread-safe: each thread has its own Worker, all share one const Engine.
class Worker {
 public:
  explicit Worker(const Engine& engine);

  // Replaces `matches` by those in `blob`, ordered by rule and place.
  void scan(std::string_view blob, std::vector<Match>& matches);

  // The same for a blob that comes in windows: begin(), then add() for each
  // window in order, which appends. A match is reported by the window that owns
  // the place where its secret begins; the windows' margin must be
  // Engine::margin() bytes or more. After the last window, matches for which
  // counts() is false are to be dropped: the blob does not hold what their
  // rules want somewhere in it.
  void begin();
  void add(const Window& window, std::vector<Match>& matches);
  bool counts(const Match& match) const;

  const MatchStats& stats() const { return stats_; }

 private:
  // Places of one rule that are to be tried: begins in [first, last].
  struct Range {
    uint32_t rule;
    uint64_t first;
    uint64_t last;
  };

  void scan_in_windows(std::string_view blob, std::vector<Match>& matches);
  void collect_ranges();
  void add_unanchored(std::string_view text);
  void merge_ranges();
  void confirm(const Window& window, const Range& range,
               std::vector<Match>& matches);
  bool find_next(std::string_view text, const CompiledRule& rule, uint64_t& at,
                 uint64_t last);

  const Engine& engine_;
  PrefilterScanner scanner_;
  // Reused: cleared for each blob, never shrunk.
  std::vector<PrefilterHit> hits_;
  std::vector<Range> ranges_;
  Captures captures_;
  std::vector<Span> seen_;  // secrets of the rule at hand from `at` on
  std::vector<bool> open_gates_;
  bool windowed_ = false;
  MatchStats stats_;
};

}  // namespace leaksift
