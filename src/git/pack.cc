#include "git/pack.h"

#include <algorithm>
#include <cstring>

#include "core/big_endian.h"
#include "git/object_hash.h"

namespace leaksift {
namespace {

constexpr uint8_t kOffsetDeltaType = 6;
constexpr uint8_t kIdDeltaType = 7;

// Reads bytes of an entry's header, never beyond `end`.
class HeaderReader {
 public:
  HeaderReader(std::string_view bytes, uint64_t at, uint64_t end)
      : bytes_(bytes), at_(at), end_(end) {}

  bool ok() const { return ok_; }
  uint64_t at() const { return at_; }

  uint8_t byte() {
    if (at_ >= end_) {
      ok_ = false;
      return 0;
    }
    return static_cast<uint8_t>(bytes_[at_++]);
  }

  std::string_view take(size_t size) {
    if (end_ - at_ < size) {
      ok_ = false;
      return {};
    }
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }

  void fail() { ok_ = false; }

 private:
  std::string_view bytes_;
  uint64_t at_;
  uint64_t end_;
  bool ok_ = true;
};

// Distance back to the base: big-endian base 128, each continuation adds one.
uint64_t read_distance(HeaderReader& reader) {
  uint8_t byte = reader.byte();
  uint64_t distance = byte & 0x7fU;
  while (reader.ok() && (byte & 0x80) != 0) {
    if (distance >> 55 != 0) reader.fail();
    byte = reader.byte();
    distance = ((distance + 1) << 7) | (byte & 0x7fU);
  }
  return distance;
}

}  // namespace

Result<Pack> Pack::open(const std::string& stem, HashKind kind) {
  Result<PackIndex> index = PackIndex::open(stem + ".idx", kind);
  if (!index) return std::move(index).error();
  const std::string path = stem + ".pack";
  Result<MappedFile> file = MappedFile::open(path);
  if (!file) return std::move(file).error();

  Pack pack(path, kind, *std::move(index), *std::move(file));
  if (Status read = pack.read_header(0); !read) return std::move(read).error();
  if (pack.claimed_count_ != pack.index_.count()) {
    return Error(path + ": has " + std::to_string(pack.claimed_count_) +
                 " objects, its index " + std::to_string(pack.index_.count()) +
                 "; run git index-pack on it");
  }
  return pack;
}

Result<Pack> Pack::open_unindexed(const std::string& path, uint64_t offset,
                                  HashKind kind) {
  Result<MappedFile> file = MappedFile::open(path);
  if (!file) return std::move(file).error();
  Pack pack(path, kind, PackIndex::of({}, kind), *std::move(file));
  if (Status read = pack.read_header(offset); !read) {
    return std::move(read).error();
  }
  return pack;
}

Status Pack::read_header(uint64_t offset) {
  const std::string_view all = file_.bytes();
  const std::string_view bytes =
      all.substr(std::min<uint64_t>(offset, all.size()));
  if (bytes.size() < kHeaderSize + id_size(kind_) ||
      !bytes.starts_with("PACK")) {
    return Error(path_ + ": not a pack file");
  }
  const uint32_t version = read_be32(bytes.data() + 4);
  if (version != 2 && version != 3) {
    return Error(path_ + ": pack version " + std::to_string(version) +
                 " is not known");
  }
  claimed_count_ = read_be32(bytes.data() + 8);
  bytes_ = bytes.substr(0, bytes.size() - id_size(kind_));
  return Ok{};
}

bool Pack::checksum_holds() const {
  Digest digest(digest_kind(kind_));
  digest.add(bytes_);
  return file_.bytes().ends_with(digest.finish());
}

std::optional<PackEntry> Pack::entry(uint64_t offset, uint64_t end) const {
  if (offset < kHeaderSize || end > bytes_.size() || offset >= end) {
    return std::nullopt;
  }
  HeaderReader reader(bytes_, offset, end);
  uint8_t byte = reader.byte();
  const uint8_t type = byte >> 4 & 7U;
  PackEntry entry;
  entry.size = byte & 15U;
  for (unsigned shift = 4; (byte & 0x80) != 0 && reader.ok(); shift += 7) {
    if (shift > 57) return std::nullopt;
    byte = reader.byte();
    entry.size |= uint64_t{byte & 0x7fU} << shift;
  }
  if (type == kOffsetDeltaType) {
    entry.kind = PackEntry::Kind::kOffsetDelta;
    const uint64_t distance = read_distance(reader);
    if (distance == 0 || distance > offset) return std::nullopt;
    entry.base_offset = offset - distance;
  } else if (type == kIdDeltaType) {
    entry.kind = PackEntry::Kind::kIdDelta;
    entry.base_id = ObjectId(reader.take(id_size(kind_)));
  } else if (type >= 1 && type <= 4) {
    entry.type = static_cast<ObjectType>(type);
  } else {
    return std::nullopt;
  }
  entry.data = reader.at();
  if (!reader.ok() || entry.size > max_inflated_size(end - entry.data)) {
    return std::nullopt;
  }
  return entry;
}

}  // namespace leaksift
