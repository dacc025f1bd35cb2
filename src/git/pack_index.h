// A pack's index: which objects it holds and where (gitformat-pack, versions 1
// and 2, SHA-1 and SHA-256).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "git/object_id.h"
#include "leaksift/result.h"

namespace leaksift {

// Mapped, not copied: 0 bytes of memory per object. Immutable and safe to
// share between threads. Positions count objects in the order of their ids.
class PackIndex {
 public:
  // Fails on a file that is no index, is cut off, or whose fan-out table does
  // not ascend to its count. Ids and offsets are checked where they are used.
  static Result<PackIndex> open(const std::string& path, HashKind kind);

  // One of objects that a pack was found to hold. Of an id that comes twice the
  // first place counts.
  struct Place {
    ObjectId id;
    uint64_t offset = 0;
  };
  static PackIndex of(std::vector<Place> places, HashKind kind);

  uint32_t count() const { return count_; }

  // REQUIRES: position < count()
  std::string_view raw_id(uint32_t position) const {
    return {ids_ + uint64_t{position} * id_stride_, id_size_};
  }
  // Bytes from one id to the next.
  size_t id_stride() const { return id_stride_; }
  ObjectId id(uint32_t position) const { return ObjectId(raw_id(position)); }
  uint64_t offset(uint32_t position) const;

  std::optional<uint32_t> find(std::string_view raw_id) const;

  HashKind hash_kind() const { return kind_; }

 private:
  PackIndex() = default;
  Status read(std::string_view bytes, HashKind kind);
  Status read_version1(std::string_view bytes);
  Status read_version2(std::string_view bytes);
  Status read_fan_out();

  MappedFile file_;
  std::unique_ptr<const std::string> built_;  // in place of a file
  HashKind kind_ = HashKind::kSha1;
  size_t id_size_ = 0;
  size_t id_stride_ = 0;
  uint32_t count_ = 0;
  const char* fan_out_ = nullptr;
  const char* ids_ = nullptr;
  const char* offsets_ = nullptr;  // four bytes each, offset_stride_ apart
  size_t offset_stride_ = 0;
  const char* large_offsets_ = nullptr;  // version 2: eight bytes each
  uint64_t large_count_ = 0;
};

}  // namespace leaksift
