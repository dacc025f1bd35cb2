#include "git/reftable.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <set>
#include <utility>

#include "core/big_endian.h"
#include "core/digest.h"
#include "core/file.h"
#include "core/text.h"
#include "git/inflate.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxTable = uint64_t{1} << 30;
constexpr uint64_t kMaxNames = uint64_t{1} << 30;  // of a table's refs
constexpr uint64_t kMaxLogs = uint64_t{1} << 28;   // of a stack, inflated
constexpr size_t kBlockHeader = 4;  // type, length in three bytes
constexpr size_t kUpdateBytes = 8;

uint16_t read_be16(const char* from) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(from);
  return static_cast<uint16_t>(bytes[0] << 8 | bytes[1]);
}

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

// A few bytes can stand for keys and blocks of any length: `room` is what they
// may still take together, and 0 once that was too little.
bool take_room(uint64_t size, uint64_t& room) {
  if (size >= room) {
    room = 0;
    return false;
  }
  room -= size;
  return true;
}

// The key of a record, which continues that of the one before, and its type.
std::optional<unsigned> read_key(FieldReader& reader, std::string& key,
                                 uint64_t& room) {
  const uint64_t kept = reader.varint();
  const uint64_t suffix_and_type = reader.varint();
  const std::string_view suffix = reader.take(suffix_and_type >> 3);
  if (!reader.ok() || kept > key.size()) return std::nullopt;
  key.resize(kept);
  key += suffix;
  if (!take_room(key.size(), room)) return std::nullopt;
  return static_cast<unsigned>(suffix_and_type & 7);
}

bool read_ref(FieldReader& reader, HashKind hash, std::string& name,
              uint64_t& room, RefMap& refs) {
  const std::optional<unsigned> type = read_key(reader, name, room);
  if (!type) return false;
  reader.varint();  // when it was written
  RefValue value;
  switch (*type) {
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

// As the same entry stands in a file.
std::string reflog_line(FieldReader& reader, HashKind hash) {
  const std::string old_id = to_hex(reader.take(id_size(hash)));
  const std::string new_id = to_hex(reader.take(id_size(hash)));
  const std::string_view name = reader.take(reader.varint());
  const std::string_view email = reader.take(reader.varint());
  const uint64_t seconds = reader.varint();
  const std::string_view zone = reader.take(2);
  std::string_view message = reader.take(reader.varint());
  if (!reader.ok()) return {};
  if (message.ends_with('\n')) message.remove_suffix(1);
  // As git writes it, whatever the specification says of minutes.
  const auto offset = static_cast<int16_t>(read_be16(zone.data()));
  const std::string digits = std::to_string(std::abs(offset));
  std::string line = old_id + ' ' + new_id + ' ' + std::string(name) + " <" +
                     std::string(email) + "> " + std::to_string(seconds) +
                     (offset < 0 ? " -" : " +") +
                     std::string(4 - std::min<size_t>(digits.size(), 4), '0') +
                     digits + '\t' + std::string(message);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

// The key is a ref's name, a NUL, and the number of the update: the latest
// first.
bool read_log(FieldReader& reader, HashKind hash, std::string& key,
              uint64_t& room, LogMap& logs) {
  const std::optional<unsigned> type = read_key(reader, key, room);
  if (!type || *type > 1 || key.size() < kUpdateBytes + 1) return false;
  const size_t end = key.size() - kUpdateBytes - 1;
  if (key[end] != '\0') return false;
  const uint64_t update = ~read_be64(key.data() + end + 1);
  std::string line;
  if (*type == 1) {
    line = reflog_line(reader, hash);
    if (!reader.ok()) return false;
  }
  TableLog& log = logs[key.substr(0, end)];
  std::string& now = log.lines[update];
  if (!now.empty() && now != line) log.replaced.push_back(std::move(now));
  now = std::move(line);
  if (now.empty()) log.lines.erase(update);
  return true;
}

// The records of a block, which lie before its table of restarts. `content`:
// all behind its header.
std::optional<std::string_view> records_in(std::string_view content) {
  if (content.size() < 2) return std::nullopt;
  const size_t restarts = read_be16(content.data() + content.size() - 2);
  const size_t trailer = 2 + restarts * 3;
  if (content.size() < trailer) return std::nullopt;
  content.remove_suffix(trailer);
  return content;
}

bool read_ref_block(std::string_view content, HashKind hash, uint64_t& room,
                    RefMap& refs) {
  const std::optional<std::string_view> records = records_in(content);
  if (!records) return false;
  FieldReader reader(*records);
  std::string name;
  while (!reader.at_end()) {
    if (!read_ref(reader, hash, name, room, refs)) return false;
  }
  return true;
}

// What a file says of itself.
struct Layout {
  size_t header = 0;  // bytes
  uint32_t block_size = 0;
  std::string_view blocks;  // all but the footer
  std::string_view footer;
};

Result<Layout> layout_of(std::string_view table) {
  const bool known = table.size() >= 24 && table.starts_with("REFT");
  const char version = known ? table[4] : '\0';
  if (version != 1 && version != 2) return Error("not a reftable");
  Layout layout;
  layout.header = version == 1 ? 24 : 28;
  const size_t footer = layout.header + 44;
  if (table.size() < layout.header + footer) {
    return Error("reftable is cut off");
  }
  layout.block_size = read_be24(table.data() + 5);
  layout.blocks = table.substr(0, table.size() - footer);
  layout.footer = table.substr(layout.blocks.size());
  return layout;
}

Error damaged_at(uint64_t at, uint64_t room) {
  if (room == 0) return Error("reftable holds more than is read of one");
  return Error("reftable has a damaged block at byte " + std::to_string(at));
}

// The blocks of logs; each is deflated, and the next one follows at once.
class LogReader {
 public:
  LogReader(const Layout& layout, HashKind hash, uint64_t& room)
      : layout_(layout), hash_(hash), room_(room) {}

  Status read(LogMap& logs) {
    const std::string_view blocks = layout_.blocks;
    uint64_t at = read_be64(layout_.footer.data() + layout_.header + 24);
    if (at > blocks.size()) return damaged_at(at, room_);
    // In a table of nothing but logs they begin behind the header.
    if (at == 0 && !is_log_at(0)) return Ok{};
    while (at < blocks.size() && is_log_at(at)) {
      const std::optional<size_t> size = read_block(at, logs);
      if (!size) return damaged_at(at, room_);
      at += *size;
    }
    const bool ends = at >= blocks.size() || blocks[at] == 'i';
    return ends ? Status(Ok{}) : Status(damaged_at(at, room_));
  }

 private:
  size_t skip(uint64_t at) const { return at == 0 ? layout_.header : 0; }

  bool is_log_at(uint64_t at) const {
    const std::string_view blocks = layout_.blocks;
    return blocks.size() - at >= skip(at) + kBlockHeader &&
           blocks[at + skip(at)] == 'g';
  }

  // Returns how many bytes of the file it takes.
  std::optional<size_t> read_block(uint64_t at, LogMap& logs) {
    const size_t header = skip(at) + kBlockHeader;
    const size_t length = read_be24(layout_.blocks.data() + at + skip(at) + 1);
    const std::string_view deflated = layout_.blocks.substr(at + header);
    if (length < header ||
        length - header > max_inflated_size(deflated.size()) ||
        !take_room(length - header, room_)) {
      return std::nullopt;
    }
    content_.resize(length - header + kInflateSlack);
    const std::optional<size_t> taken =
        inflater_.inflate(deflated, content_.data(), length - header);
    content_.resize(length - header);
    const std::optional<std::string_view> records = records_in(content_);
    if (!taken || !records) return std::nullopt;
    FieldReader reader(*records);
    std::string key;
    while (!reader.at_end()) {
      if (!read_log(reader, hash_, key, room_, logs)) return std::nullopt;
    }
    return header + *taken;
  }

  const Layout& layout_;
  HashKind hash_;
  uint64_t& room_;
  Inflater inflater_;
  std::string content_;
};

// Calls `each` with the bytes of every table of a stack, the oldest first.
Status for_each_table(
    const std::string& folder,
    const std::function<Status(std::string_view table)>& each) {
  const Result<std::string> list = read_file(folder + "/tables.list");
  if (!list) return list.error();
  std::set<std::string_view> known;
  for (const std::string_view name : split(*list, '\n')) {
    if (name.empty()) continue;
    // A table's name is a name, not a path, and stands there once.
    if (name.find('/') != std::string_view::npos ||
        !known.insert(name).second) {
      return Error(folder + "/tables.list: bad name " + printable(name));
    }
    const std::string path = folder + "/" + std::string(name);
    const Result<std::string> table = read_file(path, kMaxTable);
    if (!table) return table.error();
    if (Status status = each(*table); !status) {
      return std::move(status).error().in(path);
    }
  }
  return Ok{};
}

}  // namespace

Status read_reftable(std::string_view table, HashKind hash, RefMap& refs) {
  const Result<Layout> layout = layout_of(table);
  if (!layout) return layout.error();
  const std::string_view blocks = layout->blocks;
  uint64_t room = kMaxNames;
  for (size_t at = 0; at < blocks.size();) {
    const size_t skip = at == 0 ? layout->header : 0;  // shares the first block
    if (blocks.size() - at < skip + kBlockHeader) break;
    // Refs come first; padding may follow, objects, an index, logs.
    const char type = blocks[at + skip];
    if (std::string_view("\0oig", 4).find(type) != std::string_view::npos)
      break;
    const size_t header = skip + kBlockHeader;
    const uint32_t length = read_be24(blocks.data() + at + skip + 1);
    if (type != 'r' || length > blocks.size() - at || length < header ||
        !read_ref_block(blocks.substr(at + header, length - header), hash, room,
                        refs)) {
      return damaged_at(at, room);
    }
    // Blocks are padded to their full size, unless the next one follows.
    const bool padded = length < layout->block_size &&
                        at + length < blocks.size() &&
                        blocks[at + length] == '\0';
    at += padded ? layout->block_size : length;
  }
  return Ok{};
}

Status read_reftable_stack(const std::string& folder, HashKind hash,
                           RefMap& refs) {
  return for_each_table(folder, [&](std::string_view table) {
    return read_reftable(table, hash, refs);
  });
}

Status read_reftable_logs(const std::string& folder, HashKind hash,
                          LogMap& logs) {
  uint64_t room = kMaxLogs;
  return for_each_table(folder, [&](std::string_view table) -> Status {
    const Result<Layout> layout = layout_of(table);
    if (!layout) return layout.error();
    return LogReader(*layout, hash, room).read(logs);
  });
}

}  // namespace leaksift
