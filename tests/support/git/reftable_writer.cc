#include "support/git/reftable_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "support/git/pack_writer.h"

namespace leaksift {
namespace {

constexpr size_t kRestartInterval = 16;
constexpr size_t kLogBlock = 700;  // inflated; unlike those of refs, any size

size_t common_prefix(std::string_view a, std::string_view b) {
  const size_t most = std::min(a.size(), b.size());
  return static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + most, b.begin()).first - a.begin());
}

// One block: records whose keys share prefixes, and its table of restarts.
class BlockWriter {
 public:
  // `before`: what stands in the file's first block before the block.
  BlockWriter(char type, size_t before) : before_(before), bytes_{type} {
    bytes_ += std::string(3, '\0');
  }

  bool empty() const { return count_ == 0; }
  size_t size() const {
    return before_ + bytes_.size() + restarts_.size() * 3 + 2;
  }
  const std::string& last_key() const { return last_key_; }

  void add(const std::string& key, unsigned type, std::string_view value) {
    const bool restart = count_++ % kRestartInterval == 0;
    if (restart) restarts_.push_back(before_ + bytes_.size());
    const size_t kept = restart ? 0 : common_prefix(last_key_, key);
    bytes_ += offset_varint(kept);
    bytes_ += offset_varint((key.size() - kept) << 3 | type);
    bytes_ += key.substr(kept);
    bytes_ += value;
    last_key_ = key;
  }

  std::string finish() const {
    std::string block = bytes_;
    for (const size_t restart : restarts_) block += big_endian(restart, 3);
    block += big_endian(restarts_.size(), 2);
    return block.replace(1, 3, big_endian(before_ + block.size(), 3));
  }

 private:
  size_t before_;
  std::string bytes_;
  std::vector<size_t> restarts_;
  std::string last_key_;
  size_t count_ = 0;
};

unsigned value_type(const ReftableRecord& record) {
  if (!record.target.empty()) return 3;
  if (!record.peeled.empty()) return 2;
  return record.id.empty() ? 0 : 1;
}

std::string value_of(const ReftableRecord& record) {
  std::string value = offset_varint(0);  // when, after the least
  if (record.target.empty()) return value + record.id + record.peeled;
  return value + offset_varint(record.target.size()) + record.target;
}

std::string value_of(const ReftableLog& log) {
  if (log.deleted) return {};
  return log.old_id + log.new_id + offset_varint(log.name.size()) + log.name +
         offset_varint(log.email.size()) + log.email +
         offset_varint(log.seconds) +
         big_endian(static_cast<uint16_t>(log.zone), 2) +
         offset_varint(log.message.size()) + log.message;
}

class TableWriter {
 public:
  explicit TableWriter(const ReftableLayout& layout) : layout_(layout) {
    const bool sha1 = layout.hash == HashKind::kSha1;
    header_ = "REFT" + big_endian(sha1 ? 1 : 2, 1) +
              big_endian(layout.block_size, 3) + big_endian(1, 8) +
              big_endian(9, 8) + (sha1 ? "" : "s256");
    table_ = header_;
  }

  std::string write(const ReftableRecords& records,
                    const std::vector<ReftableLog>& logs) {
    write_refs(records);
    uint64_t index_at = 0, log_at = 0, log_index_at = 0;
    if (layout_.with_index) {
      pad();
      index_at = write_index();
    }
    if (!logs.empty()) log_at = write_logs(logs);
    if (!logs.empty() && layout_.with_index) log_index_at = write_index();
    table_ += header_ + big_endian(index_at, 8) + big_endian(0, 8) +
              big_endian(0, 8) + big_endian(log_at, 8) +
              big_endian(log_index_at, 8) +
              big_endian(0, 4);  // a CRC-32 that readers may check
    return table_;
  }

 private:
  void pad() {
    if (layout_.block_size == 0) return;
    const size_t over = table_.size() % layout_.block_size;
    if (over != 0) table_ += std::string(layout_.block_size - over, '\0');
  }

  // Of a block about to be written.
  size_t before() const {
    return table_.size() == header_.size() ? header_.size() : 0;
  }

  void put(const BlockWriter& block) {
    const size_t at = before() != 0 ? 0 : table_.size();
    index_.emplace_back(block.last_key(), at);
    table_ += block.finish();
  }

  void write_refs(const ReftableRecords& records) {
    const size_t room = layout_.block_size == 0 ? 1000 : layout_.block_size;
    BlockWriter block('r', before());
    for (const auto& [name, record] : records) {
      const std::string value = value_of(record);
      const size_t most = name.size() + value.size() + 20;
      if (!block.empty() && block.size() + most > room) {
        put(block);
        pad();
        block = BlockWriter('r', before());
      }
      block.add(name, value_type(record), value);
    }
    if (!block.empty()) put(block);
  }

  // Of the blocks since the last one.
  uint64_t write_index() {
    const uint64_t at = table_.size();
    BlockWriter block('i', 0);
    for (const auto& [key, position] : index_) {
      block.add(key, 0, offset_varint(position));
    }
    index_.clear();
    table_ += block.finish();
    return at;
  }

  // Deflated all but its front, without padding, the latest update first.
  uint64_t write_logs(const std::vector<ReftableLog>& logs) {
    if (before() == 0) pad();
    const uint64_t at = before() != 0 ? 0 : table_.size();
    std::map<std::string, const ReftableLog*> by_key;
    for (const ReftableLog& log : logs) {
      by_key[log.ref + std::string(1, '\0') + big_endian(~log.update, 8)] =
          &log;
    }
    BlockWriter block('g', before());
    auto put_deflated = [&] {
      const size_t front = before() + 4;
      const std::string whole = std::string(before(), ' ') + block.finish();
      index_.emplace_back(block.last_key(), before() != 0 ? 0 : table_.size());
      // In pieces, so that no text stands in the file as it is.
      table_ += whole.substr(before(), 4) + zlib_stored(whole.substr(front), 8);
    };
    for (const auto& [key, log] : by_key) {
      if (!block.empty() && block.size() > kLogBlock) {
        put_deflated();
        block = BlockWriter('g', 0);
      }
      block.add(key, log->deleted ? 0 : 1, value_of(*log));
    }
    put_deflated();
    return at;
  }

  ReftableLayout layout_;
  std::string header_;
  std::string table_;
  std::vector<std::pair<std::string, uint64_t>> index_;
};

}  // namespace

std::string write_reftable(const ReftableRecords& records,
                           const ReftableLayout& layout,
                           const std::vector<ReftableLog>& logs) {
  return TableWriter(layout).write(records, logs);
}

}  // namespace leaksift
