#include "core/hash.h"

#define XXH_INLINE_ALL
#include <sys/random.h>
#include <xxhash.h>

#include <chrono>

namespace leaksift {
namespace {

uint64_t draw_seed() {
  uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == sizeof seed) return seed;
  return static_cast<uint64_t>(
      std::chrono::steady_clock::now().time_since_epoch().count());
}

uint64_t process_seed() {
  static const uint64_t kSeed = draw_seed();
  return kSeed;
}

Hash128 convert(XXH128_hash_t h) {
  return {h.high64, h.low64};
}

}  // namespace

Hash128 content_hash(std::string_view bytes) {
  return convert(
      XXH3_128bits_withSeed(bytes.data(), bytes.size(), process_seed()));
}

struct ContentHasher::State {
  XXH3_state_t xxh;
};

ContentHasher::ContentHasher() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset_withSeed(&state_->xxh, process_seed());
}
ContentHasher::~ContentHasher() = default;
ContentHasher::ContentHasher(ContentHasher&&) noexcept = default;
ContentHasher& ContentHasher::operator=(ContentHasher&&) noexcept = default;

void ContentHasher::add(std::string_view bytes) {
  XXH3_128bits_update(&state_->xxh, bytes.data(), bytes.size());
}

Hash128 ContentHasher::finish() const {
  return convert(XXH3_128bits_digest(&state_->xxh));
}

uint64_t stable_hash(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace leaksift
