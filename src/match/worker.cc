#include "match/worker.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <tuple>

namespace leaksift {
namespace {

auto by_rule_and_place(const Match& m) {
  return std::tie(m.rule, m.begin, m.span.end, m.secret);
}

bool comes_before(const Match& a, const Match& b) {
  return by_rule_and_place(a) < by_rule_and_place(b);
}

bool is_same_place(const Match& a, const Match& b) {
  return by_rule_and_place(a) == by_rule_and_place(b);
}

void sort_and_unite(std::vector<Match>& matches) {
  std::sort(matches.begin(), matches.end(), comes_before);
  matches.erase(std::unique(matches.begin(), matches.end(), is_same_place),
                matches.end());
}

Match shifted(Match match, uint64_t shift) {
  match.begin += shift;
  match.span = {match.span.begin + shift, match.span.end + shift};
  match.secret = {match.secret.begin + shift, match.secret.end + shift};
  return match;
}

bool give_up(ScanTrace& trace) {
  trace = {};
  trace.complete = false;
  return false;
}

}  // namespace

void MatchStats::merge(const MatchStats& other) {
  blob_bytes += other.blob_bytes;
  scanned_bytes += other.scanned_bytes;
  hits += other.hits;
  tries += other.tries;
  matches += other.matches;
  prefilter_ns += other.prefilter_ns;
  confirm_ns += other.confirm_ns;
}

Worker::Worker(const Engine& engine)
    : engine_(engine), scanner_(engine.prefilter()), finder_(engine) {}

MatchStats Worker::stats() const {
  MatchStats stats = stats_;
  stats.scanned_bytes += finder_.scanned_bytes();
  stats.hits += finder_.hits();
  stats.prefilter_ns = prefilter_clock_.nanoseconds();
  stats.confirm_ns = confirm_clock_.nanoseconds();
  return stats;
}

void Worker::scan(std::string_view blob, std::vector<Match>& matches) {
  matches.clear();
  begin();
  if (blob.size() > kMaxPrefilterText) {
    scan_in_windows(blob, matches);
  } else {
    windowed_ = false;
    add({blob, 0, {0, blob.size()}, true}, matches);
  }
  if (engine_.gate_count() == 0) return;
  std::erase_if(matches, [&](const Match& m) { return !counts(m); });
}

void Worker::scan_in_windows(std::string_view blob,
                             std::vector<Match>& matches) {
  const uint64_t margin = engine_.margin();
  const uint64_t step = kMaxPrefilterText - 2 * margin;
  for (uint64_t at = 0; at < blob.size(); at += step) {
    const uint64_t first = back_from(at, margin);
    const uint64_t own_end = std::min<uint64_t>(at + step, blob.size());
    const uint64_t last = std::min<uint64_t>(own_end + margin, blob.size());
    add({blob.substr(first, last - first),
         first,
         {at, own_end},
         own_end == blob.size()},
        matches);
  }
}

bool Worker::scan(std::string_view blob, const DeltaSource* source,
                  ScanTrace& trace, std::vector<Match>& matches) {
  matches.clear();
  trace.matches.clear();
  trace.hits.clear();
  trace.complete = engine_.is_local() && blob.size() <= kMaxPrefilterText;
  limit_.start();
  if (!trace.complete) {
    scan(blob, matches);
    return true;
  }
  const bool planned = plan_delta(blob, source);
  stats_.blob_bytes += blob.size();
  undecided_.clear();
  if (planned && source->base != nullptr) inherit(*source, trace);
  find_anchors(blob, planned, trace);
  if (trace.hits.size() > kMaxBlobHits) return give_up(trace);
  collect_ranges_of_undecided(blob);
  add_unanchored(blob);
  // Of what is inherited some may be found once more.
  confirm_all(blob, trace.matches, trace.matches.size() + kMaxBlobMatches);
  if (trace.matches.empty() && !was_stopped()) return true;  // nearly every one
  sort_and_unite(trace.matches);
  if (trace.matches.size() > kMaxBlobMatches) return give_up(trace);
  matches = trace.matches;
  settle(blob, matches);
  if (was_stopped()) give_up(trace);
  return true;
}

// Is scanning around seams less work than scanning everything?
bool Worker::plan_delta(std::string_view blob, const DeltaSource* source) {
  const bool base_is_known =
      source != nullptr && (source->base == nullptr || source->base->complete);
  if (!base_is_known) return false;
  plan_.make(source->runs, source->base_size, blob.size(), engine_.seam_left(),
             engine_.seam_right());
  // Up to there, lines that are known (match/anchor_finder.h) cost little more
  // than what is not looked at: a hundredth of a scan.
  return plan_.window_bytes() < blob.size() / 8 * 7;
}

void Worker::find(uint32_t rule, std::string_view text,
                  std::vector<Match>& matches) {
  confirm(text, {rule, 0, text.size()}, matches);
}

void Worker::begin() {
  windowed_ = true;
  limit_.start();
  open_gates_.assign(engine_.gate_count(), false);
}

bool Worker::counts(const Match& match) const {
  const uint32_t gate = engine_.gate_of(match.rule);
  return gate == Engine::kNoGate || open_gates_[gate];
}

void Worker::add(const Window& window, std::vector<Match>& matches) {
  if (limit_.is_over()) return;
  const std::string_view text = window.text;
  stats_.blob_bytes += window.own.size();
  prefilter(text);
  // Nearly every blob ends here.
  if (hits_.empty() && engine_.unanchored().empty()) return;

  collect_ranges(text);
  add_unanchored(text);
  std::vector<Match> found;
  confirm_all(text, found);
  sort_and_unite(found);
  settle(text, found);
  for (const Match& match : found) {
    const Match placed = shifted(match, window.offset);
    const uint64_t at = placed.secret.begin;
    if (at >= window.own.begin && at < window.own.end) {
      matches.push_back(placed);
    }
  }
}

void Worker::prefilter(std::string_view text) {
  prefilter_clock_.begin();
  scanner_.scan(text, hits_);
  prefilter_clock_.end();
  stats_.scanned_bytes += text.size();
  stats_.hits += hits_.size();
}

// Adds the anchors that the base does not have to those that it does.
void Worker::find_anchors(std::string_view blob, bool planned,
                          ScanTrace& trace) {
  prefilter_clock_.begin();
  const Span all{0, blob.size()};
  found_.clear();
  finder_.find(blob, planned ? std::span(plan_.windows()) : std::span(&all, 1),
               limit_, found_);
  prefilter_clock_.end();
  if (found_.empty()) return;
  std::sort(found_.begin(), found_.end());
  const auto inherited = static_cast<ptrdiff_t>(trace.hits.size());
  const auto known = static_cast<ptrdiff_t>(undecided_.size());
  std::set_difference(found_.begin(), found_.end(), trace.hits.begin(),
                      trace.hits.end(), std::back_inserter(undecided_));
  trace.hits.insert(trace.hits.end(), undecided_.begin() + known,
                    undecided_.end());
  std::inplace_merge(trace.hits.begin(), trace.hits.begin() + inherited,
                     trace.hits.end());
}

// Takes over from the base what was copied with all that decides about it. An
// anchor that was copied with less than that is undecided.
void Worker::inherit(const DeltaSource& source, ScanTrace& trace) {
  for (const Match& match : source.base->matches) {
    const RuleContext context = engine_.context(match.rule);
    plan_.for_each_copy(match.begin, match.span.end, context,
                        [&](uint64_t shift) {
                          trace.matches.push_back(shifted(match, shift));
                        });
  }
  trace.hits.reserve(source.base->hits.size());
  plan_.for_each_piece_of(
      std::span(source.base->hits),
      [](const AnchorHit& hit) { return uint64_t{hit.end}; },
      [&](std::span<const AnchorHit> hits, const DeltaPlan::Piece& piece) {
        inherit_hits(hits, piece, trace.hits);
      });
}

// Nearly all of them are far from the piece's ends. (To ask of each what its
// rule depends on took a ninth of a history full of them.)
void Worker::inherit_hits(std::span<const AnchorHit> hits,
                          const DeltaPlan::Piece& piece,
                          std::vector<AnchorHit>& inherited) {
  for (AnchorHit hit : hits) {
    hit.end = static_cast<uint32_t>(hit.end + piece.shift);
    const AnchorReach reach = engine_.reach(hit.use);
    const bool decided = piece.holds_around(hit.end, reach.before, reach.after);
    if (!decided && !is_whole(hit, piece)) continue;
    inherited.push_back(hit);
    if (!decided) undecided_.push_back(hit);
  }
}

// Is the anchor with its tail in the piece?
bool Worker::is_whole(const AnchorHit& hit,
                      const DeltaPlan::Piece& piece) const {
  const AnchorUse& use = engine_.use(hit.use);
  return piece.holds_around(hit.end, use.width, engine_.tail_reach(use));
}

// From hits to places to be tried, in a text that comes by itself.
void Worker::collect_ranges(std::string_view text) {
  ranges_.clear();
  for (const PrefilterHit& hit : hits_) {
    const uint32_t end = engine_.end_use(hit.pattern);
    for (uint32_t u = engine_.first_use(hit.pattern); u < end; ++u) {
      const AnchorUse& use = engine_.use(u);
      if (costs_ != nullptr) ++(*costs_)[use.rule].hits;
      if (use.min_back > hit.end) continue;  // would begin before the text
      if (!engine_.tail_passes(use, text, hit.end)) continue;
      add_range(text, use, hit.end);
    }
    for (const uint32_t gate : engine_.gates_of_pattern(hit.pattern)) {
      open_gates_[gate] = true;
    }
  }
}

// The same for those that the base has not decided.
void Worker::collect_ranges_of_undecided(std::string_view text) {
  ranges_.clear();
  for (const AnchorHit& hit : undecided_) {
    add_range(text, engine_.use(hit.use), hit.end);
  }
}

void Worker::add_range(std::string_view text, const AnchorUse& use,
                       uint64_t end) {
  if (const auto begins = engine_.begins_of(use, text, end)) {
    ranges_.push_back({use.rule, begins->begin, begins->end});
  }
}

void Worker::add_unanchored(std::string_view text) {
  for (const uint32_t rule : engine_.unanchored()) {
    const uint32_t gate = engine_.gate_of(rule);
    // In a later window the gate may open yet.
    const bool closed = gate != Engine::kNoGate && !open_gates_[gate];
    if (closed && !windowed_) continue;
    ranges_.push_back({rule, 0, text.size()});
  }
}

// Ranges that overlap or touch become one, so that no place is tried twice.
void Worker::merge_ranges() {
  std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) {
    return std::tie(a.rule, a.first, a.last) <
           std::tie(b.rule, b.first, b.last);
  });
  size_t kept = 0;
  for (const Range& range : ranges_) {
    if (kept > 0 && ranges_[kept - 1].rule == range.rule &&
        range.first <= ranges_[kept - 1].last + 1) {
      ranges_[kept - 1].last = std::max(ranges_[kept - 1].last, range.last);
      continue;
    }
    ranges_[kept++] = range;
  }
  ranges_.resize(kept);
}

// Stops where there are more than `most`.
void Worker::confirm_all(std::string_view text, std::vector<Match>& matches,
                         size_t most) {
  if (ranges_.empty()) return;
  confirm_clock_.begin();
  merge_ranges();
  for (const Range& range : ranges_) {
    if (matches.size() > most) break;
    const uint64_t key = VerdictMemo::key_of(
        text, range.rule, range.first, range.last, engine_.context(range.rule));
    if (memo_.was_in_vain(key)) continue;
    const size_t before = matches.size();
    if (costs_ != nullptr) {
      confirm_measured(text, range, matches);
    } else {
      confirm(text, range, matches);
    }
    if (limit_.is_over_soon()) break;
    if (matches.size() == before) memo_.note_in_vain(key);
  }
  confirm_clock_.end();
}

// The next match that begins in [at, last], as the rule's definition has it:
// found from the left, but each by itself, within `reach` bytes. Leaves its
// begin in `at` and its groups in captures_.
bool Worker::find_next(std::string_view text, const CompiledRule& rule,
                       uint64_t& at, uint64_t last) {
  const Regex& regex = rule.core.get();
  const uint64_t reach = rule.plan.reach;
  for (; at <= last; ++at) {
    ++stats_.tries;
    if (at == last) {
      return rule.may_begin_at(text, at) &&
             regex.match_at(text, at, std::min(at + reach, text.size()),
                            captures_);
    }
    const uint64_t end = std::min(last + reach, text.size());
    if (!regex.search(text, at, end, captures_)) return false;
    at = captures_[0].begin;
    if (at > last) return false;
    if (!rule.may_begin_at(text, at)) {
      // Everything up to the run's end is inside the same run.
      while (at < last && !rule.may_begin_at(text, at + 1)) ++at;
      continue;
    }
    if (!rule.plan.capped) return true;
    if (regex.match_at(text, at, std::min(at + reach, text.size()),
                       captures_)) {
      return true;
    }
  }
  return false;
}

void Worker::confirm(std::string_view text, const Range& range,
                     std::vector<Match>& matches) {
  const CompiledRule& rule = engine_.rule(range.rule);
  const uint64_t last = std::min<uint64_t>(range.last, text.size());
  if (!rule.may_match(text, range.first, last)) return;
  for (uint64_t at = range.first;
       !limit_.is_over_soon() && find_next(text, rule, at, last); ++at) {
    ++stats_.matches;
    const Verdict verdict = engine_.judge().judge(rule, text, captures_);
    if (verdict.rejection != Rejection::kNone) continue;
    matches.push_back({range.rule, at, verdict.match, verdict.secret,
                       verdict.entropy, verdict.confidence,
                       verdict.if_place_agrees, verdict.secret_hash, false});
  }
}

void Worker::confirm_measured(std::string_view text, const Range& range,
                              std::vector<Match>& matches) {
  const MatchStats before = stats_;
  const auto start = std::chrono::steady_clock::now();
  confirm(text, range, matches);
  const auto taken = std::chrono::steady_clock::now() - start;
  RuleCost& cost = (*costs_)[range.rule];
  cost.tries += stats_.tries - before.tries;
  cost.matches += stats_.matches - before.matches;
  cost.confirm_ns += static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(taken).count());
}

// From accepted matches to those that count: of several that yield the same
// secret the first, and only where their lines do not say otherwise.
void Worker::settle(std::string_view text, std::vector<Match>& matches) const {
  std::vector<std::pair<uint32_t, Span>> seen;
  std::erase_if(matches, [&](Match& match) {
    const std::pair<uint32_t, Span> secret{match.rule, match.secret};
    // In order of rule and place: the same secret is among the last few.
    std::erase_if(seen, [&](const auto& other) {
      return other.first != match.rule || other.second.begin < match.begin;
    });
    if (std::find(seen.begin(), seen.end(), secret) != seen.end()) return true;
    seen.push_back(secret);

    Verdict verdict;
    verdict.match = match.span;
    verdict.secret = match.secret;
    verdict.if_place_agrees = match.if_place_agrees;
    engine_.judge().judge_lines(engine_.rule(match.rule), text, verdict);
    match.if_place_agrees = verdict.if_place_agrees;
    match.allowed_inline = verdict.allowed_inline;
    return verdict.rejection != Rejection::kNone;
  });
}

}  // namespace leaksift
