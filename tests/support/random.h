// Random numbers for property tests: seeded, and the same on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leaksift {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // 0 to limit - 1. REQUIRES: limit > 0
  uint64_t below(uint64_t limit) { return engine_() % limit; }
  uint64_t between(uint64_t first, uint64_t last) {
    return first + below(last - first + 1);
  }
  bool one_in(uint64_t count) { return below(count) == 0; }

  template <typename List>
  const auto& pick(const List& list) {
    return list[below(list.size())];
  }

  std::string text(size_t size, std::string_view alphabet) {
    std::string out;
    while (out.size() < size) out += pick(alphabet);
    return out;
  }

  std::string bytes(size_t size) {
    std::string out;
    while (out.size() < size) out += static_cast<char>(below(256));
    return out;
  }

  template <typename T>
  void shuffle(std::vector<T>& list) {
    for (size_t i = list.size(); i > 1; --i) {
      std::swap(list[i - 1], list[below(i)]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace leaksift
