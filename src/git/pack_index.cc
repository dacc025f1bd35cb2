#include "git/pack_index.h"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

#include "core/big_endian.h"
#include "git/fan_out.h"

namespace leaksift {
namespace {

constexpr std::string_view kMagic2("\377tOc\0\0\0\2", 8);
constexpr uint32_t kLargeFlag = 0x80000000;

void append_be32(std::string& text, uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    text.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

}  // namespace

Result<PackIndex> PackIndex::open(const std::string& path, HashKind kind) {
  Result<MappedFile> file = MappedFile::open(path);
  if (!file) return std::move(file).error();
  PackIndex index;
  index.file_ = *std::move(file);
  if (Status read = index.read(index.file_.bytes(), kind); !read) {
    return std::move(read).error().in(path);
  }
  return index;
}

Status PackIndex::read(std::string_view bytes, HashKind kind) {
  kind_ = kind;
  id_size_ = id_size(kind);
  return bytes.starts_with(kMagic2.substr(0, 4)) ? read_version2(bytes)
                                                 : read_version1(bytes);
}

// As git would write it, but for the checksums, which nobody looks at.
PackIndex PackIndex::of(std::vector<Place> places, HashKind kind) {
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.id, a.offset) < std::tie(b.id, b.offset);
  });
  const auto twice =
      std::unique(places.begin(), places.end(),
                  [](const Place& a, const Place& b) { return a.id == b.id; });
  places.erase(twice, places.end());
  std::string text(kMagic2);
  std::string large;
  auto next = places.begin();
  for (unsigned first_byte = 0; first_byte < 256; ++first_byte) {
    while (next != places.end() &&
           static_cast<uint8_t>(next->id.raw(kind)[0]) <= first_byte) {
      ++next;
    }
    append_be32(text, static_cast<uint32_t>(next - places.begin()));
  }
  for (const Place& place : places) text += place.id.raw(kind);
  text.append(places.size() * 4, 0);
  for (const Place& place : places) {
    if (place.offset < kLargeFlag) {
      append_be32(text, static_cast<uint32_t>(place.offset));
      continue;
    }
    append_be32(text, kLargeFlag | static_cast<uint32_t>(large.size() / 8));
    append_be32(large, static_cast<uint32_t>(place.offset >> 32));
    append_be32(large, static_cast<uint32_t>(place.offset));
  }
  text += large;
  text.append(2 * id_size(kind), 0);
  PackIndex index;
  index.built_ = std::make_unique<const std::string>(std::move(text));
  const Status read = index.read(*index.built_, kind);
  assert(read);
  static_cast<void>(read);
  return index;
}

// Fan-out, then entries of offset and id, then two hashes.
Status PackIndex::read_version1(std::string_view bytes) {
  const size_t trailer = 2 * id_size_;
  if (bytes.size() < kFanOutSize + trailer) return Error("index is cut off");
  fan_out_ = bytes.data();
  if (Status fan_out = read_fan_out(); !fan_out) return fan_out;
  id_stride_ = offset_stride_ = 4 + id_size_;
  if (bytes.size() < kFanOutSize + uint64_t{count_} * id_stride_ + trailer) {
    return Error("index is cut off");
  }
  offsets_ = bytes.data() + kFanOutSize;
  ids_ = offsets_ + 4;
  return Ok{};
}

// Magic and version, fan-out, ids, CRCs, offsets, large offsets, two hashes.
Status PackIndex::read_version2(std::string_view bytes) {
  if (!bytes.starts_with(kMagic2)) {
    return Error("index is neither of version 1 nor 2");
  }
  const size_t trailer = 2 * id_size_;
  const size_t header = kMagic2.size() + kFanOutSize;
  if (bytes.size() < header + trailer) return Error("index is cut off");
  fan_out_ = bytes.data() + kMagic2.size();
  if (Status fan_out = read_fan_out(); !fan_out) return fan_out;
  const uint64_t fixed = header + uint64_t{count_} * (id_size_ + 4 + 4);
  if (bytes.size() < fixed + trailer) return Error("index is cut off");
  id_stride_ = id_size_;
  offset_stride_ = 4;
  ids_ = bytes.data() + header;
  offsets_ = ids_ + uint64_t{count_} * (id_size_ + 4);
  large_offsets_ = bytes.data() + fixed;
  large_count_ = (bytes.size() - fixed - trailer) / 8;
  return Ok{};
}

Status PackIndex::read_fan_out() {
  const std::optional<uint32_t> count = fan_out_count(fan_out_);
  if (!count) return Error("index has a fan-out that descends");
  count_ = *count;
  return Ok{};
}

uint64_t PackIndex::offset(uint32_t position) const {
  const uint32_t value =
      read_be32(offsets_ + uint64_t{position} * offset_stride_);
  if (large_offsets_ == nullptr || (value & kLargeFlag) == 0) return value;
  const uint32_t large = value & ~kLargeFlag;
  // Beyond any pack, so that whoever looks there reports it.
  if (large >= large_count_) return ~uint64_t{0};
  return read_be64(large_offsets_ + uint64_t{large} * 8);
}

std::optional<uint32_t> PackIndex::find(std::string_view raw_id) const {
  return find_by_fan_out(fan_out_, ids_, id_stride_,
                         raw_id.substr(0, id_size_));
}

}  // namespace leaksift
