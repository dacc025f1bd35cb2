#include "git/buffer.h"

#include <algorithm>
#include <bit>

#include "git/delta.h"
#include "git/inflate.h"

namespace leaksift {

Buffer::Buffer(MappedFile file) : block_(new Block) {
  block_->data = const_cast<char*>(file.bytes().data());
  block_->file = std::move(file);
}

void Buffer::forget_pages() const {
  if (is_file()) block_->file.forget_pages();
}

Buffer::~Buffer() {
  if (block_ != nullptr &&
      block_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete block_;
  }
}

BufferPool::~BufferPool() {
  for (Buffer::Block* block : free_) delete block;
}

Buffer BufferPool::get(size_t size) {
  const size_t needed = size + std::max(kInflateSlack, kDeltaSlack);
  const auto fits = std::lower_bound(
      free_.begin(), free_.end(), needed,
      [](const Buffer::Block* block, size_t n) { return block->capacity < n; });
  if (fits != free_.end()) {
    Buffer::Block* block = *fits;
    free_.erase(fits);
    kept_ -= block->capacity;
    block->owners.store(1, std::memory_order_relaxed);
    return Buffer(block);
  }
  // Steps of an eighth of a power of two: a chain of growing versions does not
  // allocate for each of them.
  const size_t step = std::max<size_t>(std::bit_ceil(needed) / 8, 4096);
  auto block = std::make_unique<Buffer::Block>();
  block->capacity = (needed + step - 1) / step * step;
  block->bytes.reset(new char[block->capacity]);
  block->data = block->bytes.get();
  return Buffer(block.release());
}

void BufferPool::put(Buffer buffer) {
  Buffer::Block* block = std::exchange(buffer.block_, nullptr);
  if (block == nullptr ||
      block->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) {
    return;
  }
  if (block->bytes == nullptr || kept_ + block->capacity > max_kept_) {
    delete block;
    return;
  }
  kept_ += block->capacity;
  free_.insert(std::lower_bound(free_.begin(), free_.end(), block->capacity,
                                [](const Buffer::Block* b, size_t n) {
                                  return b->capacity < n;
                                }),
               block);
}

}  // namespace leaksift
