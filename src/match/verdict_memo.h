// Remembers places that were tried in vain.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/hash.h"
#include "match/delta_plan.h"

namespace leaksift {

// A verdict depends on a bounded neighbourhood (RuleContext): where the same
// bytes come again, so does it. Over the histories of curl and redis two thirds
// of all places are such repeats: the seams of many versions of one file are
// alike. Not thread-safe: each thread has its own. 256 KB.
class VerdictMemo {
 public:
  // What decides about one rule's matches that begin in [first, last] of
  // `text`; kNoKey where there is too much of it: hashing it would cost more
  // than RE2 does.
  static uint64_t key_of(std::string_view text, uint32_t rule, uint64_t first,
                         uint64_t last, RuleContext context) {
    const uint64_t begin = back_from(first, context.before);
    const uint64_t end = std::min<uint64_t>(text.size(), last + context.after);
    if (end - begin > kMaxBytes) return kNoKey;
    // With the number of bytes this tells, too, whether the text ends there.
    const uint64_t shape = (first - begin) << 20 | (last - first);
    return local_hash(text.substr(begin, end - begin)) +
           (shape + 1) * 0x9E3779B97F4A7C15 + (rule + 1) * 0xC2B2AE3D27D4EB4F;
  }

  bool was_in_vain(uint64_t key) const {
    return key != kNoKey && slots_[key % kSlots] == key;
  }
  void note_in_vain(uint64_t key) { slots_[key % kSlots] = key; }

 private:
  static constexpr uint64_t kNoKey = 0;
  static constexpr uint64_t kMaxBytes = 1024;
  static constexpr size_t kSlots = 1 << 15;

  std::vector<uint64_t> slots_ = std::vector<uint64_t>(kSlots);
};

}  // namespace leaksift
