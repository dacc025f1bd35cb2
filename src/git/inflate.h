// zlib streams: the door to libdeflate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace leaksift {

// What inflate() may write behind the end of what it makes: with room for the
// longest match the decoder need not look where it writes, all the way to the
// end (small streams take a tenth less CPU).
inline constexpr size_t kInflateSlack = 320;

// Inflates zlib streams (RFC 1950), checking their Adler-32. Not thread-safe:
// each thread has its own.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  // Inflates the stream at the front of `input` into exactly `size` bytes at
  // `out`. Returns the bytes of input taken; nothing if the stream is damaged
  // or of another size.
  // REQUIRES: kInflateSlack writable bytes behind `size`.
  std::optional<size_t> inflate(std::string_view input, char* out, size_t size);

  // The same for a stream of unknown size, at most `max_size`.
  std::optional<std::string> inflate_all(std::string_view input,
                                         size_t max_size);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// No deflate stream of `compressed` bytes can inflate to more than this: a
// larger declared size is a lie. (RFC 1951: 258 bytes from two bits at best.)
inline constexpr uint64_t max_inflated_size(uint64_t compressed) {
  return compressed * 1032 + 64;
}

}  // namespace leaksift
