#include "match/resolve.h"

#include <algorithm>
#include <map>
#include <set>
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

// All matches of one rule, in the order of their secrets.
using Companions = std::vector<const PlacedMatch*>;
using ById = std::map<std::string_view, Companions>;

bool before(const PlacedMatch* a, const PlacedMatch* b) {
  return by_secret(*a) < by_secret(*b);
}

// Goes outwards from where `match` stands, always to the nearer side; where a
// limit of lines is passed, all that lies behind is too far as well.
const PlacedMatch* nearest(const RequiredRule& required,
                           const PlacedMatch& match, const Companions& all) {
  auto right = std::lower_bound(all.begin(), all.end(), &match, before);
  auto left = right;
  const uint64_t at = match.match.secret.begin;
  const uint32_t lines = required.within_lines.value_or(~uint32_t{0});
  while (left != all.begin() || right != all.end()) {
    const bool to_left =
        left != all.begin() &&
        (right == all.end() || at - (*(left - 1))->match.secret.begin <=
                                   (*right)->match.secret.begin - at);
    const PlacedMatch& next = to_left ? **--left : **right++;
    if (is_near(required, match, next)) return &next;
    if (distance(match.begin.line, next.begin.line) <= lines) continue;
    (to_left ? left : right) = to_left ? all.begin() : all.end();
  }
  return nullptr;
}

// False if it lacks one that it cannot do without.
bool add_parts(const Rule& rule, PlacedMatch& match, const ById& by_id) {
  for (const RequiredRule& required : rule.required) {
    const auto known = by_id.find(required.id);
    const PlacedMatch* part = known == by_id.end()
                                  ? nullptr
                                  : nearest(required, match, known->second);
    if (part != nullptr) {
      match.parts.push_back(
          {part->match.rule, part->match.secret, part->begin, part->end});
    } else if (!required.optional) {
      return false;
    }
  }
  if (rule.if_paired && match.parts.size() == rule.required.size() &&
      match.match.confidence == rule.confidence) {
    match.match.confidence = *rule.if_paired;
  }
  return true;
}

void drop_incomplete(const RuleSet& rules, std::vector<PlacedMatch>& matches) {
  auto rule_of = [&](const PlacedMatch& m) -> const Rule& {
    return rules.rules[m.match.rule];
  };
  std::set<std::string_view> wanted;
  for (const PlacedMatch& m : matches) {
    for (const RequiredRule& r : rule_of(m).required) wanted.insert(r.id);
  }
  if (wanted.empty()) return;
  const std::vector<PlacedMatch> all = std::move(matches);
  matches.clear();
  ById by_id;
  for (const PlacedMatch& m : all) {
    if (wanted.contains(rule_of(m).id)) by_id[rule_of(m).id].push_back(&m);
  }
  for (auto& [id, companions] : by_id) {
    std::sort(companions.begin(), companions.end(), before);
  }
  for (PlacedMatch match : all) {
    if (add_parts(rule_of(match), match, by_id)) matches.push_back(match);
  }
}

// One address in a file is its author's, a hundred are a list of customers.
void drop_too_few(const RuleSet& rules, std::vector<PlacedMatch>& matches) {
  std::map<uint32_t, std::set<uint64_t>> secrets;
  for (const PlacedMatch& m : matches) {
    if (rules.rules[m.match.rule].min_count > 1) {
      secrets[m.match.rule].insert(m.match.secret_hash);
    }
  }
  if (secrets.empty()) return;
  std::erase_if(matches, [&](const PlacedMatch& m) {
    const auto found = secrets.find(m.match.rule);
    return found != secrets.end() &&
           found->second.size() < rules.rules[m.match.rule].min_count;
  });
}

void drop_overlapping(std::vector<PlacedMatch>& matches) {
  std::map<uint32_t, uint64_t> end_of_rule;
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
    kept.push_back(m);
  }
  matches = std::move(kept);
}

enum class Specificity { kGeneric, kFamily, kProvider };

// Foreign rules name no provider: among them only "generic" counts.
Specificity specificity_of(const Rule& rule) {
  if (contains_ignoring_case(rule.id, "generic")) return Specificity::kGeneric;
  return rule.provider.empty() && !rule.foreign ? Specificity::kFamily
                                                : Specificity::kProvider;
}

// Where secrets of some matches stand, for asking what overlaps with them.
class Ground {
 public:
  explicit Ground(std::vector<Span> spans) : spans_(std::move(spans)) {
    std::sort(spans_.begin(), spans_.end());
    uint64_t furthest = 0;  // ends made monotonic: one search suffices
    for (const Span& span : spans_) {
      furthest = std::max(furthest, span.end);
      ends_.push_back(furthest);
    }
  }

  bool overlaps(const Span& span) const {
    const auto after =
        std::lower_bound(spans_.begin(), spans_.end(), Span{span.end, 0});
    const auto count = static_cast<size_t>(after - spans_.begin());
    return count > 0 && ends_[count - 1] > span.begin;
  }

 private:
  std::vector<Span> spans_;
  std::vector<uint64_t> ends_;
};

void drop_less_specific(const RuleSet& rules,
                        std::vector<PlacedMatch>& matches) {
  for (const Specificity than : {Specificity::kFamily, Specificity::kGeneric}) {
    std::vector<Span> specific;
    for (const PlacedMatch& m : matches) {
      const Rule& rule = rules.rules[m.match.rule];
      // A rule for certain paths may not apply to this blob at all.
      if (rule.path.empty() && specificity_of(rule) > than) {
        specific.push_back(m.match.secret);
      }
    }
    const Ground ground(std::move(specific));
    std::erase_if(matches, [&](const PlacedMatch& m) {
      return specificity_of(rules.rules[m.match.rule]) == than &&
             ground.overlaps(m.match.secret);
    });
  }
}

void drop_rival_claims(const RuleSet& rules,
                       std::vector<PlacedMatch>& matches) {
  auto rule_of = [&](const PlacedMatch& m) -> const Rule& {
    return rules.rules[m.match.rule];
  };
  struct Winner {
    const Rule* rule = nullptr;
    Confidence confidence = Confidence::kLow;
  };
  std::map<Span, Winner> winners;
  for (const PlacedMatch& m : matches) {
    const Rule& rule = rule_of(m);
    if (rule.foreign || !rule.path.empty()) continue;
    Winner& winner = winners[m.match.secret];
    const bool better =
        winner.rule == nullptr || m.match.confidence > winner.confidence ||
        (m.match.confidence == winner.confidence && rule.id < winner.rule->id);
    if (better) winner = {&rule, m.match.confidence};
  }
  std::erase_if(matches, [&](const PlacedMatch& m) {
    const Rule& rule = rule_of(m);
    if (rule.foreign || !rule.path.empty()) return false;
    return winners[m.match.secret].rule != &rule;
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
    placed.push_back({match, counter.here(), end.here(), {}});
  }
  return placed;
}

std::vector<PlacedMatch> with_companions(const RuleSet& rules,
                                         std::vector<PlacedMatch> matches) {
  drop_incomplete(rules, matches);
  drop_too_few(rules, matches);
  return matches;
}

std::vector<PlacedMatch> resolve(const RuleSet& rules,
                                 std::vector<PlacedMatch> matches) {
  drop_incomplete(rules, matches);
  drop_too_few(rules, matches);
  drop_overlapping(matches);
  drop_less_specific(rules, matches);
  drop_rival_claims(rules, matches);
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
