#include "review/byte_search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <utility>

namespace leaksift {
namespace {

constexpr size_t kKeyBytes = ByteSearch::kMinBytes;
constexpr uint64_t kSlotsPerString = 32;
constexpr uint64_t kMinSlots = uint64_t{1} << 16;

}  // namespace

// Six bytes copied into eight would be read before they are all written.
uint64_t ByteSearch::key_of_eight(const char* bytes) {
  static_assert(std::endian::native == std::endian::little);
  uint64_t key = 0;
  std::memcpy(&key, bytes, sizeof key);
  return key & ((uint64_t{1} << (8 * kKeyBytes)) - 1);
}

uint64_t ByteSearch::key_of(std::string_view bytes) {
  std::array<char, sizeof(uint64_t)> eight{};
  std::memcpy(eight.data(), bytes.data(), kKeyBytes);
  return key_of_eight(eight.data());
}

ByteSearch::ByteSearch(std::vector<std::string> strings)
    : strings_(std::move(strings)) {
  const uint64_t slots =
      std::bit_ceil(std::max(strings_.size() * kSlotsPerString, kMinSlots));
  filter_.resize(slots / 64);
  shift_ = 64 - std::countr_zero(slots);
  by_bytes_.reserve(strings_.size());
  for (uint32_t i = 0; i < strings_.size(); ++i) {
    // From the middle: secrets of a kind begin alike, and so do keys in PEM.
    const std::string& bytes = strings_[i];
    assert(bytes.size() >= kMinBytes);
    const size_t before = (bytes.size() - kKeyBytes) / 2;
    const uint64_t key = key_of(std::string_view(bytes).substr(before));
    const uint64_t slot = slot_of(key);
    filter_[slot >> 6] |= uint64_t{1} << (slot & 63);
    std::vector<Shape>& shapes = shapes_[key];
    const Shape shape = {static_cast<uint32_t>(before),
                         static_cast<uint32_t>(bytes.size())};
    if (std::find(shapes.begin(), shapes.end(), shape) == shapes.end()) {
      shapes.push_back(shape);
    }
    by_bytes_.emplace(bytes, i);
  }
}

ByteSearcher::ByteSearcher(const ByteSearch& search)
    : search_(search), found_in_(search.strings().size()) {}

void ByteSearcher::find(std::string_view text, size_t min_bytes,
                        const std::function<void(uint32_t)>& each) {
  ++text_number_;
  size_t at = 0;
  for (; at + sizeof(uint64_t) <= text.size(); ++at) {
    const uint64_t key = ByteSearch::key_of_eight(text.data() + at);
    if (search_.may_be_key(key)) find_around(text, at, min_bytes, each);
  }
  for (; at + kKeyBytes <= text.size(); ++at) {
    find_around(text, at, min_bytes, each);
  }
}

void ByteSearcher::find_around(std::string_view text, size_t at,
                               size_t min_bytes,
                               const std::function<void(uint32_t)>& each) {
  const auto shapes = search_.shapes_.find(ByteSearch::key_of(text.substr(at)));
  if (shapes == search_.shapes_.end()) return;
  for (const ByteSearch::Shape& shape : shapes->second) {
    if (shape.size < min_bytes || shape.before > at ||
        text.size() - (at - shape.before) < shape.size) {
      continue;
    }
    const auto [begin, end] = search_.by_bytes_.equal_range(
        text.substr(at - shape.before, shape.size));
    for (auto it = begin; it != end; ++it) {
      if (std::exchange(found_in_[it->second], text_number_) == text_number_) {
        continue;
      }
      each(it->second);
    }
  }
}

}  // namespace leaksift
