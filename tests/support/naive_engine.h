// The slow truth: every rule's regex from every place of the text, RE2 alone.
//
// Knows nothing of anchors, ranges, windows or gates' positions. The verdict on
// a match (entropy, placeholders, allowlists) is shared with the real engine;
// how matches are found is not.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "match/engine.h"
#include "match/resolve.h"
#include "match/worker.h"

namespace leaksift {

inline bool naive_gate_is_open(const CompiledRule& rule,
                               std::string_view text) {
  const auto& gate = rule.plan.gate;
  return gate.empty() ||
         std::any_of(gate.begin(), gate.end(), [&](const std::string& word) {
           return contains_ignoring_case(text, word);
         });
}

inline void naive_scan_rule(const Engine& engine, uint32_t index,
                            std::string_view text, std::vector<Match>& out) {
  const CompiledRule& rule = engine.rule(index);
  if (!naive_gate_is_open(rule, text)) return;
  const Regex& regex = rule.core.get();
  std::vector<Span> seen;
  Captures captures;
  for (size_t at = 0; at <= text.size(); ++at) {
    // RE2 says from where the next match can begin at all; whether one does
    // within reach is asked again for that place alone.
    if (!regex.search(text, at, text.size(), captures)) break;
    at = captures[0].begin;
    if (!rule.may_begin_at(text, at)) continue;
    const size_t end = std::min<size_t>(at + rule.plan.reach, text.size());
    if (!regex.match_at(text, at, end, captures)) continue;
    Verdict verdict = engine.judge().judge(rule, text, captures);
    if (verdict.rejection != Rejection::kNone) continue;
    const bool is_new =
        std::find(seen.begin(), seen.end(), verdict.secret) == seen.end();
    if (!is_new) continue;
    seen.push_back(verdict.secret);
    engine.judge().judge_lines(rule, text, verdict);
    if (verdict.rejection != Rejection::kNone) continue;
    out.push_back({index, at, verdict.match, verdict.secret, verdict.entropy,
                   verdict.confidence, verdict.if_place_agrees,
                   verdict.secret_hash, verdict.allowed_inline});
  }
}

// All matches, in the order in which Worker reports them.
inline std::vector<Match> naive_scan(const Engine& engine,
                                     std::string_view text) {
  std::vector<Match> matches;
  for (uint32_t i = 0; i < engine.rule_count(); ++i) {
    if (!engine.has_content(i) || engine.is_companion(i)) continue;
    naive_scan_rule(engine, i, text, matches);
  }
  return matches;
}

// Which of all matches is the part that `required` means: every one is looked
// at. Null if none is near.
inline const PlacedMatch* naive_part(const RuleSet& rules,
                                     const RequiredRule& required,
                                     const PlacedMatch& match,
                                     const std::vector<PlacedMatch>& all) {
  auto apart = [](uint64_t a, uint64_t b) { return a < b ? b - a : a - b; };
  auto away = [&](const PlacedMatch& m) {
    return apart(m.match.secret.begin, match.match.secret.begin);
  };
  const PlacedMatch* best = nullptr;
  for (const PlacedMatch& m : all) {
    if (rules.rules[m.match.rule].id != required.id) continue;
    if (apart(m.begin.line, match.begin.line) >
            required.within_lines.value_or(~uint32_t{0}) ||
        apart(m.begin.column, match.begin.column) >
            required.within_columns.value_or(~uint32_t{0})) {
      continue;
    }
    if (best == nullptr || away(m) < away(*best) ||
        (away(m) == away(*best) &&
         m.match.secret.begin < best->match.secret.begin)) {
      best = &m;
    }
  }
  return best;
}

}  // namespace leaksift
