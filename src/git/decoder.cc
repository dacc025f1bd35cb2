#include "git/decoder.h"

#include <algorithm>

#include "git/delta.h"
#include "git/spill.h"

namespace leaksift {
namespace {

constexpr size_t kMaxKeptBytes = size_t{48} << 20;  // per thread
// Of temporary files, per thread.
constexpr uint64_t kMaxSpilledBytes = uint64_t{16} << 30;

// What a thread may hold: an object, its base, its delta, and as much as each
// of these for bases that wait. A scan's offsets take 32 bits.
uint64_t share_of(const ObjectWalkOptions& options) {
  return std::min(options.memory / options.jobs / 4, uint64_t{1} << 30);
}

}  // namespace

Decoder::Decoder(Walk& walk, unsigned worker)
    : walk_(walk),
      worker_(worker),
      pool_(std::min<uint64_t>(kMaxKeptBytes, share_of(walk.options()) / 2)),
      reader_(walk.store(), share_of(walk.options())),
      share_(share_of(walk.options())) {}

ObjectWalkStats Decoder::stats() const {
  ObjectWalkStats stats = stats_;
  stats.inflate_ns = inflate_clock_.nanoseconds();
  stats.apply_ns = apply_clock_.nanoseconds();
  return stats;
}

bool Decoder::inflate(const DeltaForest& forest, uint32_t entry,
                      const PackEntry& header, char* out) {
  inflate_clock_.begin();
  // Up to the pack's end: near the end of its input the inflater is slower.
  const std::optional<size_t> taken = inflater_.inflate(
      forest.pack().stream(header, forest.pack().bytes().size()), out,
      header.size);
  inflate_clock_.end();
  if (!taken || *taken > forest.end(entry) - header.data) return false;
  stats_.packed_bytes += *taken;
  return true;
}

void Decoder::decode_tree(const DeltaForest& forest, uint32_t root) {
  const ObjectType type = forest.type(root);
  if (!walk_.wants_type(type) || !is_worth_decoding(forest, root) ||
      !walk_.wants_any_of(forest, root)) {
    return;
  }
  Decoded object;
  if (!make_root(forest, root, type, object)) return;
  descend(forest, root, type, std::move(object));
}

bool Decoder::make_root(const DeltaForest& forest, uint32_t root,
                        ObjectType type, Decoded& out) {
  const std::optional<PackEntry> header =
      forest.pack().entry(forest.offset(root), forest.end(root));
  if (!header) return recover(forest, root, type, "its header", out);
  if (header->size > share_) {
    InflateStream bytes(forest.pack().stream(*header, forest.end(root)),
                        header->size);
    return stream(forest, root, type, bytes, header->size, out);
  }
  out.memory = pool_.get(header->size);
  out.size = header->size;
  if (inflate(forest, root, *header, out.memory.data())) return true;
  pool_.put(std::move(out.memory));
  return recover(forest, root, type, "its zlib stream", out);
}

// `entry` stands in the forest's list.
void Decoder::decode_foreign(const DeltaForest& forest, const uint32_t& entry) {
  const std::optional<PackEntry> header =
      forest.pack().entry(forest.offset(entry), forest.end(entry));
  Result<Object> base = reader_.read(header->base_id);
  if (!base) {
    return lose(forest, entry, ObjectType::kNone, reader_.failure(),
                "its delta base: " + base.error().message());
  }
  if (!walk_.wants_type(base->type)) return;
  const std::span<const uint32_t> only(&entry, 1);
  decode_branch(
      {&forest, only, base->type, base->memory, base->size, false, nullptr});
}

void Decoder::decode_loose(const LooseObject& object) {
  if (!walk_.is_wanted(object)) return;
  const Result<Object> loose = reader_.read_loose(object);
  const HashKind hash = walk_.store().hash();
  if (!loose && reader_.failure() == SkipReason::kTooLarge) {
    return stream_loose(object.id);
  }
  if (!loose) {
    if (!walk_.names_untyped()) return;
    return walk_.visitor().skip(
        worker_,
        {SkipReason::kCorrupt, object.id.hex(hash), loose.error().message()});
  }
  if (!walk_.wants_type(loose->type)) return;
  ++stats_.objects;
  stats_.logical_bytes += loose->size;
  walk_.visitor().visit(worker_,
                        {loose->type, object.id.raw(hash), loose->bytes()});
}

// Visits the object, then everything that is made out of it.
void Decoder::descend(const DeltaForest& forest, uint32_t entry,
                      ObjectType type, Decoded object) {
  if (!object.streamed) visit(forest, entry, type, nullptr, object);
  const std::span<const uint32_t> children = forest.children(entry);
  if (children.empty()) return pool_.put(std::move(object.memory));
  decode_branch({&forest, children, type, std::move(object.memory), object.size,
                 object.visited, std::move(object.note)});
}

// Depth first with a stack of its own: chains may be 4095 deltas long. The
// base of a last child is let go before its own children come, so a chain
// without branches holds two objects at a time.
void Decoder::decode_branch(Branch first) {
  stack_.clear();
  held_ = 0;
  push(std::move(first));
  while (!stack_.empty()) {
    Branch& branch = stack_.back();
    const DeltaForest& forest = *branch.forest;
    const ObjectType type = branch.type;
    const uint32_t entry = branch.children.front();
    prefetch_next(branch);
    Decoded child;
    const bool made =
        is_worth_decoding(forest, entry) && make_child(branch, entry, child);
    const bool base_visited = branch.base_visited;
    const uint64_t base_size = branch.base_size;
    const NotePtr base_note = branch.base_note;
    branch.children = branch.children.subspan(1);
    if (branch.children.empty()) {
      held_ -= held_by(branch);
      pool_.put(std::move(branch.base));
      stack_.pop_back();
    }
    if (!made) continue;
    const DecodedDelta delta{runs_, base_size, base_note.get()};
    if (!child.streamed) {
      const bool by_delta = base_visited && !child.recovered;
      visit(forest, entry, type, by_delta ? &delta : nullptr, child);
    }
    const std::span<const uint32_t> children = forest.children(entry);
    if (children.empty()) {
      pool_.put(std::move(child.memory));
    } else {
      push({&forest, children, type, std::move(child.memory), child.size,
            child.visited, std::move(child.note)});
    }
    if (walk_.others_idle()) share_if_others_idle();
  }
}

// The entry that comes behind the branch's first one: made out of it, or of the
// same base.
void Decoder::prefetch_next(const Branch& branch) {
  const DeltaForest& forest = *branch.forest;
  const auto below = forest.children(branch.children.front());
  const auto next = below.empty() ? branch.children.subspan(1) : below;
  if (!next.empty()) forest.pack().prefetch(forest.offset(next.front()));
}

// Gives away half of the siblings that wait longest: they are nearest to the
// root and likely have the most behind them.
void Decoder::share_if_others_idle() {
  for (Branch& branch : stack_) {
    const size_t waiting = branch.children.size();
    const bool is_top = &branch == &stack_.back();
    if (waiting == 0 || (is_top && waiting < 2)) continue;
    const size_t kept = is_top ? (waiting + 1) / 2 : waiting / 2;
    Branch given = branch;
    given.children = branch.children.subspan(kept);
    branch.children = branch.children.first(kept);
    walk_.hand_over(std::move(given));
    break;
  }
  drop_empty_branches();
}

void Decoder::drop_empty_branches() {
  std::erase_if(stack_, [](const Branch& b) { return b.children.empty(); });
  held_ = 0;
  for (const Branch& branch : stack_) held_ += held_by(branch);
}

void Decoder::push(Branch branch) {
  held_ += held_by(branch);
  const uint64_t own = held_by(branch);
  stack_.push_back(std::move(branch));
  if (held_ - own > share_ / 2) spill_waiting();
}

// Puts bases that wait into temporary files: those that wait longest first.
void Decoder::spill_waiting() {
  uint64_t on_disk = 0;
  for (Branch& branch : stack_) {
    if (branch.base.is_file()) on_disk += branch.base_size;
    if (&branch == &stack_.back() || held_ <= share_ / 4) break;
    if (branch.base.is_file()) continue;
    BufferStream bytes(branch.base, branch.base_size);
    on_disk += branch.base_size;
    Result<Buffer> file = on_disk > kMaxSpilledBytes
                              ? Error("too much waits")
                              : spill(bytes, branch.base_size);
    if (file) {
      held_ -= branch.base_size;
      branch.base = *std::move(file);
      continue;
    }
    held_ -= held_by(branch);
    for (const uint32_t child : branch.children) {
      lose(*branch.forest, child, branch.type, SkipReason::kTooLarge,
           file.error().message());
    }
    branch.children = {};
  }
  drop_waiting_notes();
  drop_empty_branches();
}

// Where that was not enough.
void Decoder::drop_waiting_notes() {
  for (Branch& branch : stack_) {
    if (&branch == &stack_.back() || held_ <= share_ / 4) break;
    if (!branch.base_note) continue;
    held_ -= branch.base_note->held_bytes();
    branch.base_note = nullptr;
    branch.base_visited = false;
  }
}

bool Decoder::make_child(const Branch& branch, uint32_t entry, Decoded& out) {
  const DeltaForest& forest = *branch.forest;
  auto damaged = [&](const char* what) {
    pool_.put(std::move(out.memory));
    return recover(forest, entry, branch.type, what, out);
  };
  const std::optional<PackEntry> header =
      forest.pack().entry(forest.offset(entry), forest.end(entry));
  if (!header) return damaged("its header");
  if (header->size > share_) {
    InflateStream delta(forest.pack().stream(*header, forest.end(entry)),
                        header->size);
    return make_large_child(branch, entry, delta, out);
  }
  if (delta_capacity_ < header->size || !delta_) {
    delta_capacity_ = std::max<size_t>(
        {header->size, std::min<uint64_t>(header->size * 2, share_ / 2),
         1 << 16});
    delta_ = pool_.get(delta_capacity_);
  }
  if (!inflate(forest, entry, *header, delta_.data())) {
    return damaged("its zlib stream");
  }
  const std::string_view delta(delta_.data(), header->size);
  const std::optional<DeltaSizes> sizes = read_delta_sizes(delta);
  if (!sizes) return damaged("its delta");
  if (sizes->result > share_) {
    BufferStream bytes(delta_, delta.size());
    return make_large_child(branch, entry, bytes, out);
  }
  if (!may_make(branch, entry, sizes->result)) return false;
  apply_clock_.begin();
  const std::string_view base(branch.base.data(), branch.base_size);
  out.memory = pool_.get(sizes->result);
  out.size = sizes->result;
  const bool applied =
      apply_delta(base, delta, *sizes, out.memory.data(), runs_);
  branch.base.forget_pages();
  if (!applied) return damaged("its delta");
  apply_clock_.end();
  return true;
}

// A few bytes of delta make any number of bytes, as often as somebody likes.
bool Decoder::may_make(const Branch& branch, uint32_t entry, uint64_t size) {
  if (size > granted_) granted_ += walk_.grant(size - granted_);
  if (size <= granted_) {
    granted_ -= size;
    return true;
  }
  lose(*branch.forest, entry, branch.type, SkipReason::kTooLarge,
       std::to_string(size) + " bytes, of too many that deltas make");
  return false;
}

// Of which the delta or the result is over what may be held.
bool Decoder::make_large_child(const Branch& branch, uint32_t entry,
                               ByteStream& delta, Decoded& out) {
  const DeltaForest& forest = *branch.forest;
  DeltaStream bytes(branch.base, branch.base_size, delta);
  if (!bytes.sizes()) {
    return recover(forest, entry, branch.type, "its delta", out);
  }
  const uint64_t size = bytes.sizes()->result;
  if (size > walk_.options().max_object_bytes) {
    lose(forest, entry, branch.type, SkipReason::kTooLarge,
         std::to_string(size) + " bytes");
    return false;
  }
  if (!may_make(branch, entry, size)) return false;
  if (size > share_) {
    return stream(forest, entry, branch.type, bytes, size, out);
  }
  out.memory = pool_.get(size);
  out.size = size;
  runs_.clear();
  char more = 0;
  if (bytes.read(out.memory.data(), size) == size &&
      bytes.read(&more, 1) == 0) {
    return true;
  }
  pool_.put(std::move(out.memory));
  return recover(forest, entry, branch.type, "its delta", out);
}

// An object that may not be held as a whole, or else another copy of it.
bool Decoder::stream(const DeltaForest& forest, uint32_t entry, ObjectType type,
                     ByteStream& bytes, uint64_t size, Decoded& out) {
  Streamed end = deliver(forest, entry, type, bytes, size, out);
  if (end == Streamed::kDamaged) end = deliver_copy(forest, entry, type, out);
  if (end == Streamed::kDamaged) {
    lose(forest, entry, type, SkipReason::kCorrupt,
         "its zlib stream or its delta");
  }
  return end == Streamed::kVisited;
}

// One that others are made out of is put into a temporary file first.
// kRefused: it is lost, and named.
Streamed Decoder::deliver(const DeltaForest& forest, uint32_t entry,
                          ObjectType type, ByteStream& bytes, uint64_t size,
                          Decoded& out) {
  const PackIndex& index = forest.pack().index();
  const StreamedObject object{type, index.raw_id(forest.index_position(entry)),
                              size};
  const std::string& where = forest.pack().path();
  out.size = size;
  out.streamed = true;
  if (forest.children(entry).empty()) {
    if (!stream_to_visitor(object, bytes, where)) return Streamed::kDamaged;
  } else {
    Result<Buffer> file = size > walk_.options().max_object_bytes
                              ? Error(std::to_string(size) + " bytes")
                              : spill(bytes, size);
    if (!file) {
      lose(forest, entry, type, SkipReason::kTooLarge, file.error().message());
      return Streamed::kRefused;
    }
    if (!*file) return Streamed::kDamaged;
    out.memory = *std::move(file);
    BufferStream content(out.memory, size);
    if (walk_.is_wanted(forest, entry)) {
      stream_to_visitor(object, content, where);
    }
  }
  ++stats_.objects;
  stats_.logical_bytes += size;
  return Streamed::kVisited;
}

// Of the copies elsewhere those that are no deltas; kDamaged if none is whole.
Streamed Decoder::deliver_copy(const DeltaForest& forest, uint32_t entry,
                               ObjectType type, Decoded& out) {
  const ObjectStore& store = walk_.store();
  const PackIndex& index = forest.pack().index();
  const ObjectId id = index.id(forest.index_position(entry));
  const std::string_view raw_id = id.raw(store.hash());
  Streamed end = Streamed::kDamaged;
  auto at = store.find_packed(raw_id);
  for (; at && end == Streamed::kDamaged;
       at = store.find_packed(raw_id, at->pack + 1)) {
    const Pack& pack = store.packs()[at->pack];
    const uint64_t pack_end = pack.bytes().size();
    const std::optional<PackEntry> header =
        pack.entry(pack.index().offset(at->position), pack_end);
    if (&pack == &forest.pack() || !header || header->type != type) continue;
    InflateStream bytes(pack.stream(*header, pack_end), header->size);
    end = deliver(forest, entry, type, bytes, header->size, out);
  }
  for (const LooseObject& loose : store.loose_copies(id)) {
    if (end != Streamed::kDamaged) break;
    Result<LooseStream> bytes = LooseStream::open(store, loose);
    if (!bytes || bytes->header().type != type) continue;
    end = deliver(forest, entry, type, *bytes, bytes->header().size, out);
  }
  return end;
}

// False if the bytes are damaged.
bool Decoder::stream_to_visitor(const StreamedObject& object, ByteStream& bytes,
                                const std::string& where) {
  const Streamed end = walk_.visitor().visit_stream(worker_, object, bytes);
  if (end == Streamed::kRefused) {
    walk_.visitor().skip(worker_,
                         {SkipReason::kTooLarge,
                          ObjectId(object.raw_id).hex(walk_.store().hash()),
                          std::to_string(object.size) + " bytes in " + where});
  }
  return end != Streamed::kDamaged;
}

void Decoder::stream_loose(const ObjectId& id) {
  const HashKind hash = walk_.store().hash();
  for (const LooseObject& loose : walk_.store().loose_copies(id)) {
    Result<LooseStream> bytes = LooseStream::open(walk_.store(), loose);
    if (!bytes) continue;
    const LooseHeader& header = bytes->header();
    if (!walk_.wants_type(header.type)) return;
    if (!stream_to_visitor({header.type, id.raw(hash), header.size}, *bytes,
                           walk_.store().loose_path(loose))) {
      continue;
    }
    ++stats_.objects;
    stats_.logical_bytes += header.size;
    return;
  }
  walk_.visitor().skip(worker_, {SkipReason::kCorrupt, id.hex(hash),
                                 "damaged: its zlib stream, or its size"});
}

bool Decoder::visit_elsewhere(const DeltaForest& forest, uint32_t entry,
                              ObjectType type) {
  const PackIndex& index = forest.pack().index();
  const Result<Object> copy =
      reader_.read(index.id(forest.index_position(entry)));
  if (!copy) return false;
  if (!walk_.wants_type(copy->type)) return type == ObjectType::kNone;
  Decoded object{copy->memory, copy->size, false, nullptr};
  visit(forest, entry, copy->type, nullptr, object);
  return true;
}

// Of an object that is damaged here, another copy; else it is lost.
bool Decoder::recover(const DeltaForest& forest, uint32_t entry,
                      ObjectType type, const char* what, Decoded& out) {
  const PackIndex& index = forest.pack().index();
  const Result<Object> copy =
      reader_.read(index.id(forest.index_position(entry)));
  if (!copy && reader_.failure() == SkipReason::kTooLarge) {
    const Streamed end = deliver_copy(forest, entry, type, out);
    if (end != Streamed::kDamaged) return end == Streamed::kVisited;
  }
  if (!copy || copy->type != type) {
    lose(forest, entry, type, SkipReason::kCorrupt, what);
    return false;
  }
  out.memory = copy->memory;
  out.size = copy->size;
  out.recovered = true;
  return true;
}

void Decoder::visit(const DeltaForest& forest, uint32_t entry, ObjectType type,
                    const DecodedDelta* delta, Decoded& object) {
  ++stats_.objects;
  stats_.logical_bytes += object.size;
  if (!walk_.is_wanted(forest, entry)) return;
  const PackIndex& index = forest.pack().index();
  object.visited = true;
  object.note = walk_.visitor().visit(
      worker_, {type,
                index.raw_id(forest.index_position(entry)),
                {object.memory.data(), object.size},
                delta,
                !forest.children(entry).empty()});
}

bool Decoder::is_worth_decoding(const DeltaForest& forest,
                                uint32_t entry) const {
  return !forest.children(entry).empty() || walk_.is_wanted(forest, entry);
}

// Names the entry and all that would have been made out of it, but for what is
// whole elsewhere.
void Decoder::lose(const DeltaForest& forest, uint32_t entry, ObjectType type,
                   SkipReason reason, const std::string& detail) {
  const bool too_large = reason == SkipReason::kTooLarge;
  const bool names = type != ObjectType::kNone || walk_.names_untyped();
  std::vector<uint32_t> pending{entry};
  const PackIndex& index = forest.pack().index();
  const std::string where = " in " + forest.pack().path();
  while (!pending.empty()) {
    const uint32_t lost = pending.back();
    pending.pop_back();
    const std::span<const uint32_t> more = forest.children(lost);
    pending.insert(pending.end(), more.begin(), more.end());
    if (!walk_.is_wanted(forest, lost)) continue;
    if (!too_large && visit_elsewhere(forest, lost, type)) continue;
    if (!names) continue;
    walk_.visitor().skip(
        worker_,
        {reason, index.id(forest.index_position(lost)).hex(index.hash_kind()),
         (lost == entry ? detail : "made out of a lost object") + where});
  }
}

}  // namespace leaksift
