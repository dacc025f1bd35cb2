// Which of a blob's matches become findings: those that do not stand in each
// other's way and have the companions that they need.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/position.h"
#include "match/worker.h"

namespace leaksift {

// A match that another one's rule requires: the secret and its place.
struct PlacedPart {
  uint32_t rule = 0;  // index into RuleSet::rules
  Span secret;
  Position begin;
  Position end;

  friend bool operator==(const PlacedPart&, const PlacedPart&) = default;
};

// A match with the place of its secret. `end` is the place behind its last
// character.
struct PlacedMatch {
  Match match;
  Position begin;
  Position end;
  // One for each rule that the match's rule requires, in that order; of
  // optional ones those that are near. with_companions() fills them in.
  std::vector<PlacedPart> parts;

  friend bool operator==(const PlacedMatch&, const PlacedMatch&) = default;
};

// Puts places to matches in `text`, which begins `offset` bytes into its blob;
// `counter` stands there and is moved on to the last match.
// REQUIRES: every secret lies in `text`.
std::vector<PlacedMatch> place_matches(std::string_view text, uint64_t offset,
                                       std::vector<Match> matches,
                                       PositionCounter& counter);

// A pure function of all matches of one blob, in four steps:
//  1. a match whose rule requires others counts only with all of them near,
//     and has of each the nearest as a part: the one whose secret begins the
//     fewest bytes away, of two the one in front;
//  2. of matches of one rule with overlapping secrets, the first one stays
//     (the one that begins first, then the longer);
//  3. a match goes if one of a more specific rule shares part of its secret:
//     a provider's rule is more specific than one for a family of formats
//     (basic-auth headers, URLs), and that than one with "generic" in its id;
//     and of several rules of ours that claim the very same secret one stays,
//     the most confident, then the first by id;
//  4. matches of rules that serve only others go.
// The result is in the order of secrets, then rules.
std::vector<PlacedMatch> resolve(const RuleSet& rules,
                                 std::vector<PlacedMatch> matches);

// The first of these steps alone.
std::vector<PlacedMatch> with_companions(const RuleSet& rules,
                                         std::vector<PlacedMatch> matches);

}  // namespace leaksift
