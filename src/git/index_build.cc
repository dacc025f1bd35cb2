#include "git/index_build.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "git/byte_stream.h"
#include "git/object_hash.h"
#include "git/spill.h"

namespace leaksift {
namespace {

constexpr uint32_t kNone = ~uint32_t{0};
constexpr size_t kMaxKeptBytes = size_t{32} << 20;
constexpr uint64_t kMaxFileBytes = uint64_t{4} << 30;
constexpr uint64_t kMaxBytesOnDisk = uint64_t{16} << 30;

class IndexBuilder {
 public:
  IndexBuilder(const Pack& pack, const ObjectStore& others, uint64_t max_bytes)
      : pack_(pack),
        others_(others),
        max_bytes_(max_bytes),
        pool_(std::min<uint64_t>(kMaxKeptBytes, max_bytes / 2)),
        digest_(digest_kind(pack.hash_kind())) {}

  BuiltIndex run() {
    read_entries();
    std::sort(by_entry_.begin(), by_entry_.end());
    std::sort(by_id_.begin(), by_id_.end());
    taken_.resize(by_id_.size());
    for (uint32_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].is_whole) descend_from(i);
    }
    fetch_bases();
    name_lost();
    if (problems_.empty() && !pack_.checksum_holds()) {
      problem(SkipReason::kCorrupt, "its checksum is not that of its bytes");
    }
    return {index(), std::move(problems_)};
  }

 private:
  struct Entry {
    uint64_t offset = 0;
    ObjectId id;
    ObjectType type = ObjectType::kNone;  // kNone: not known yet, as is the id
    bool is_whole = false;
    bool failed = false;  // and named
  };

  // An object whose children are still to be made out of it.
  struct Branch {
    Buffer bytes;
    size_t size = 0;
    ObjectType type = ObjectType::kNone;
    std::vector<uint32_t> children;
  };

  // Bytes of bases that wait.
  struct Held {
    uint64_t in_memory = 0;
    uint64_t on_disk = 0;
  };

  uint64_t end() const { return pack_.bytes().size(); }

  void problem(SkipReason reason, std::string detail) {
    problems_.push_back({reason, pack_.path(), std::move(detail)});
  }

  // Where an entry ends is known only once it is inflated: behind a damaged one
  // nothing can be found.
  void read_entries() {
    uint64_t at = Pack::kHeaderSize;
    for (uint32_t i = 0; i < pack_.claimed_count(); ++i) {
      const std::optional<PackEntry> header = pack_.entry(at, end());
      if (!header) return lose_rest("its header");
      Entry entry;
      entry.offset = at;
      entry.is_whole = header->kind == PackEntry::Kind::kWhole;
      entry.type = header->type;
      const std::optional<size_t> taken = header->size > max_bytes_
                                              ? read_large(*header, entry)
                                              : read(*header, entry);
      if (!taken) return lose_rest("its zlib stream");
      add(*header, entry);
      at = header->data + *taken;
    }
    if (at != end()) {
      problem(SkipReason::kCorrupt,
              std::to_string(end() - at) + " bytes behind its last object");
    }
  }

  // Returns the bytes that the zlib stream takes; nothing if it is damaged.
  std::optional<size_t> read(const PackEntry& header, Entry& entry) {
    Buffer bytes = pool_.get(header.size);
    const std::optional<size_t> taken = inflater_.inflate(
        pack_.stream(header, end()), bytes.data(), header.size);
    if (taken && entry.is_whole) {
      entry.id = ObjectId(
          object_hash(digest_, header.type, {bytes.data(), header.size}));
    }
    pool_.put(std::move(bytes));
    return taken;
  }

  std::optional<size_t> read_large(const PackEntry& header, Entry& entry) {
    InflateStream bytes(pack_.stream(header, end()), header.size);
    add_object_header(digest_, header.type, header.size);
    const bool whole =
        drain(bytes, [this](std::string_view block) { digest_.add(block); });
    const std::string id = digest_.finish();
    if (!whole) return std::nullopt;
    if (entry.is_whole) entry.id = ObjectId(id);
    return bytes.taken();
  }

  void lose_rest(const std::string& what) {
    const uint64_t left = pack_.claimed_count() - entries_.size();
    problem(SkipReason::kCorrupt,
            "object " + std::to_string(entries_.size() + 1) + ": " + what +
                "; it and all behind it are lost, " + std::to_string(left) +
                " in all");
  }

  void add(const PackEntry& header, const Entry& entry) {
    const auto number = static_cast<uint32_t>(entries_.size());
    if (header.kind == PackEntry::Kind::kIdDelta) {
      by_id_.emplace_back(header.base_id, number);
    } else if (header.kind == PackEntry::Kind::kOffsetDelta) {
      by_entry_.emplace_back(entry_at(header.base_offset), number);
    }
    entries_.push_back(entry);
  }

  uint32_t entry_at(uint64_t offset) const {
    const auto found = std::lower_bound(
        entries_.begin(), entries_.end(), offset,
        [](const Entry& e, uint64_t wanted) { return e.offset < wanted; });
    return found == entries_.end() || found->offset != offset
               ? kNone
               : static_cast<uint32_t>(found - entries_.begin());
  }

  template <typename Key>
  static auto first_child(const std::vector<std::pair<Key, uint32_t>>& links,
                          const Key& base) {
    return std::lower_bound(links.begin(), links.end(),
                            std::pair(base, uint32_t{0}));
  }

  template <typename Key>
  static void add_children(const std::vector<std::pair<Key, uint32_t>>& links,
                           const Key& base, std::vector<uint32_t>& out) {
    auto at = first_child(links, base);
    for (; at != links.end() && at->first == base; ++at) {
      out.push_back(at->second);
    }
  }

  // Deltas against the entry, or against any with its id, that have not come
  // yet. Of those with one id only the first is asked to look for these.
  std::vector<uint32_t> children(uint32_t entry) {
    std::vector<uint32_t> all;
    if (entry != kNone) {
      add_children(by_entry_, entry, all);
      const ObjectId& id = entries_[entry].id;
      const auto first = first_child(by_id_, id);
      const auto place = static_cast<size_t>(first - by_id_.begin());
      if (first != by_id_.end() && first->first == id && !taken_[place]) {
        taken_[place] = true;
        add_children(by_id_, id, all);
      }
    }
    std::erase_if(all, [&](uint32_t child) {
      return entries_[child].type != ObjectType::kNone ||
             entries_[child].failed;
    });
    return all;
  }

  void descend_from(uint32_t root) {
    std::vector<uint32_t> below = children(root);
    if (below.empty()) return;
    const std::optional<PackEntry> header =
        pack_.entry(entries_[root].offset, end());
    Branch branch{{}, header->size, header->type, std::move(below)};
    const std::string_view stream = pack_.stream(*header, end());
    if (header->size > max_bytes_) {
      InflateStream bytes(stream, header->size);
      Result<Buffer> file = spill(bytes, header->size);
      if (!file || !*file) {
        return problem(SkipReason::kTooLarge,
                       "object " + std::to_string(root + 1) +
                           ", of which others are made: no room on the disk");
      }
      branch.bytes = *std::move(file);
    } else {
      branch.bytes = pool_.get(header->size);
      inflater_.inflate(stream, branch.bytes.data(), header->size);
    }
    descend(std::move(branch));
  }

  // Depth first with a stack of its own, holding the bases on the way down.
  void descend(Branch first) {
    std::vector<Branch> stack;
    held_ = {};
    push(std::move(first), stack);
    while (!stack.empty()) {
      const uint32_t entry = stack.back().children.back();
      stack.back().children.pop_back();
      Branch child;
      const bool made = make(stack.back(), entry, child);
      if (stack.back().children.empty()) {
        held_of(stack.back()) -= stack.back().size;
        pool_.put(std::move(stack.back().bytes));
        stack.pop_back();
      }
      if (!made) continue;
      child.children = children(entry);
      if (child.children.empty()) {
        pool_.put(std::move(child.bytes));
      } else {
        push(std::move(child), stack);
      }
    }
  }

  void push(Branch branch, std::vector<Branch>& stack) {
    held_of(branch) += branch.size;
    stack.push_back(std::move(branch));
  }

  uint64_t& held_of(const Branch& branch) {
    return branch.bytes.is_file() ? held_.on_disk : held_.in_memory;
  }

  bool make(const Branch& base, uint32_t number, Branch& out) {
    Entry& entry = entries_[number];
    // The same delta may wait for two objects with one id.
    if (entry.type != ObjectType::kNone || entry.failed) return false;
    const std::optional<PackEntry> header = pack_.entry(entry.offset, end());
    const std::string_view stream = pack_.stream(*header, end());
    SkipReason failure = SkipReason::kCorrupt;
    bool made = false;
    out.type = base.type;
    if (header->size > max_bytes_) {
      InflateStream delta(stream, header->size);
      made = make_large(base, delta, out, failure);
    } else {
      Buffer memory = pool_.get(header->size);
      inflater_.inflate(stream, memory.data(), header->size);
      made = make(base, memory, header->size, out, failure);
      pool_.put(std::move(memory));
    }
    if (made) {
      entry.type = base.type;
      entry.id = ObjectId(
          object_hash(digest_, base.type, {out.bytes.data(), out.size}));
      out.bytes.forget_pages();
    } else {
      entry.failed = true;
      problem(failure, "object " + std::to_string(number + 1) + ": its delta");
    }
    base.bytes.forget_pages();
    return made;
  }

  bool make(const Branch& base, const Buffer& memory, size_t size, Branch& out,
            SkipReason& failure) {
    const std::string_view delta(memory.data(), size);
    const std::optional<DeltaSizes> sizes = read_delta_sizes(delta);
    if (!sizes) return false;
    if (sizes->result > max_bytes_ ||
        held_.in_memory > max_bytes_ - sizes->result) {
      BufferStream bytes(memory, size);
      return make_large(base, bytes, out, failure);
    }
    out.bytes = pool_.get(sizes->result);
    out.size = sizes->result;
    return apply_delta({base.bytes.data(), base.size}, delta, *sizes,
                       out.bytes.data(), runs_);
  }

  // In a temporary file, because there is no room in memory.
  bool make_large(const Branch& base, ByteStream& delta, Branch& out,
                  SkipReason& failure) {
    DeltaStream bytes(base.bytes, base.size, delta);
    if (!bytes.sizes()) return false;
    out.size = bytes.sizes()->result;
    failure = SkipReason::kTooLarge;
    if (out.size > kMaxFileBytes ||
        held_.on_disk > kMaxBytesOnDisk - out.size) {
      return false;
    }
    Result<Buffer> file = spill(bytes, out.size);
    if (!file) return false;
    failure = SkipReason::kCorrupt;
    out.bytes = *std::move(file);
    return static_cast<bool>(out.bytes);
  }

  // A thin pack leaves bases to the repository that it is for.
  void fetch_bases() {
    ObjectReader reader(others_, max_bytes_);
    for (size_t i = 0; i < by_id_.size();) {
      const ObjectId base = by_id_[i].first;
      Branch branch;
      for (; i < by_id_.size() && by_id_[i].first == base; ++i) {
        const Entry& entry = entries_[by_id_[i].second];
        if (entry.type == ObjectType::kNone && !entry.failed) {
          branch.children.push_back(by_id_[i].second);
        }
      }
      if (branch.children.empty()) continue;
      Result<Object> object = reader.read(base);
      if (!object) continue;
      branch.bytes = object->memory;
      branch.size = object->size;
      branch.type = object->type;
      descend(std::move(branch));
    }
  }

  // Deltas whose base is nowhere, by base; then what lost ones would have led
  // to.
  void name_lost() {
    std::map<ObjectId, uint64_t> missing;
    std::vector<uint32_t> pending;
    for (const auto& [base, entry] : by_id_) {
      if (entries_[entry].type != ObjectType::kNone || entries_[entry].failed) {
        continue;
      }
      pending.assign(1, entry);
      while (!pending.empty()) {
        const uint32_t lost = pending.back();
        pending.pop_back();
        entries_[lost].failed = true;
        ++missing[base];
        add_children(by_entry_, lost, pending);
      }
    }
    for (const auto& [base, count] : missing) {
      problems_.push_back({SkipReason::kMissingObject,
                           base.hex(pack_.hash_kind()),
                           "the base of " + std::to_string(count) +
                               " objects in " + pack_.path()});
    }
    const auto lost =
        std::count_if(entries_.begin(), entries_.end(), [](const Entry& entry) {
          return entry.type == ObjectType::kNone && !entry.failed;
        });
    if (lost > 0) {
      problem(SkipReason::kCorrupt,
              std::to_string(lost) + " objects made out of lost ones");
    }
  }

  PackIndex index() const {
    std::vector<PackIndex::Place> places;
    for (const Entry& entry : entries_) {
      if (entry.type != ObjectType::kNone) {
        places.push_back({entry.id, entry.offset});
      }
    }
    return PackIndex::of(std::move(places), pack_.hash_kind());
  }

  const Pack& pack_;
  const ObjectStore& others_;
  uint64_t max_bytes_;
  Inflater inflater_;
  BufferPool pool_;
  Digest digest_;
  std::vector<CopyRun> runs_;
  Held held_;
  std::vector<Entry> entries_;  // in the order of offsets
  // Deltas by their base.
  std::vector<std::pair<uint32_t, uint32_t>> by_entry_;
  std::vector<std::pair<ObjectId, uint32_t>> by_id_;
  std::vector<bool> taken_;  // by place in by_id_: the first of each base
  std::vector<Skipped> problems_;
};

}  // namespace

BuiltIndex build_index(const Pack& pack, const ObjectStore& others,
                       uint64_t max_bytes) {
  return IndexBuilder(pack, others, max_bytes).run();
}

}  // namespace leaksift
