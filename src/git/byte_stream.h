// Objects that are too large to be held: their bytes one after another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "git/buffer.h"
#include "git/delta.h"

namespace leaksift {

// Not thread-safe.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Reads up to `size` bytes, fewer only at the end; nothing where the stream
  // is damaged, and from then on.
  virtual std::optional<size_t> read(char* out, size_t size) = 0;
};

// Calls take(std::string_view) with all bytes that are still to come, block by
// block. False if the stream is damaged.
template <typename Take>
bool drain(ByteStream& bytes, Take take) {
  constexpr size_t kBlock = size_t{1} << 16;
  const auto block = std::make_unique_for_overwrite<char[]>(kBlock);
  for (;;) {
    const std::optional<size_t> count = bytes.read(block.get(), kBlock);
    if (!count) return false;
    take(std::string_view(block.get(), *count));
    if (*count < kBlock) return true;
  }
}

// What a buffer holds. A file's pages are let go once they were read.
class BufferStream : public ByteStream {
 public:
  BufferStream(Buffer buffer, uint64_t size)
      : buffer_(std::move(buffer)), size_(size) {}
  std::optional<size_t> read(char* out, size_t size) override;

 private:
  Buffer buffer_;
  uint64_t size_;
  uint64_t at_ = 0;
};

// A zlib stream that inflates to exactly `size` bytes: the door to zlib, which,
// other than libdeflate, inflates piece by piece. A third as fast.
class InflateStream : public ByteStream {
 public:
  // `input` may go on behind the stream's end.
  InflateStream(std::string_view input, uint64_t size);
  ~InflateStream() override;
  InflateStream(InflateStream&&) noexcept;
  std::optional<size_t> read(char* out, size_t size) override;

  // Bytes of `input` that were taken so far.
  size_t taken() const;

 private:
  bool finish();

  struct Impl;
  std::unique_ptr<Impl> impl_;
  uint64_t left_;  // still to be inflated
  bool damaged_ = false;
  bool at_end_ = false;
};

// The first `size` bytes, or what there is, of the zlib stream in `input`.
std::string inflate_head(std::string_view input, size_t size);

// What a delta makes out of its base.
class DeltaStream : public ByteStream {
 public:
  // `delta`: its bytes, sizes and all; it must outlive the stream.
  DeltaStream(Buffer base, uint64_t base_size, ByteStream& delta);
  std::optional<size_t> read(char* out, size_t size) override;

  // Nothing if the delta's header is damaged.
  const std::optional<DeltaSizes>& sizes() const { return sizes_; }

 private:
  bool refill();
  bool next_operation();
  void let_go_of_base(uint64_t touched);

  Buffer base_;
  uint64_t base_size_;
  ByteStream& delta_;
  std::optional<DeltaSizes> sizes_;
  std::array<char, size_t{1} << 15> buffer_;
  std::string_view ahead_;  // of the delta, in buffer_
  bool damaged_ = false;
  uint64_t left_ = 0;  // of the result
  // The operation at hand: what of it is still to come.
  uint64_t copy_from_ = 0;
  uint64_t copy_left_ = 0;
  size_t insert_left_ = 0;
  uint64_t touched_ = 0;  // of the base, since its pages were last let go
};

}  // namespace leaksift
