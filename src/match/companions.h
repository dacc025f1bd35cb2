// What belongs to a secret without being one: the account and the server of a
// password. Everyday words lead to these, so nobody looks for them in all
// texts, only around matches that name them (Engine::is_companion).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "match/resolve.h"
#include "match/worker.h"

namespace leaksift {

// Bytes before and behind a secret that its companions may stand in.
inline constexpr uint32_t kCompanionReach = kLineReach;

// Adds to each of `matches` its nearest companion of every rule that its own
// rule names, as a part: within the lines that the rule says and
// kCompanionReach. What an empty line keeps apart from the match counts only
// where nothing else does; of two that are equally near the one in front.
// `text` begins `offset` bytes into the blob and holds the matches with
// kCompanionReach bytes around them, as far as the blob goes.
void add_companions(const Engine& engine, Worker& worker, std::string_view text,
                    uint64_t offset, std::vector<PlacedMatch>& matches);

// Puts places and companions to the matches in a whole text.
std::vector<PlacedMatch> place_whole(const Engine& engine, Worker& worker,
                                     std::string_view text,
                                     std::vector<Match> matches);

}  // namespace leaksift
