// Memory for decoded objects, used over and over.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/file.h"

namespace leaksift {

class BufferPool;

// Bytes that several owners share; when the last one lets go, the memory goes
// back to the pool of the thread that does. Sharing across threads is safe,
// writing while it is shared is not.
class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer& other) : block_(other.block_) { acquire(); }
  Buffer(Buffer&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)) {}
  Buffer& operator=(Buffer other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Buffer();

  // A file of which this is the content, to be read only. kDeltaSlack bytes of
  // it stand behind the buffer's end.
  explicit Buffer(MappedFile file);

  char* data() const { return block_->data; }
  bool is_file() const { return block_->bytes == nullptr; }
  // Lets go of the memory of a file, until it is read again.
  void forget_pages() const;
  explicit operator bool() const { return block_ != nullptr; }

 private:
  friend class BufferPool;
  struct Block {
    char* data = nullptr;  // of one of these two
    std::unique_ptr<char[]> bytes;
    MappedFile file;
    size_t capacity = 0;
    std::atomic<uint32_t> owners{1};
  };
  explicit Buffer(Block* block) : block_(block) {}
  void acquire() const {
    if (block_ != nullptr) {
      block_->owners.fetch_add(1, std::memory_order_relaxed);
    }
  }

  Block* block_ = nullptr;
};

// Keeps the memory of buffers that were let go. Not thread-safe: each thread
// has its own.
class BufferPool {
 public:
  explicit BufferPool(size_t max_kept_bytes) : max_kept_(max_kept_bytes) {}
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // Room for `size` bytes and, behind them, for the slack of inflating and of
  // applying deltas, not initialised.
  Buffer get(size_t size);

  // Lets go of `buffer`, keeping its memory if this was the last owner.
  void put(Buffer buffer);

 private:
  std::vector<Buffer::Block*> free_;  // by capacity, ascending
  size_t kept_ = 0;
  size_t max_kept_;
};

}  // namespace leaksift
