#include "support/forged_pack.h"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/digest.h"
#include "support/catch.h"

namespace leaksift {
namespace {

std::string big_endian(uint64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text.push_back(static_cast<char>(value >> shift & 0xff));
  }
  return text;
}

std::string sha1(const std::string& bytes) {
  Digest digest(DigestKind::kSha1);
  digest.add(bytes);
  return digest.finish();
}

// As zlib, in one stored block.
std::string stored(const std::string& bytes) {
  if (bytes.size() >= 0x10000) FAIL("too large to be stored");
  const auto size = static_cast<uint16_t>(bytes.size());
  uint32_t a = 1;
  uint32_t b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  std::string out = "\x78\x01\x01";
  for (const unsigned word : {unsigned{size}, ~unsigned{size}}) {
    out.push_back(static_cast<char>(word & 0xff));
    out.push_back(static_cast<char>(word >> 8 & 0xff));
  }
  return out + bytes + big_endian(b, 2) + big_endian(a, 2);
}

uLong checksum(const std::string& bytes) {
  return ::adler32(1, reinterpret_cast<const Bytef*>(bytes.data()),
                   static_cast<uInt>(bytes.size()));
}

// Without zlib's header and checksum; after a full flush another such stream
// may follow.
std::string deflated(const std::string& bytes, int flush) {
  z_stream zlib{};
  constexpr int kNoHeader = -15;
  REQUIRE(::deflateInit2(&zlib, 9, Z_DEFLATED, kNoHeader, 8,
                         Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(::deflateBound(&zlib, bytes.size()) + 64, 0);
  zlib.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  zlib.avail_in = static_cast<uInt>(bytes.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  ::deflate(&zlib, flush);
  REQUIRE(zlib.avail_in == 0);
  out.resize(out.size() - zlib.avail_out);
  ::deflateEnd(&zlib);
  return out;
}

// Seven bits a byte, the lowest first.
std::string varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) {
    out.push_back(static_cast<char>(value | 0x80));
  }
  out.push_back(static_cast<char>(value));
  return out;
}

std::string entry_of(const ForgedObject& object) {
  const uint64_t rest = object.size >> 4;
  std::string out(1, static_cast<char>((rest > 0 ? 0x80U : 0U) |
                                       static_cast<unsigned>(object.type) << 4 |
                                       (object.size & 15)));
  if (rest > 0) out += varint(rest);
  out += from_hex(object.base);
  return out + (object.deflated ? object.payload : stored(object.payload));
}

struct Entry {
  std::string raw_id;
  uint64_t offset;
};

std::string index_of(std::vector<Entry> entries, const std::string& checksum) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.raw_id < b.raw_id; });
  std::string index = "\377tOc" + big_endian(2, 4);
  auto up_to = entries.begin();
  for (unsigned first = 0; first < 256; ++first) {
    up_to = std::find_if(up_to, entries.end(), [&](const Entry& entry) {
      return static_cast<unsigned char>(entry.raw_id[0]) > first;
    });
    index += big_endian(static_cast<uint64_t>(up_to - entries.begin()), 4);
  }
  for (const Entry& entry : entries) index += entry.raw_id;
  for (size_t i = 0; i < entries.size(); ++i) index += big_endian(0, 4);
  for (const Entry& entry : entries) index += big_endian(entry.offset, 4);
  index += checksum;
  return index + sha1(index);
}

void write(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes << std::flush;
  REQUIRE(file.good());
}

}  // namespace

ForgedObject forged_blob(const std::string& id, const std::string& content) {
  return {id, ForgedObject::kBlob, content.size(), {}, content, false};
}

ForgedObject forged_large_blob(const std::string& id, const std::string& block,
                               uint64_t count, const std::string& end) {
  const std::string first = deflated(block, Z_FULL_FLUSH);
  const uLong one = checksum(block);
  uLong all = 1;
  ForgedObject object = {id, ForgedObject::kBlob, 0, {}, "\x78\x01", true};
  for (uint64_t i = 0; i < count; ++i) {
    object.payload += first;
    all = ::adler32_combine(all, one, static_cast<z_off_t>(block.size()));
  }
  object.payload += deflated(end, Z_FINISH);
  all = ::adler32_combine(all, checksum(end), static_cast<z_off_t>(end.size()));
  object.payload += big_endian(all, 4);
  object.size = count * block.size() + end.size();
  return object;
}

ForgedObject forged_delta(const std::string& id, const std::string& base,
                          uint64_t base_size, uint64_t result_size,
                          const std::string& instructions) {
  const std::string payload =
      varint(base_size) + varint(result_size) + instructions;
  return {id, ForgedObject::kRefDelta, payload.size(), base, payload, false};
}

void write_forged_pack(const std::string& folder,
                       const std::vector<ForgedObject>& objects) {
  std::string pack = "PACK" + big_endian(2, 4) + big_endian(objects.size(), 4);
  std::vector<Entry> entries;
  for (const ForgedObject& object : objects) {
    entries.push_back({from_hex(object.id), pack.size()});
    pack += entry_of(object);
  }
  const std::string checksum = sha1(pack);
  std::filesystem::create_directories(folder);
  write(folder + "/pack-forged.pack", pack + checksum);
  write(folder + "/pack-forged.idx", index_of(entries, checksum));
}

}  // namespace leaksift
