#include "git/reftable.h"

#include "core/big_endian.h"
#include "core/file.h"
#include "core/text.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxTable = uint64_t{1} << 30;
constexpr size_t kBlockHeader = 4;  // type, length in three bytes

uint32_t read_be24(const char* from) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(from);
  return uint32_t{bytes[0]} << 16 | uint32_t{bytes[1]} << 8 | bytes[2];
}

// Reads the fields of records, never beyond its bytes.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

  // As in offset deltas: big-endian base 128, continuations add one.
  uint64_t varint() {
    uint64_t value = 0;
    for (int i = 0; i < 9; ++i) {
      const std::string_view byte = take(1);
      if (byte.empty()) return 0;
      const auto b = static_cast<unsigned char>(byte[0]);
      value = (i == 0 ? 0 : (value + 1) << 7) | (b & 0x7fU);
      if ((b & 0x80) == 0) return value;
    }
    ok_ = false;
    return 0;
  }

  std::string_view take(uint64_t size) {
    if (rest_.size() < size) {
      ok_ = false;
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// One ref record; its name continues that of the one before.
bool read_record(FieldReader& reader, HashKind hash, std::string& name,
                 RefMap& refs) {
  const uint64_t kept = reader.varint();
  const uint64_t suffix_and_type = reader.varint();
  const std::string_view suffix = reader.take(suffix_and_type >> 3);
  reader.varint();  // when it was written
  if (!reader.ok() || kept > name.size()) return false;
  name.resize(kept);
  name += suffix;

  RefValue value;
  switch (suffix_and_type & 7) {
    case 0:  // deleted
      break;
    case 1:
      value.id = ObjectId(reader.take(id_size(hash)));
      break;
    case 2:  // a tag, and what it peels to
      value.id = ObjectId(reader.take(id_size(hash)));
      reader.take(id_size(hash));
      break;
    case 3:
      value.target = std::string(reader.take(reader.varint()));
      break;
    default:
      return false;
  }
  if (!reader.ok()) return false;
  refs[name] = std::move(value);
  return true;
}

// The records of one block: what lies before its table of restarts.
bool read_block(std::string_view block, size_t header, HashKind hash,
                RefMap& refs) {
  if (block.size() < header + kBlockHeader + 2) return false;
  const auto* count_bytes =
      reinterpret_cast<const unsigned char*>(block.data() + block.size() - 2);
  const size_t restarts = size_t{count_bytes[0]} << 8 | count_bytes[1];
  const size_t trailer = 2 + restarts * 3;
  if (block.size() < header + kBlockHeader + trailer) return false;
  block.remove_suffix(trailer);
  FieldReader reader(block.substr(header + kBlockHeader));
  std::string name;
  while (!reader.at_end()) {
    if (!read_record(reader, hash, name, refs)) return false;
  }
  return true;
}

}  // namespace

Status read_reftable(std::string_view table, HashKind hash, RefMap& refs) {
  const bool known = table.size() >= 24 && table.starts_with("REFT");
  const char version = known ? table[4] : '\0';
  if (version != 1 && version != 2) return Error("not a reftable");
  const size_t header = version == 1 ? 24 : 28;
  const size_t footer = header + 44;
  if (table.size() < header + footer) return Error("reftable is cut off");
  const uint32_t block_size = read_be24(table.data() + 5);
  const std::string_view blocks = table.substr(0, table.size() - footer);

  for (size_t at = 0; at < blocks.size();) {
    const size_t skip = at == 0 ? header : 0;  // shares the first block
    if (blocks.size() - at < skip + kBlockHeader) break;
    if (blocks[at + skip] != 'r') break;  // refs come first
    const uint32_t length = read_be24(blocks.data() + at + skip + 1);
    if (length > blocks.size() - at ||
        !read_block(blocks.substr(at, length), skip, hash, refs)) {
      return Error("reftable has a damaged block at byte " +
                   std::to_string(at));
    }
    // Blocks are padded to their full size, unless the next one follows.
    const bool padded = length < block_size && at + length < blocks.size() &&
                        blocks[at + length] == '\0';
    at += padded ? block_size : length;
  }
  return Ok{};
}

Status read_reftable_stack(const std::string& folder, HashKind hash,
                           RefMap& refs) {
  const Result<std::string> list = read_file(folder + "/tables.list");
  if (!list) return list.error();
  for (const std::string_view name : split(*list, '\n')) {
    if (name.empty()) continue;
    // A table's name is a name, not a path.
    if (name.find('/') != std::string_view::npos) {
      return Error(folder + "/tables.list: bad name " + printable(name));
    }
    const std::string path = folder + "/" + std::string(name);
    const Result<std::string> table = read_file(path, kMaxTable);
    if (!table) return table.error();
    if (Status status = read_reftable(*table, hash, refs); !status) {
      return std::move(status).error().in(path);
    }
  }
  return Ok{};
}

}  // namespace leaksift
