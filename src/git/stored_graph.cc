#include "git/stored_graph.h"

#include <utility>

#include "core/big_endian.h"
#include "core/text.h"
#include "git/fan_out.h"

namespace leaksift {
namespace {

constexpr size_t kHeaderSize = 8;       // magic, versions, two counts
constexpr size_t kChunkEntrySize = 12;  // name, offset
constexpr uint32_t kNoParent = 0x70000000;
constexpr uint32_t kMoreParents = 0x80000000;
constexpr uint64_t kDateMask = 0x3ffffffff;  // above it is the level
constexpr uint64_t kMaxChainFile = uint64_t{1} << 20;

uint32_t level_of(const char* links) {
  return read_be32(links + 8) >> 2;
}

// Git's oldest versions wrote none, and there is a highest one.
bool is_sound(uint32_t level) {
  return level != 0 && level < 0x3fffffff;
}

// Where a chain's file may be: a fork builds upon those of what it borrows.
std::optional<GraphFile> open_part(const std::vector<std::string>& object_dirs,
                                   std::string_view hex, HashKind hash) {
  for (const std::string& dir : object_dirs) {
    if (auto file = GraphFile::open(
            dir + "/info/commit-graphs/graph-" + std::string(hex) + ".graph",
            hash)) {
      return file;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<GraphFile> GraphFile::open(const std::string& path,
                                         HashKind hash) {
  Result<MappedFile> mapped = MappedFile::open(path);
  if (!mapped) return std::nullopt;
  GraphFile file;
  file.file_ = *std::move(mapped);
  return file.read(hash) ? std::optional(std::move(file)) : std::nullopt;
}

bool GraphFile::read(HashKind hash) {
  const std::string_view bytes = file_.bytes();
  id_size_ = id_size(hash);
  if (bytes.size() < kHeaderSize || !bytes.starts_with("CGPH\1") ||
      bytes[5] != (hash == HashKind::kSha1 ? 1 : 2)) {
    return false;
  }
  if (!is_whole()) return false;
  fan_out_ = chunk("OIDF").data();
  if (chunk("OIDF").size() != kFanOutSize || !read_fan_out()) return false;
  ids_ = chunk("OIDL").data();
  links_ = chunk("CDAT").data();
  base_ = chunk("BASE");
  return chunk("OIDL").size() == uint64_t{count_} * id_size_ &&
         chunk("CDAT").size() == uint64_t{count_} * (id_size_ + kLinkSize) &&
         base_.size() == static_cast<uint8_t>(bytes[7]) * id_size_;
}

// The table of chunks ends with where the file's own hash begins.
bool GraphFile::is_whole() const {
  const std::string_view bytes = file_.bytes();
  const size_t last =
      kHeaderSize + static_cast<uint8_t>(bytes[6]) * kChunkEntrySize;
  return bytes.size() >= last + kChunkEntrySize + id_size_ &&
         read_be64(bytes.data() + last + 4) == bytes.size() - id_size_;
}

// It ends where the next one begins, the last one before the file's own hash.
std::string_view GraphFile::chunk(std::string_view name) const {
  const std::string_view bytes = file_.bytes();
  const size_t count = static_cast<uint8_t>(bytes[6]);
  const size_t table = kHeaderSize + (count + 1) * kChunkEntrySize;
  for (size_t i = 0; i < count; ++i) {
    const size_t entry = kHeaderSize + i * kChunkEntrySize;
    if (bytes.substr(entry, name.size()) != name) continue;
    const uint64_t begin = read_be64(bytes.data() + entry + 4);
    const uint64_t end = read_be64(bytes.data() + entry + kChunkEntrySize + 4);
    const bool fits =
        table <= begin && begin <= end && end <= bytes.size() - id_size_;
    return fits ? bytes.substr(begin, end - begin) : std::string_view();
  }
  return {};
}

bool GraphFile::read_fan_out() {
  const std::optional<uint32_t> count = fan_out_count(fan_out_);
  count_ = count.value_or(0);
  return count && count_ < kNoParent;
}

std::optional<uint32_t> GraphFile::find(std::string_view raw_id) const {
  return find_by_fan_out(fan_out_, ids_, id_size_, raw_id.substr(0, id_size_));
}

StoredGraph::StoredGraph(const std::vector<std::string>& object_dirs,
                         HashKind hash)
    : hash_(hash) {
  for (const std::string& dir : object_dirs) {
    if (auto file = GraphFile::open(dir + "/info/commit-graph", hash);
        file && file->base().empty()) {
      Chain chain;
      chain.count = file->count();
      chain.files.push_back(*std::move(file));
      add(std::move(chain));
    } else {
      add_chain(object_dirs, dir);
    }
  }
}

void StoredGraph::add_chain(const std::vector<std::string>& object_dirs,
                            const std::string& dir) {
  const Result<std::string> text =
      read_file(dir + "/info/commit-graphs/commit-graph-chain", kMaxChainFile);
  if (!text) return;
  Chain chain;
  std::string base;
  for (const std::string_view line : split(*text, '\n')) {
    const auto name = ObjectId::from_hex(line, hash_);
    if (!name) break;
    auto file = open_part(object_dirs, line, hash_);
    if (!file || file->base() != base ||
        file->count() >= kNoParent - chain.count) {
      break;
    }
    base += name->raw(hash_);
    chain.count += file->count();
    chain.files.push_back(*std::move(file));
  }
  add(std::move(chain));
}

void StoredGraph::add(Chain chain) {
  if (chain.count != 0) chains_.push_back(std::move(chain));
}

std::optional<StoredGraph::Commit> StoredGraph::find(const ObjectId& id) const {
  for (const Chain& chain : chains_) {
    for (const GraphFile& file : chain.files) {
      const auto index = file.find(id.raw(hash_));
      if (index) return read(chain, file.links(*index));
    }
  }
  return std::nullopt;
}

std::optional<StoredGraph::Commit> StoredGraph::read(const Chain& chain,
                                                     const char* links) {
  Commit commit;
  commit.level = level_of(links);
  commit.seconds = static_cast<int64_t>(read_be64(links + 8) & kDateMask);
  commit.has_more = (read_be32(links + 4) & kMoreParents) != 0;
  if (!is_sound(commit.level)) return std::nullopt;
  if (commit.has_more) return commit;
  for (const char* const at : {links, links + 4}) {
    const uint32_t position = read_be32(at);
    if (position != kNoParent && !add_parent(chain, position, commit)) {
      return std::nullopt;
    }
  }
  return commit;
}

bool StoredGraph::add_parent(const Chain& chain, uint32_t position,
                             Commit& commit) {
  if (position >= chain.count) return false;
  auto file = chain.files.begin();
  for (; position >= file->count(); ++file) position -= file->count();
  commit.parents.emplace_back(file->raw_id(position));
  return level_of(file->links(position)) < commit.level;
}

}  // namespace leaksift
