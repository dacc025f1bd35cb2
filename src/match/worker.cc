#include "match/worker.h"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace leaksift {
namespace {

uint64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

uint64_t back_from(uint64_t end, uint64_t distance) {
  return end - std::min(end, distance);
}

}  // namespace

void MatchStats::merge(const MatchStats& other) {
  scanned_bytes += other.scanned_bytes;
  hits += other.hits;
  tries += other.tries;
  matches += other.matches;
  prefilter_ns += other.prefilter_ns;
  confirm_ns += other.confirm_ns;
}

Worker::Worker(const Engine& engine)
    : engine_(engine), scanner_(engine.prefilter()) {}

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
    add({blob.substr(first, last - first), first, {at, own_end},
         own_end == blob.size()},
        matches);
  }
}

void Worker::begin() {
  windowed_ = true;
  open_gates_.assign(engine_.gate_count(), false);
}

bool Worker::counts(const Match& match) const {
  const uint32_t gate = engine_.gate_of(match.rule);
  return gate == Engine::kNoGate || open_gates_[gate];
}

void Worker::add(const Window& window, std::vector<Match>& matches) {
  const std::string_view text = window.text;
  const uint64_t start = now_ns();
  scanner_.scan(text, hits_);
  stats_.scanned_bytes += text.size();
  stats_.hits += hits_.size();
  const uint64_t scanned = now_ns();
  stats_.prefilter_ns += scanned - start;
  // Nearly every blob ends here.
  if (hits_.empty() && engine_.unanchored().empty()) return;

  collect_ranges();
  add_unanchored(text);
  merge_ranges();
  uint32_t rule = ~uint32_t{0};
  for (const Range& range : ranges_) {
    if (range.rule != rule) seen_.clear();
    rule = range.rule;
    confirm(window, range, matches);
  }
  stats_.confirm_ns += now_ns() - scanned;
}

void Worker::collect_ranges() {
  ranges_.clear();
  for (const PrefilterHit& hit : hits_) {
    for (const Engine::Use& use : engine_.uses(hit.pattern)) {
      if (use.min_back > hit.end) continue;  // would begin before the text
      ranges_.push_back({use.rule, back_from(hit.end, use.max_back),
                         back_from(hit.end, use.min_back)});
    }
    for (const uint32_t gate : engine_.gates_of_pattern(hit.pattern)) {
      open_gates_[gate] = true;
    }
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

void Worker::confirm(const Window& window, const Range& range,
                     std::vector<Match>& matches) {
  const std::string_view text = window.text;
  const CompiledRule& rule = engine_.rule(range.rule);
  const uint64_t last = std::min<uint64_t>(range.last, text.size());
  auto in_blob = [&](Span span) {
    return Span{span.begin + window.offset, span.end + window.offset};
  };
  for (uint64_t at = range.first; find_next(text, rule, at, last); ++at) {
    ++stats_.matches;
    const Verdict verdict = engine_.judge().judge(rule, text, captures_);
    // One secret has one verdict: that of the leftmost match that yields it.
    std::erase_if(seen_, [&](const Span& span) { return span.begin < at; });
    if (std::find(seen_.begin(), seen_.end(), verdict.secret) != seen_.end()) {
      continue;
    }
    seen_.push_back(verdict.secret);
    if (verdict.rejection != Rejection::kNone) continue;
    const Span secret = in_blob(verdict.secret);
    if (secret.begin < window.own.begin || secret.begin >= window.own.end) {
      continue;
    }
    matches.push_back({range.rule, in_blob(verdict.match), secret,
                       verdict.entropy, verdict.if_place_agrees,
                       verdict.allowed_inline});
  }
}

}  // namespace leaksift
