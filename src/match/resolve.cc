#include "match/resolve.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/text.h"

namespace leaksift {
namespace {

auto by_secret(const PlacedMatch& m) {
  return std::tie(m.match.secret, m.match.rule, m.match.span);
}

uint32_t distance(uint32_t a, uint32_t b) {
  return a < b ? b - a : a - b;
}

bool is_near(const RequiredRule& required, const PlacedMatch& a,
             const PlacedMatch& b) {
  const bool lines_agree =
      !required.within_lines ||
      distance(a.begin.line, b.begin.line) <= *required.within_lines;
  const bool columns_agree =
      !required.within_columns ||
      distance(a.begin.column, b.begin.column) <= *required.within_columns;
  return lines_agree && columns_agree;
}

// Matches by the id of their rule.
using ById = std::multimap<std::string_view, const PlacedMatch*>;

bool has_companions(const Rule& rule, const PlacedMatch& match,
                    const ById& by_id) {
  return std::all_of(rule.required.begin(), rule.required.end(),
                     [&](const RequiredRule& required) {
                       const auto [first, last] =
                           by_id.equal_range(required.id);
                       return std::any_of(first, last, [&](const auto& entry) {
                         return is_near(required, match, *entry.second);
                       });
                     });
}

void drop_incomplete(const RuleSet& rules, std::vector<PlacedMatch>& matches) {
  const bool any =
      std::any_of(matches.begin(), matches.end(), [&](const PlacedMatch& m) {
        return !rules.rules[m.match.rule].required.empty();
      });
  if (!any) return;
  const std::vector<PlacedMatch> all = matches;
  ById by_id;
  for (const PlacedMatch& m : all) {
    by_id.emplace(rules.rules[m.match.rule].id, &m);
  }
  std::erase_if(matches, [&](const PlacedMatch& m) {
    return !has_companions(rules.rules[m.match.rule], m, by_id);
  });
}

// REQUIRES: `matches` in the order of by_secret.
void drop_overlapping(std::vector<PlacedMatch>& matches) {
  std::map<uint32_t, uint64_t> end_of_rule;
  // Of two that begin together the longer one comes later: look from behind.
  std::vector<PlacedMatch> kept;
  std::stable_sort(matches.begin(), matches.end(),
                   [](const PlacedMatch& a, const PlacedMatch& b) {
                     const Span& x = a.match.secret;
                     const Span& y = b.match.secret;
                     return std::tie(x.begin, y.end) < std::tie(y.begin, x.end);
                   });
  for (PlacedMatch& m : matches) {
    uint64_t& end = end_of_rule[m.match.rule];
    if (m.match.secret.begin < end) continue;
    end = m.match.secret.end;
    kept.push_back(std::move(m));
  }
  matches = std::move(kept);
}

bool is_generic(const Rule& rule) {
  return contains_ignoring_case(rule.id, "generic");
}

void drop_generic(const RuleSet& rules, std::vector<PlacedMatch>& matches) {
  std::vector<Span> specific;
  for (const PlacedMatch& m : matches) {
    if (!is_generic(rules.rules[m.match.rule])) {
      specific.push_back(m.match.secret);
    }
  }
  if (specific.empty()) return;
  std::sort(specific.begin(), specific.end());
  uint64_t furthest = 0;  // ends made monotonic, so that one search suffices
  std::vector<uint64_t> ends;
  for (const Span& span : specific) {
    furthest = std::max(furthest, span.end);
    ends.push_back(furthest);
  }
  std::erase_if(matches, [&](const PlacedMatch& m) {
    if (!is_generic(rules.rules[m.match.rule])) return false;
    const auto after = std::lower_bound(specific.begin(), specific.end(),
                                        Span{m.match.secret.end, 0});
    const auto count = static_cast<size_t>(after - specific.begin());
    return count > 0 && ends[count - 1] > m.match.secret.begin;
  });
}

}  // namespace

std::vector<PlacedMatch> place_matches(std::string_view text, uint64_t offset,
                                       std::vector<Match> matches,
                                       PositionCounter& counter) {
  std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
    return std::tie(a.secret, a.rule, a.span) <
           std::tie(b.secret, b.rule, b.span);
  });
  std::vector<PlacedMatch> placed;
  uint64_t counted = 0;
  for (Match& match : matches) {
    const uint64_t begin = match.secret.begin - offset;
    counter.advance(text.substr(counted, begin - counted));
    counted = begin;
    PositionCounter end = counter;
    end.advance(text.substr(begin, match.secret.size()));
    placed.push_back({std::move(match), counter.here(), end.here()});
  }
  return placed;
}

std::vector<PlacedMatch> resolve(const RuleSet& rules,
                                 std::vector<PlacedMatch> matches) {
  drop_incomplete(rules, matches);
  drop_overlapping(matches);
  drop_generic(rules, matches);
  std::erase_if(matches, [&](const PlacedMatch& m) {
    return rules.rules[m.match.rule].skip_report;
  });
  std::sort(matches.begin(), matches.end(),
            [](const PlacedMatch& a, const PlacedMatch& b) {
              return by_secret(a) < by_secret(b);
            });
  return matches;
}

}  // namespace leaksift
