// One pack file: its entries, and inflating them (gitformat-pack).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/file.h"
#include "git/inflate.h"
#include "git/object_id.h"
#include "git/pack_index.h"
#include "leaksift/result.h"

namespace leaksift {

// The header of a pack entry.
struct PackEntry {
  enum class Kind : uint8_t { kWhole, kOffsetDelta, kIdDelta };

  Kind kind = Kind::kWhole;
  ObjectType type = ObjectType::kNone;  // of a whole object
  uint64_t size = 0;         // inflated: of the object, or of the delta
  uint64_t data = 0;         // where in the pack the zlib stream begins
  uint64_t base_offset = 0;  // kOffsetDelta
  ObjectId base_id;          // kIdDelta
};

// A pack and its index. Immutable and safe to share between threads.
class Pack {
 public:
  // `stem` is the path without ".pack" and ".idx".
  static Result<Pack> open(const std::string& stem, HashKind kind);

  const std::string& path() const { return path_; }
  const PackIndex& index() const { return index_; }

  // The file without its trailing hash: entries end before this.
  std::string_view bytes() const { return bytes_; }

  // The entry at `offset`; nothing if there cannot be one (outside of the
  // pack, cut off, unknown type, a base that does not come earlier, a size
  // that the bytes up to `end` cannot hold).
  std::optional<PackEntry> entry(uint64_t offset, uint64_t end) const;

  // The entry's zlib stream, up to `end`.
  std::string_view stream(const PackEntry& entry, uint64_t end) const {
    return bytes_.substr(entry.data, end - entry.data);
  }

 private:
  Pack(std::string path, PackIndex index, MappedFile file)
      : path_(std::move(path)),
        index_(std::move(index)),
        file_(std::move(file)) {}

  std::string path_;
  PackIndex index_;
  MappedFile file_;
  std::string_view bytes_;
};

}  // namespace leaksift
