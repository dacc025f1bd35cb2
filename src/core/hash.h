// Content hashing with xxHash, for finding equal contents.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace leaksift {

struct Hash128 {
  uint64_t high = 0;
  uint64_t low = 0;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

struct Hash128Hasher {
  size_t operator()(const Hash128& h) const { return h.low; }
};

// XXH3-128 keyed with a seed drawn afresh for each process. XXH3 is not
// collision resistant against somebody who knows the seed: with a secret one,
// a hostile tree cannot hold a file that passes for another and goes unread.
// The hashes therefore mean nothing outside this process.
Hash128 content_hash(std::string_view bytes);

// The same hash over bytes that come in pieces. Not thread-safe.
class ContentHasher {
 public:
  ContentHasher();
  ~ContentHasher();
  ContentHasher(ContentHasher&&) noexcept;
  ContentHasher& operator=(ContentHasher&&) noexcept;

  void add(std::string_view bytes);
  Hash128 finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// XXH3-64 with a secret drawn afresh for each process: that two different texts
// share a hash is a matter of chance, 1 in 2^64, whoever wrote them.
uint64_t local_hash(std::string_view bytes);

// XXH3-64 with a fixed seed: the same on every machine and in every version,
// so it may key caches. Not for hostile input.
uint64_t stable_hash(std::string_view bytes);

}  // namespace leaksift
