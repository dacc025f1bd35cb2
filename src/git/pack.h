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

  // A pack that begins at `offset` of a file, without an index: what there is
  // to be found in it is still to be set.
  static Result<Pack> open_unindexed(const std::string& path, uint64_t offset,
                                     HashKind kind);
  void set_index(PackIndex index) { index_ = std::move(index); }

  static constexpr uint64_t kHeaderSize = 12;  // "PACK", version, count

  HashKind hash_kind() const { return kind_; }
  // Objects, says its header.
  uint32_t claimed_count() const { return claimed_count_; }

  const std::string& path() const { return path_; }
  const PackIndex& index() const { return index_; }

  // The file without its trailing hash: entries end before this.
  std::string_view bytes() const { return bytes_; }

  // Takes what was read out of memory, until it is read again.
  void forget_pages() const { file_.forget_pages(); }

  // Is the trailing hash that of the rest? Reads the whole pack.
  bool checksum_holds() const;

  // The entry at `offset`; nothing if there cannot be one (outside of the
  // pack, cut off, unknown type, a base that does not come earlier, a size
  // that the bytes up to `end` cannot hold).
  std::optional<PackEntry> entry(uint64_t offset, uint64_t end) const;

  // Has the CPU fetch the beginning of an entry that is asked for soon. Entries
  // stand a kilobyte apart: waiting for their first bytes takes histories 7 %.
  void prefetch(uint64_t offset) const {
    constexpr uint64_t kLine = 64;
    if (bytes_.size() < kLine || offset > bytes_.size() - kLine) return;
    __builtin_prefetch(bytes_.data() + offset);
    __builtin_prefetch(bytes_.data() + offset + kLine - 1);
  }

  // The entry's zlib stream, up to `end`.
  std::string_view stream(const PackEntry& entry, uint64_t end) const {
    return bytes_.substr(entry.data, end - entry.data);
  }

 private:
  Pack(std::string path, HashKind kind, PackIndex index, MappedFile file)
      : path_(std::move(path)),
        kind_(kind),
        index_(std::move(index)),
        file_(std::move(file)) {}
  Status read_header(uint64_t offset);

  std::string path_;
  HashKind kind_;
  uint32_t claimed_count_ = 0;
  PackIndex index_;
  MappedFile file_;
  std::string_view bytes_;
};

}  // namespace leaksift
