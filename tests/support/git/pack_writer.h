// Packs and their indexes by hand: for what git itself would never write.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "git/object_id.h"
#include "support/temp_dir.h"

namespace leaksift {

std::string big_endian(uint64_t value, size_t size);

// Big-endian base 128, where each continuation adds one.
std::string offset_varint(uint64_t value);

// The hash that git gives the object.
ObjectId id_of(ObjectType type, std::string_view bytes,
               HashKind hash = HashKind::kSha1);

// A zlib stream that holds `bytes` as they are, in blocks of so many.
std::string zlib_stored(std::string_view bytes, size_t block_bytes = 0xffff);

// A delta: its two sizes, then operations.
std::string delta_header(uint64_t base_size, uint64_t result_size);
std::string copy_op(uint32_t offset, uint32_t size);
std::string insert_op(std::string_view bytes);
// Makes `result` out of `base` by what both begin with, then all the rest.
std::string simple_delta(std::string_view base, std::string_view result);

// One pack with its index of version 2. Objects get whatever id they are added
// with, right or wrong.
class PackWriter {
 public:
  explicit PackWriter(HashKind hash = HashKind::kSha1) : hash_(hash) {}

  // All return the entry's offset.
  uint64_t add(ObjectType type, std::string_view bytes);
  uint64_t add_offset_delta(const ObjectId& id, uint64_t base,
                            std::string_view delta);
  uint64_t add_id_delta(const ObjectId& id, const ObjectId& base,
                        std::string_view delta);
  // `header`: all before the zlib stream of `content`.
  uint64_t add_entry(const ObjectId& id, std::string_view header,
                     std::string_view content);
  // Bytes that need not be an entry, where one should be.
  uint64_t add_bytes(const ObjectId& id, std::string_view bytes);
  // An object that the index has at `offset`, whatever is there.
  void add_place(const ObjectId& id, uint64_t offset) {
    offsets_.emplace(id, offset);
  }

  uint32_t count() const { return static_cast<uint32_t>(offsets_.size()); }

  // The type, 0 to 7, and size at the front of an entry.
  static std::string entry_header(unsigned type, uint64_t size);

  std::string pack() const;
  std::string index() const;

  // As `stem`.pack and `stem`.idx.
  void write(const TempDir& dir, const std::string& stem) const {
    dir.write(stem + ".pack", pack());
    dir.write(stem + ".idx", index());
  }

 private:
  std::string digest(std::string_view bytes) const;

  HashKind hash_;
  std::string entries_;
  std::multimap<ObjectId, uint64_t> offsets_;
};

}  // namespace leaksift
