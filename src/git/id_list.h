// Many object ids, each in as many bytes as it has.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "git/object_id.h"

namespace leaksift {

// Grows block by block: nothing is moved, and hardly more room is taken than
// the ids have. Immutable once filled, and then safe to share between threads.
class IdList {
 public:
  explicit IdList(HashKind hash) : id_size_(id_size(hash)) {}

  // REQUIRES: raw_id.size() == id_size() of the hash
  void add(std::string_view raw_id) {
    if (size_ % kPerBlock == 0) blocks_.emplace_back().reserve(block_bytes());
    blocks_.back() += raw_id;
    ++size_;
  }
  std::string_view operator[](size_t i) const {
    return std::string_view(blocks_[i / kPerBlock])
        .substr(i % kPerBlock * id_size_, id_size_);
  }
  size_t size() const { return size_; }

 private:
  static constexpr size_t kPerBlock = 1024;
  size_t block_bytes() const { return kPerBlock * id_size_; }

  size_t id_size_;
  size_t size_ = 0;
  std::vector<std::string> blocks_;
};

}  // namespace leaksift
