#include "match/tail_check.h"

#include <cassert>

namespace leaksift {

// Bit 0 stands for the beginning, bit i for the tail's byte i.
TailCheck::TailCheck(const std::vector<TailByte>& tail)
    : last_(uint64_t{1} << tail.size()) {
  assert(!tail.empty() && tail.size() <= kMaxTail && !tail.back().optional);
  uint64_t bits = 0;  // of a run of the same class
  for (size_t i = 0; i < tail.size(); ++i) {
    const uint64_t bit = uint64_t{2} << i;
    bits |= bit;
    if (i + 1 == tail.size() || tail[i + 1].bytes != tail[i].bytes) {
      const ByteSet& members = tail[i].bytes;
      for (size_t byte = members._Find_first(); byte < members.size();
           byte = members._Find_next(byte)) {
        moves_[byte] |= bits;
      }
      bits = 0;
    }
    if (!tail[i].optional) continue;
    optional_ |= bit;
    const bool first = i == 0 || !tail[i - 1].optional;
    if (first) block_begin_ |= bit >> 1;
    if (!tail[i + 1].optional) block_end_ |= bit;
  }
  choose_probe(tail);
}

// Of equals the first, as the text may end before others, but in a run of one
// class the last: what is one digit is likely to be another one behind it.
void TailCheck::choose_probe(const std::vector<TailByte>& tail) {
  probe_ = ~uint64_t{0};
  size_t fewest = tail[0].bytes.size() + 1;
  for (size_t i = 0; i < tail.size() && !tail[i].optional; ++i) {
    const bool same_run =
        i == probe_at_ + 1 && tail[i].bytes == tail[probe_at_].bytes;
    if (tail[i].bytes.count() >= fewest && !same_run) continue;
    fewest = tail[i].bytes.count();
    probe_ = uint64_t{2} << i;
    probe_at_ = i;
  }
}

ByteSet first_bytes(const std::vector<TailByte>& tail) {
  ByteSet bytes;
  for (const TailByte& byte : tail) {
    bytes |= byte.bytes;
    if (!byte.optional) break;
  }
  return bytes;
}

}  // namespace leaksift
