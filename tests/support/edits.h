// Random edits of a text, told as git's deltas tell them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/copy_run.h"
#include "support/random.h"

namespace leaksift {

struct Edited {
  std::string text;
  std::vector<CopyRun> runs;

  void copy(std::string_view base, uint64_t from, uint64_t size) {
    if (size == 0) return;
    const bool continues = !runs.empty() &&
                           runs.back().from + runs.back().size == from &&
                           runs.back().to + runs.back().size == text.size();
    if (continues) {
      runs.back().size += size;
    } else {
      runs.push_back({text.size(), from, size});
    }
    text += base.substr(from, size);
  }
};

// Inserts, deletes, replaces, moves and doubles pieces of `base`, one to three
// times. `insertion()` makes the inserted texts.
template <typename Insertion>
Edited edited(std::string_view base, Random& random, Insertion insertion) {
  constexpr uint64_t kLargestCut = 400;
  Edited result;
  uint64_t at = 0;
  for (uint64_t left = random.between(1, 3); left > 0; --left) {
    const uint64_t next = random.between(at, base.size());
    result.copy(base, at, next - at);
    const uint64_t cut = random.below(kLargestCut);
    at = next;
    const uint64_t kind = random.below(5);
    if (kind >= 2) {  // a piece from anywhere
      const uint64_t from = random.below(base.size() + 1);
      if (kind >= 3) {
        result.text += insertion();
      } else {
        result.copy(base, from, std::min(cut, base.size() - from));
      }
    }
    if (kind <= 3) at = std::min<uint64_t>(at + cut, base.size());
  }
  result.copy(base, at, base.size() - at);
  return result;
}

}  // namespace leaksift
