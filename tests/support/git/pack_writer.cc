#include "support/git/pack_writer.h"

#include <algorithm>

#include "core/digest.h"

namespace leaksift {
namespace {

constexpr size_t kPackHeader = 12;

Digest digest_of(HashKind hash) {
  return Digest(hash == HashKind::kSha1 ? DigestKind::kSha1
                                        : DigestKind::kSha256);
}

uint32_t adler32(std::string_view bytes) {
  uint32_t a = 1, b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<uint8_t>(c)) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

// Little-endian base 128.
std::string size_varint(uint64_t size) {
  std::string bytes;
  for (; size >= 0x80; size >>= 7) {
    bytes += static_cast<char>((size & 0x7f) | 0x80);
  }
  return bytes + static_cast<char>(size);
}

}  // namespace

std::string big_endian(uint64_t value, size_t size) {
  std::string bytes;
  for (size_t i = size; i-- > 0;) {
    bytes += static_cast<char>(value >> (8 * i) & 0xff);
  }
  return bytes;
}

std::string offset_varint(uint64_t value) {
  std::string bytes(1, static_cast<char>(value & 0x7f));
  while ((value >>= 7) != 0) {
    --value;
    bytes.insert(bytes.begin(), static_cast<char>((value & 0x7f) | 0x80));
  }
  return bytes;
}

ObjectId id_of(ObjectType type, std::string_view bytes, HashKind hash) {
  Digest digest = digest_of(hash);
  digest.add(std::string(to_string(type)) + ' ' + std::to_string(bytes.size()) +
             '\0');
  digest.add(bytes);
  return ObjectId(digest.finish());
}

std::string zlib_stored(std::string_view bytes, size_t block_bytes) {
  std::string stream = "\x78\x01";
  const uint32_t check = adler32(bytes);
  do {
    const std::string_view block = bytes.substr(0, block_bytes);
    bytes.remove_prefix(block.size());
    const auto size = static_cast<uint16_t>(block.size());
    stream += bytes.empty() ? '\1' : '\0';
    for (const uint16_t value : {size, static_cast<uint16_t>(~size)}) {
      stream += static_cast<char>(value & 0xff);
      stream += static_cast<char>(value >> 8);
    }
    stream += block;
  } while (!bytes.empty());
  return stream + big_endian(check, 4);
}

std::string delta_header(uint64_t base_size, uint64_t result_size) {
  return size_varint(base_size) + size_varint(result_size);
}

std::string copy_op(uint32_t offset, uint32_t size) {
  unsigned op = 0x80;
  std::string operands;
  const uint32_t shown = size == 0x10000 ? 0 : size;
  for (unsigned i = 0; i < 7; ++i) {
    const uint32_t byte =
        (i < 4 ? offset >> 8 * i : shown >> 8 * (i - 4)) & 255;
    if (byte == 0) continue;
    op |= 1U << i;
    operands += static_cast<char>(byte);
  }
  return static_cast<char>(op) + operands;
}

std::string insert_op(std::string_view bytes) {
  return static_cast<char>(bytes.size()) + std::string(bytes);
}

std::string simple_delta(std::string_view base, std::string_view result) {
  const size_t most = std::min(base.size(), result.size());
  const auto differs =
      std::mismatch(base.begin(), base.begin() + most, result.begin());
  const auto same = static_cast<size_t>(differs.first - base.begin());
  std::string delta = delta_header(base.size(), result.size());
  for (size_t at = 0; at < same;) {
    const size_t size = std::min<size_t>(same - at, 0x10000);
    delta += copy_op(static_cast<uint32_t>(at), static_cast<uint32_t>(size));
    at += size;
  }
  for (size_t at = same; at < result.size(); at += 127) {
    delta += insert_op(result.substr(at, 127));
  }
  return delta;
}

std::string PackWriter::entry_header(unsigned type, uint64_t size) {
  std::string bytes;
  uint64_t byte = type << 4 | (size & 15);
  for (size >>= 4; size != 0; size >>= 7) {
    bytes += static_cast<char>(byte | 0x80);
    byte = size & 0x7f;
  }
  return bytes + static_cast<char>(byte);
}

uint64_t PackWriter::add_entry(const ObjectId& id, std::string_view header,
                               std::string_view content) {
  return add_bytes(id, std::string(header) + zlib_stored(content));
}

uint64_t PackWriter::add_bytes(const ObjectId& id, std::string_view bytes) {
  const uint64_t offset = kPackHeader + entries_.size();
  add_place(id, offset);
  entries_ += bytes;
  return offset;
}

uint64_t PackWriter::add(ObjectType type, std::string_view bytes) {
  return add_entry(id_of(type, bytes, hash_),
                   entry_header(static_cast<unsigned>(type), bytes.size()),
                   bytes);
}

uint64_t PackWriter::add_offset_delta(const ObjectId& id, uint64_t base,
                                      std::string_view delta) {
  const uint64_t distance = kPackHeader + entries_.size() - base;
  return add_entry(id, entry_header(6, delta.size()) + offset_varint(distance),
                   delta);
}

uint64_t PackWriter::add_id_delta(const ObjectId& id, const ObjectId& base,
                                  std::string_view delta) {
  return add_entry(
      id, entry_header(7, delta.size()) + std::string(base.raw(hash_)), delta);
}

std::string PackWriter::digest(std::string_view bytes) const {
  Digest digest = digest_of(hash_);
  digest.add(bytes);
  return digest.finish();
}

std::string PackWriter::pack() const {
  const std::string bytes =
      "PACK" + big_endian(2, 4) + big_endian(offsets_.size(), 4) + entries_;
  return bytes + digest(bytes);
}

std::string PackWriter::index() const {
  std::string fan_out, ids, checks, offsets;
  uint32_t count = 0;
  auto at = offsets_.begin();
  for (unsigned first = 0; first < 256; ++first) {
    for (; at != offsets_.end() &&
           static_cast<uint8_t>(at->first.raw(hash_)[0]) == first;
         ++at) {
      ids += at->first.raw(hash_);
      checks += big_endian(0, 4);  // of no interest to readers
      offsets += big_endian(at->second, 4);
      ++count;
    }
    fan_out += big_endian(count, 4);
  }
  const std::string its_pack = pack();
  const std::string bytes = "\377tOc" + big_endian(2, 4) + fan_out + ids +
                            checks + offsets +
                            its_pack.substr(its_pack.size() - id_size(hash_));
  return bytes + digest(bytes);
}

}  // namespace leaksift
