#include "git/index_file.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "core/digest.h"

namespace leaksift {
namespace {

using Entry = TrackedPaths::Entry;
using Kind = TrackedPaths::Kind;

constexpr uint32_t kFormatMask = 0170000;
constexpr uint32_t kTreeFormat = 0040000;
constexpr uint32_t kLinkFormat = 0160000;
constexpr size_t kHeaderSize = 12;
constexpr size_t kStatSize = 40;  // what an entry holds before its object id
constexpr size_t kModeOffset = 24;
constexpr uint16_t kExtendedFlag = 0x4000;
constexpr uint16_t kStageMask = 0x3000;
constexpr uint16_t kNameSizeMask = 0x0fff;
constexpr uint16_t kIntendedFlag = 0x2000;  // of the extended ones

// Version 4 writes a path as its difference from the one before, so that the
// paths of a hostile index could grow with the square of its size. An entry
// takes over 64 bytes: in an index of more than some 16 MB this allows paths of
// 256 bytes on average, in smaller ones longer paths.
constexpr uint64_t kNameBytesPerByte = 4;
constexpr uint64_t kNameBytesBesides = 64 << 20;

Error damaged(std::string_view what) {
  return Error("damaged index: " + std::string(what));
}

// Takes numbers and runs of bytes off the front of a file. Once something is
// missing, failed() stays true and only zeros and empty runs come.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  bool failed() const { return failed_; }
  bool at_end() const { return bytes_.empty(); }
  size_t left() const { return bytes_.size(); }

  std::string_view take(size_t size) {
    if (size > bytes_.size()) {
      failed_ = true;
      bytes_ = {};
    }
    const std::string_view run = bytes_.substr(0, size);
    bytes_.remove_prefix(run.size());
    return run;
  }

  // Up to the next NUL byte, which is dropped.
  std::string_view take_string() {
    const std::string_view run = take(bytes_.find('\0'));
    take(1);
    return run;
  }

  uint16_t be16() { return static_cast<uint16_t>(number(2)); }
  uint32_t be32() { return static_cast<uint32_t>(number(4)); }
  uint64_t be64() { return number(8); }

  // Seven bits a byte, the highest first; each byte that is followed by
  // another counts one more than it says.
  uint64_t varint() {
    uint64_t byte = number(1);
    uint64_t value = byte & 0x7f;
    while ((byte & 0x80) != 0) {
      if (value >= uint64_t{1} << 48) failed_ = true;
      if (failed_) return 0;
      byte = number(1);
      value = (value + 1) << 7 | (byte & 0x7f);
    }
    return value;
  }

 private:
  uint64_t number(size_t size) {
    uint64_t value = 0;
    for (const char c : take(size)) {
      value = value << 8 | static_cast<uint8_t>(c);
    }
    return value;
  }

  std::string_view bytes_;
  bool failed_ = false;
};

// An index as it is in the file. Of a split index, the first entries have no
// names: they take the place of entries of the shared part.
struct RawIndex {
  std::string_view name(const Entry& entry) const {
    return std::string_view(names).substr(entry.begin, entry.size);
  }

  std::string names;
  std::vector<Entry> entries;
  std::optional<std::string_view> link;  // the extension of a split index
  std::string_view trees;                // that of cached trees; may be empty
};

class IndexParser {
 public:
  // `bytes` without the checksum at the end.
  IndexParser(std::string_view bytes, size_t id_size)
      : cursor_(bytes),
        max_name_bytes_(bytes.size() * kNameBytesPerByte + kNameBytesBesides),
        id_size_(id_size) {}

  Result<RawIndex> parse() {
    if (cursor_.take(4) != "DIRC") return damaged("not an index");
    version_ = cursor_.be32();
    const uint32_t count = cursor_.be32();
    if (version_ < 2 || version_ > 4) return damaged("unknown version");
    if (count > cursor_.left() / (kStatSize + id_size_)) {
      return damaged("more entries than bytes");
    }
    index_.entries.reserve(count);
    if (version_ < 4) {  // all but the paths has a known size
      index_.names.reserve(cursor_.left() - count * (kStatSize + id_size_));
    }
    for (uint32_t i = 0; i < count; ++i) {
      if (!read_entry()) return damaged("bad entry " + std::to_string(i));
    }
    while (!cursor_.at_end()) {
      if (!read_extension()) return damaged("bad extension");
    }
    return std::move(index_);
  }

 private:
  bool read_entry() {
    const size_t before = cursor_.left();
    Cursor stat(cursor_.take(kStatSize));
    stat.take(kModeOffset);
    Entry entry;
    entry.mode = stat.be32();
    entry.id = ObjectId(cursor_.take(id_size_));
    const uint16_t flags = cursor_.be16();
    entry.in_conflict = (flags & kStageMask) != 0;
    if ((flags & kExtendedFlag) != 0) {
      if (version_ < 3) return false;
      entry.intended = (cursor_.be16() & kIntendedFlag) != 0;
    }
    const uint16_t stated_size = flags & kNameSizeMask;
    if (!(version_ == 4 ? read_difference() : read_name())) return false;
    if (version_ != 4) take_padding(before - cursor_.left());

    const size_t size = previous_.size();
    if (std::min<size_t>(size, kNameSizeMask) != stated_size) return false;
    if (index_.names.size() + size > max_name_bytes_) return false;
    entry.begin = index_.names.size();
    entry.size = static_cast<uint32_t>(size);
    index_.entries.push_back(entry);
    index_.names += previous_;
    return !cursor_.failed();
  }

  bool read_name() {
    previous_ = cursor_.take_string();
    return true;
  }

  // Version 4: how many bytes of the path before fall away, and what follows.
  bool read_difference() {
    const uint64_t drop = cursor_.varint();
    if (drop > previous_.size()) return false;
    previous_.resize(previous_.size() - drop);
    previous_ += cursor_.take_string();
    return true;
  }

  // An entry has a multiple of eight bytes, NUL bytes at its end.
  void take_padding(size_t taken) { cursor_.take((8 - taken % 8) % 8); }

  bool read_extension() {
    const std::string_view name = cursor_.take(4);
    const std::string_view content = cursor_.take(cursor_.be32());
    if (cursor_.failed()) return false;
    if (name == "link") index_.link = content;
    if (name == "TREE") index_.trees = content;
    // Others whose name begins with a capital may be passed over.
    return name == "link" || name == "sdir" ||
           (name[0] >= 'A' && name[0] <= 'Z');
  }

  Cursor cursor_;
  uint64_t max_name_bytes_;
  size_t id_size_;
  uint32_t version_ = 0;
  std::string previous_;  // path of the last entry
  RawIndex index_;
};

Result<RawIndex> parse_with(std::string_view bytes, size_t id_size) {
  if (bytes.size() < kHeaderSize + id_size) return damaged("cut short");
  bytes.remove_suffix(id_size);
  return IndexParser(bytes, id_size).parse();
}

enum class Checksum { kWrong, kRight, kNone };

Checksum checksum_of(std::string_view bytes, DigestKind kind, size_t size) {
  if (bytes.size() < size) return Checksum::kWrong;
  const std::string_view stated = bytes.substr(bytes.size() - size);
  if (stated.find_first_not_of('\0') == stated.npos) return Checksum::kNone;
  Digest digest(kind);
  digest.add(bytes.substr(0, bytes.size() - size));
  return digest.finish() == stated ? Checksum::kRight : Checksum::kWrong;
}

struct SizedIndex {
  RawIndex raw;
  size_t id_size = 0;
};

// The index does not say which hash it uses, but its checksum does. With
// index.skipHash there is none; then the hash is the one that leads through
// all entries to the end.
Result<SizedIndex> parse_raw(std::string_view bytes) {
  constexpr std::pair<DigestKind, size_t> kHashes[] = {
      {DigestKind::kSha1, kSha1Size}, {DigestKind::kSha256, kSha256Size}};
  Error error = damaged("its checksum is wrong");
  for (const auto& [kind, size] : kHashes) {
    const Checksum checksum = checksum_of(bytes, kind, size);
    if (checksum == Checksum::kWrong) continue;
    Result<RawIndex> raw = parse_with(bytes, size);
    if (raw) return SizedIndex{*std::move(raw), size};
    error = std::move(raw).error();
    if (checksum == Checksum::kRight) break;
  }
  return error;
}

// A bitmap of a split index: words of 64 bits, compressed as EWAH. A marker
// word holds, from its lowest bit, a bit, how many words (32 bits of count)
// are full of it, and how many words (31 bits) follow as they are. Nothing if
// it is damaged or has bits at `size` or behind.
std::optional<std::vector<bool>> read_bitmap(Cursor& cursor, size_t size) {
  cursor.be32();  // the number of bits
  const uint64_t words = cursor.be32();
  if (words > cursor.left() / 8) return std::nullopt;
  Cursor body(cursor.take(words * 8));
  cursor.be32();  // where the last marker is, for appending
  if (cursor.failed()) return std::nullopt;

  std::vector<bool> bits(size);
  uint64_t at = 0;  // grows by at most 2^39 a marker: cannot overflow
  while (!body.at_end()) {
    const uint64_t marker = body.be64();
    const uint64_t run = (marker >> 1 & 0xffffffff) * 64;
    if ((marker & 1) != 0) {
      if (at > size || run > size - at) return std::nullopt;
      std::fill_n(bits.begin() + static_cast<ptrdiff_t>(at), run, true);
    }
    at += run;
    for (uint64_t left = marker >> 33; left > 0; --left, at += 64) {
      if (body.at_end()) return std::nullopt;
      for (uint64_t word = body.be64(), bit = at; word != 0;
           word >>= 1, ++bit) {
        if ((word & 1) == 0) continue;
        if (bit >= size) return std::nullopt;
        bits[bit] = true;
      }
    }
  }
  return bits;
}

// Adds to `merged` the entries of the shared part that `bitmaps` do not delete
// (some with another content) and, behind them, those of the index's own.
bool merge_entries(const RawIndex& own, const RawIndex& shared, Cursor bitmaps,
                   RawIndex& merged) {
  const size_t count = shared.entries.size();
  const auto deleted = read_bitmap(bitmaps, count);
  if (!deleted) return false;
  const auto replaced = read_bitmap(bitmaps, count);
  if (!replaced || !bitmaps.at_end()) return false;

  const auto add = [&](std::string_view name, Entry entry) {
    entry.begin = merged.names.size();
    entry.size = static_cast<uint32_t>(name.size());
    merged.entries.push_back(entry);
    merged.names += name;
  };
  size_t next = 0;  // of own entries
  for (size_t i = 0; i < count; ++i) {
    const Entry* content = &shared.entries[i];
    if ((*replaced)[i]) {
      if (next == own.entries.size()) return false;
      if (own.entries[next].size != 0) return false;
      content = &own.entries[next++];
    }
    if (!(*deleted)[i]) add(shared.name(shared.entries[i]), *content);
  }
  for (; next < own.entries.size(); ++next) {
    add(own.name(own.entries[next]), own.entries[next]);
  }
  return true;
}

Result<SizedIndex> read_shared(std::string_view id, const ReadNeighbour& read) {
  const std::string name = "sharedindex." + to_hex(id);
  Result<std::string> bytes = read(name);
  if (!bytes) return std::move(bytes).error();
  Result<SizedIndex> shared = parse_raw(*bytes);
  if (!shared) return std::move(shared).error().in(name);
  if (shared->raw.link) return damaged("its shared part is split itself");
  return shared;
}

// REQUIRES: index.raw.link
Result<RawIndex> merge_split(const SizedIndex& index,
                             const ReadNeighbour& read) {
  Cursor link(*index.raw.link);
  const std::string_view id = link.take(index.id_size);
  if (link.failed()) return damaged("bad link extension");
  Result<SizedIndex> shared = SizedIndex{};
  if (id.find_first_not_of('\0') != id.npos) shared = read_shared(id, read);
  if (!shared) return std::move(shared).error();

  // Bitmaps without a bit may be left out: twice no bits, no words, no marker.
  const std::string no_bits(24, '\0');
  const Cursor bitmaps = link.at_end() ? Cursor(no_bits) : link;
  RawIndex merged;
  if (!merge_entries(index.raw, shared->raw, bitmaps, merged)) {
    return damaged("bad link extension");
  }
  merged.trees = index.raw.trees;
  return merged;
}

// A decimal number up to `end`, which is dropped; nothing if there is none.
std::optional<int64_t> take_number(std::string_view& bytes, char end) {
  int64_t number = 0;
  const char* const stop = bytes.data() + bytes.size();
  const auto [at, error] = std::from_chars(bytes.data(), stop, number);
  if (error != std::errc() || at == stop || *at != end) return std::nullopt;
  bytes.remove_prefix(static_cast<size_t>(at + 1 - bytes.data()));
  return number;
}

// The extension has each folder's name, how many entries it holds (-1: no tree
// is known), how many folders follow that lie in it, and its tree. These only
// save work: of a damaged extension none are kept, as in git.
std::vector<CachedTree> read_cached_trees(std::string_view bytes,
                                          size_t id_size) {
  struct Level {
    std::string path;
    int64_t left = 0;  // folders in it that are still to come
  };
  std::vector<CachedTree> trees;
  std::vector<Level> levels = {{"", 1}};
  uint64_t room = bytes.size() * kNameBytesPerByte + kNameBytesBesides;
  while (!bytes.empty()) {
    while (!levels.empty() && levels.back().left == 0) levels.pop_back();
    const size_t end = bytes.find('\0');
    if (levels.empty() || end == bytes.npos) return {};
    --levels.back().left;
    const bool is_top = levels.size() == 1;
    std::string path =
        is_top ? ""
               : levels.back().path + std::string(bytes.substr(0, end)) + '/';
    if (path.size() > room) return {};
    room -= path.size();
    bytes.remove_prefix(end + 1);
    const std::optional<int64_t> count = take_number(bytes, ' ');
    const std::optional<int64_t> folders = take_number(bytes, '\n');
    if (!count || !folders || *folders < 0) return {};
    if (*count >= 0) {
      if (bytes.size() < id_size) return {};
      trees.push_back({path, static_cast<size_t>(*count),
                       ObjectId(bytes.substr(0, id_size))});
      bytes.remove_prefix(id_size);
    }
    levels.push_back({std::move(path), *folders});
  }
  return trees;
}

}  // namespace

Result<TrackedPaths> parse_index(std::string_view bytes,
                                 const ReadNeighbour& read) {
  Result<SizedIndex> index = parse_raw(bytes);
  if (!index) return std::move(index).error();
  Result<RawIndex> whole =
      index->raw.link ? merge_split(*index, read) : std::move(index->raw);
  if (!whole) return std::move(whole).error();
  const bool unnamed =
      std::any_of(whole->entries.begin(), whole->entries.end(),
                  [](const Entry& entry) { return entry.size == 0; });
  if (unnamed) return damaged("an entry without a path");
  return TrackedPaths(std::move(whole->names), std::move(whole->entries),
                      read_cached_trees(whole->trees, index->id_size));
}

Kind Entry::kind() const {
  switch (mode & kFormatMask) {
    case kTreeFormat:
      return Kind::kFoldedDirectory;
    case kLinkFormat:
      return Kind::kSubmodule;
    default:
      return Kind::kFile;
  }
}

TrackedPaths::TrackedPaths(std::string names, std::vector<Entry> entries,
                           std::vector<CachedTree> trees)
    : names_(std::move(names)),
      entries_(std::move(entries)),
      trees_(std::move(trees)) {
  const auto before = [&](const Entry& a, const Entry& b) {
    return name_of(a) < name_of(b);
  };
  // In the file they are in order already.
  if (!std::is_sorted(entries_.begin(), entries_.end(), before)) {
    std::stable_sort(entries_.begin(), entries_.end(), before);
  }
  const auto end = std::unique(
      entries_.begin(), entries_.end(),
      [&](const Entry& a, const Entry& b) { return name_of(a) == name_of(b); });
  entries_.erase(end, entries_.end());
  has_folded_ =
      std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) {
        return entry.kind() == Kind::kFoldedDirectory;
      });
  std::sort(
      trees_.begin(), trees_.end(),
      [](const CachedTree& a, const CachedTree& b) { return a.path < b.path; });
}

std::pair<size_t, size_t> TrackedPaths::range_of(
    std::string_view prefix) const {
  const size_t first = lower_bound(prefix);
  const auto end = std::partition_point(
      entries_.begin() + static_cast<ptrdiff_t>(first), entries_.end(),
      [&](const Entry& entry) { return name_of(entry).starts_with(prefix); });
  return {first, static_cast<size_t>(end - entries_.begin())};
}

const CachedTree* TrackedPaths::cached_tree(std::string_view folder) const {
  const auto found =
      std::lower_bound(trees_.begin(), trees_.end(), folder,
                       [](const CachedTree& tree, std::string_view wanted) {
                         return tree.path < wanted;
                       });
  if (found == trees_.end() || found->path != folder) return nullptr;
  const auto [first, end] = range_of(folder);
  return found->count == end - first ? &*found : nullptr;
}

bool TrackedPaths::contains(std::string_view path) const {
  const size_t i = lower_bound(path);
  return (i < size() && this->path(i) == path) || inside_folded(path);
}

bool TrackedPaths::contains_submodule(std::string_view path) const {
  const size_t i = lower_bound(path);
  return i < size() && this->path(i) == path && kind(i) == Kind::kSubmodule;
}

bool TrackedPaths::contains_below(std::string_view directory) const {
  const std::string inside = std::string(directory) + '/';
  const size_t i = lower_bound(inside);
  return (i < size() && path(i).starts_with(inside)) ||
         inside_folded(directory);
}

size_t TrackedPaths::lower_bound(std::string_view path) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), path,
                       [&](const Entry& entry, std::string_view wanted) {
                         return name_of(entry) < wanted;
                       });
  return static_cast<size_t>(found - entries_.begin());
}

bool TrackedPaths::inside_folded(std::string_view path) const {
  if (!has_folded_) return false;
  for (size_t slash = path.find('/'); slash != path.npos;
       slash = path.find('/', slash + 1)) {
    const std::string_view directory = path.substr(0, slash + 1);
    const size_t i = lower_bound(directory);
    if (i < size() && this->path(i) == directory) return true;
  }
  return false;
}

}  // namespace leaksift
