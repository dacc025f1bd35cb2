#include "core/hash.h"

#define XXH_INLINE_ALL
#include <sys/random.h>
#include <xxhash.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <chrono>
#include <cstring>

#include "core/line_hash.h"

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

// Unlike a seed it costs nothing to set up for each of many short texts.
struct Secret {
  std::array<unsigned char, XXH3_SECRET_DEFAULT_SIZE> bytes;
  Secret() { XXH3_generateSecret_fromSeed(bytes.data(), process_seed()); }
};

uint64_t hash_with_secret(const char* bytes, size_t size) {
  static const Secret kSecret;
  return XXH3_64bits_withSecret(bytes, size, kSecret.bytes.data(),
                                kSecret.bytes.size());
}

// Null if there is none. Most lines are too short for memchr() to pay: it takes
// twice as long.
const char* find_newline(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i newline = _mm_set1_epi8('\n');
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto mask = static_cast<unsigned>(
        _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, newline)));
    if (mask != 0) return at + std::countr_zero(mask);
  }
#endif
  return static_cast<const char*>(
      std::memchr(at, '\n', static_cast<size_t>(end - at)));
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

uint64_t local_hash(std::string_view bytes) {
  return hash_with_secret(bytes.data(), bytes.size());
}

uint64_t stable_hash(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

void hash_lines(std::string_view text, uint32_t begin, uint32_t end,
                std::vector<HashedLine>& lines) {
  const char* const data = text.data();
  while (begin < end) {
    uint32_t stop = end;
    if (end - begin > kMinLine) {
      const char* newline =
          find_newline(data + begin + kMinLine - 1, data + end);
      if (newline != nullptr) stop = static_cast<uint32_t>(newline - data) + 1;
    }
    uint64_t hash = kNoHash;
    if (stop - begin <= kMaxLine) {
      hash = hash_with_secret(data + begin, stop - begin);
    }
    lines.push_back({begin, stop, hash});
    begin = stop;
  }
}

}  // namespace leaksift
