#include "sweep/seen_objects.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <queue>

#include "core/digest.h"
#include "core/hash.h"
#include "core/sort_unique.h"
#include "hook/durable.h"

namespace leaksift {
namespace {

constexpr std::string_view kMagic = "LSSEEN01";
constexpr size_t kHeaderSize = 32;

template <typename Integer>
void put(Integer value, std::string& out) {
  for (size_t i = 0; i < sizeof value; ++i) {
    out.push_back(static_cast<char>(value >> (8 * i)));
  }
}

template <typename Integer>
Integer get(std::string_view bytes) {
  Integer value = 0;
  for (size_t i = sizeof value; i-- > 0;) {
    value =
        static_cast<Integer>(value << 8 | static_cast<unsigned char>(bytes[i]));
  }
  return value;
}

std::string header_of(std::string_view ids, size_t id_bytes) {
  std::string header(kMagic);
  put<uint64_t>(ids.size() / id_bytes, header);
  put<uint32_t>(static_cast<uint32_t>(id_bytes), header);
  put<uint32_t>(0, header);
  put<uint64_t>(stable_hash(ids), header);
  return header;
}

Error damage_of(const std::string& path) {
  return Error(path +
               ": no segment of seen objects, or a damaged one; delete it, and "
               "what it held is scanned again");
}

// A segment on its way to the disk. Its ids go there as they come: in memory
// those of 3.7 million objects took 150 MB, when segments were merged.
class SegmentDraft {
 public:
  static Result<SegmentDraft> make(const std::string& folder, size_t id_bytes) {
    if (Status made = make_folders(folder); !made) {
      return std::move(made).error();
    }
    const Result<std::string> salt = random_bytes(8);
    if (!salt) return salt.error();
    SegmentDraft draft(folder, id_bytes);
    draft.path_ = folder + "/" + to_hex(*salt) + ".tmp";
    Result<FileHandle> file =
        open_own(draft.path_, O_CREAT | O_EXCL | O_RDWR, 0600);
    if (!file) return std::move(file).error();
    draft.file_ = *std::move(file);
    return draft;
  }
  SegmentDraft(SegmentDraft&& other) noexcept = default;
  ~SegmentDraft() {
    if (file_) ::unlink(path_.c_str());  // it has not become one
  }

  Status add(std::string_view id) {
    waiting_ += id;
    return waiting_.size() < kChunk ? Status(Ok{}) : flush();
  }

  // Two processes that have seen the same write the same file: whoever comes
  // second finds it there, whole.
  Result<std::string> finish() {
    if (Status done = flush(); !done) return std::move(done).error();
    const Result<MappedFile> all = MappedFile::map(file_);
    if (!all) return all.error();
    const std::string_view ids = all->bytes().substr(kHeaderSize);
    const std::string header = header_of(ids, id_bytes_);
    Digest digest(DigestKind::kSha256);
    digest.add(header);
    digest.add(ids);
    std::string name = to_hex(digest.finish()).substr(0, 32) + ".seen";
    const std::string path = folder_ + "/" + name;
    if (::access(path.c_str(), F_OK) == 0) return name;
    const bool is_on_disk =
        ::pwrite(file_.fd(), header.data(), header.size(), 0) ==
            static_cast<ssize_t>(header.size()) &&
        ::fsync(file_.fd()) == 0 && ::rename(path_.c_str(), path.c_str()) == 0;
    if (!is_on_disk) return system_error(path, errno);
    file_ = FileHandle();
    if (Status synced = sync_folder(folder_); !synced) {
      return std::move(synced).error();
    }
    return name;
  }

 private:
  static constexpr size_t kChunk = size_t{1} << 20;

  SegmentDraft(std::string folder, size_t id_bytes)
      : folder_(std::move(folder)),
        id_bytes_(id_bytes),
        waiting_(kHeaderSize, '\0') {}

  Status flush() {
    Status done = append(file_, waiting_, path_);
    waiting_.clear();
    return done;
  }

  std::string folder_;
  size_t id_bytes_;
  std::string path_;
  FileHandle file_;
  std::string waiting_;  // to be written
};

}  // namespace

Result<SeenSegment> SeenSegment::open(const std::string& path) {
  Result<MappedFile> file = MappedFile::open(path);
  if (!file) return std::move(file).error();
  SeenSegment segment;
  segment.file_ = *std::move(file);
  const std::string_view bytes = segment.file_.bytes();
  const Error damaged = damage_of(path);
  if (bytes.size() < kHeaderSize || !bytes.starts_with(kMagic)) return damaged;
  segment.count_ = get<uint64_t>(bytes.substr(8));
  segment.id_bytes_ = get<uint32_t>(bytes.substr(16));
  segment.ids_ = bytes.substr(kHeaderSize);
  const bool has_size = segment.id_bytes_ == id_size(HashKind::kSha1) ||
                        segment.id_bytes_ == id_size(HashKind::kSha256);
  if (!has_size || segment.ids_.size() % segment.id_bytes_ != 0 ||
      segment.ids_.size() / segment.id_bytes_ != segment.count_) {
    return damaged;
  }
  segment.checksum_ = get<uint64_t>(bytes.substr(24));
  return segment;
}

Status SeenSegment::verify(const std::string& path) const {
  return stable_hash(ids_) == checksum_ ? Status(Ok{}) : damage_of(path);
}

Result<std::string> SeenSegment::write(const std::string& folder,
                                       const std::vector<ObjectId>& ids,
                                       HashKind hash) {
  Result<SegmentDraft> draft = SegmentDraft::make(folder, id_size(hash));
  if (!draft) return std::move(draft).error();
  for (const ObjectId& id : ids) {
    if (Status added = draft->add(id.raw(hash)); !added) {
      return std::move(added).error();
    }
  }
  return draft->finish();
}

Result<std::string> SeenSegment::merge(const std::string& folder,
                                       const std::vector<std::string>& names) {
  std::vector<SeenSegment> segments;
  for (const std::string& name : names) {
    Result<SeenSegment> segment = open(folder + "/" + name);
    if (!segment) return std::move(segment).error();
    if (Status whole = segment->verify(folder + "/" + name); !whole) {
      return std::move(whole).error();
    }
    segments.push_back(*std::move(segment));
  }
  using Next = std::pair<std::string_view, size_t>;  // id, segment
  std::priority_queue<Next, std::vector<Next>, std::greater<>> heads;
  std::vector<uint64_t> at(segments.size());
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].count() != 0) heads.emplace(segments[i].raw_id(0), i);
  }
  Result<SegmentDraft> draft =
      SegmentDraft::make(folder, segments.front().id_bytes());
  if (!draft) return std::move(draft).error();
  std::string_view last;
  while (!heads.empty()) {
    const auto [id, segment] = heads.top();
    heads.pop();
    if (id != last) {
      if (Status added = draft->add(id); !added) {
        return std::move(added).error();
      }
    }
    last = id;
    if (++at[segment] < segments[segment].count()) {
      heads.emplace(segments[segment].raw_id(at[segment]), segment);
    }
  }
  return draft->finish();
}

uint64_t SeenSegment::lower_bound(std::string_view raw_id,
                                  uint64_t from) const {
  uint64_t step = 1;
  uint64_t end = from;
  while (end < count_ && this->raw_id(end) < raw_id) {
    from = end + 1;
    end += step;
    step *= 2;
  }
  end = std::min(end, count_);
  while (from < end) {
    const uint64_t middle = from + (end - from) / 2;
    if (this->raw_id(middle) < raw_id) {
      from = middle + 1;
    } else {
      end = middle;
    }
  }
  return from;
}

Result<SeenObjects> SeenObjects::open(const std::string& folder,
                                      const std::vector<std::string>& names,
                                      HashKind hash) {
  SeenObjects seen;
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) continue;
    Result<SeenSegment> segment = SeenSegment::open(path);
    if (!segment) return std::move(segment).error();
    if (segment->id_bytes() != id_size(hash)) continue;
    seen.segments_.push_back(*std::move(segment));
  }
  std::stable_sort(seen.segments_.begin(), seen.segments_.end(),
                   [](const SeenSegment& a, const SeenSegment& b) {
                     return a.count() > b.count();
                   });
  return seen;
}

bool SeenObjects::holds(std::string_view raw_id) const {
  return std::any_of(
      segments_.begin(), segments_.end(), [&](const SeenSegment& segment) {
        const uint64_t at = segment.lower_bound(raw_id, 0);
        return at < segment.count() && segment.raw_id(at) == raw_id;
      });
}

// What a fork shares is mostly in one segment, and the others need not be asked
// for it: of 200 segments that takes a fifth off a fork's scan.
std::vector<const SeenSegment*> SeenObjects::likely_first(
    const std::vector<std::string_view>& ids) const {
  constexpr size_t kSample = 32;
  const size_t step = std::max<size_t>(1, ids.size() / kSample);
  std::vector<std::pair<size_t, const SeenSegment*>> all;
  for (const SeenSegment& segment : segments_) {
    size_t misses = 0;
    for (size_t i = 0; i < ids.size(); i += step) {
      const uint64_t at = segment.lower_bound(ids[i], 0);
      const bool hit = at < segment.count() && segment.raw_id(at) == ids[i];
      misses += hit ? 0 : 1;
    }
    all.emplace_back(misses, &segment);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  std::vector<const SeenSegment*> segments;
  for (const auto& [misses, segment] : all) segments.push_back(segment);
  return segments;
}

std::vector<ObjectId> SeenObjects::unseen_in(const ObjectStore& store) const {
  const size_t id_bytes = id_size(store.hash());
  std::vector<std::string_view> ids;
  std::vector<ObjectId> unseen;
  // Leaves those of `ids` that no segment holds: both sides ascend.
  auto drop_seen = [&] {
    for (const SeenSegment* segment : likely_first(ids)) {
      uint64_t at = 0;
      std::erase_if(ids, [&](std::string_view id) {
        at = segment->lower_bound(id, at);
        return at < segment->count() && segment->raw_id(at) == id;
      });
    }
    for (const std::string_view id : ids) unseen.emplace_back(id);
    ids.clear();
  };
  for (const Pack& pack : store.packs()) {
    for (uint32_t i = 0; i < pack.index().count(); ++i) {
      ids.push_back(pack.index().raw_id(i));
    }
    drop_seen();
  }
  for (const LooseObject& loose : store.loose()) {
    ids.push_back(loose.id.raw(store.hash()).substr(0, id_bytes));
  }
  drop_seen();
  sort_unique(unseen);
  return unseen;
}

Status verify_segments(const std::string& folder,
                       const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) continue;
    const Result<SeenSegment> segment = SeenSegment::open(path);
    if (!segment) return segment.error();
    if (Status whole = segment->verify(path); !whole) return whole;
  }
  return Ok{};
}

std::vector<size_t> segments_to_merge(const std::vector<uint64_t>& counts) {
  std::vector<size_t> order(counts.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return counts[a] < counts[b]; });
  size_t take = 0;
  uint64_t smaller = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && counts[order[i]] < 2 * smaller) take = i + 1;
    smaller += counts[order[i]];
  }
  order.resize(take);
  return order;
}

}  // namespace leaksift
