// Sets of numbers, each of which has a place in its set.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace leaksift {

// Numbers below a bound, and how many of them are below each. A bit and a half
// for each number up to the bound, in the set or not. Immutable once counted,
// and then safe to share between threads.
class RankedSet {
 public:
  explicit RankedSet(uint32_t bound = 0)
      : words_(size_t{bound} / kBits + 1), before_(words_.size()) {}

  // REQUIRES: number < bound
  void add(uint32_t number) { words_[number / kBits] |= bit(number); }
  // When all are added.
  void count() {
    for (size_t i = 0; i < words_.size(); ++i) {
      before_[i] = size_;
      size_ += static_cast<uint32_t>(std::popcount(words_[i]));
    }
  }

  // Of any number: what is over the bound is not in the set.
  bool contains(uint32_t number) const {
    return number / kBits < words_.size() &&
           (words_[number / kBits] & bit(number)) != 0;
  }
  // How many numbers of the set are less.
  // REQUIRES: number < bound
  uint32_t rank(uint32_t number) const {
    const uint64_t less = words_[number / kBits] & (bit(number) - 1);
    return before_[number / kBits] + static_cast<uint32_t>(std::popcount(less));
  }
  uint32_t size() const { return size_; }

  // The number of this rank: a search, for who does not ask often.
  // REQUIRES: rank < size()
  uint32_t at(uint32_t rank) const {
    const auto after = std::upper_bound(before_.begin(), before_.end(), rank);
    const auto word = static_cast<size_t>(after - before_.begin()) - 1;
    uint64_t bits = words_[word];
    for (uint32_t i = before_[word]; i < rank; ++i) bits &= bits - 1;
    return static_cast<uint32_t>(word) * kBits +
           static_cast<uint32_t>(std::countr_zero(bits));
  }
  // Calls `each` with every number, in order.
  template <typename Each>
  void for_each(const Each& each) const {
    for (size_t word = 0; word < words_.size(); ++word) {
      for (uint64_t bits = words_[word]; bits != 0; bits &= bits - 1) {
        each(static_cast<uint32_t>(word) * kBits +
             static_cast<uint32_t>(std::countr_zero(bits)));
      }
    }
  }

 private:
  static constexpr uint32_t kBits = 64;
  static uint64_t bit(uint32_t number) {
    return uint64_t{1} << (number % kBits);
  }

  std::vector<uint64_t> words_;
  std::vector<uint32_t> before_;  // by word
  uint32_t size_ = 0;
};

}  // namespace leaksift
