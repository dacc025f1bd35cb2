#include "git/object_walk.h"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <span>

#include "git/delta.h"

namespace leaksift {
namespace {

constexpr size_t kMaxKeptBytes = size_t{48} << 20;  // per thread

uint64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

// A run of siblings that are still to be made out of their base.
struct Branch {
  const DeltaForest* forest = nullptr;
  std::span<const uint32_t> children;
  ObjectType type = ObjectType::kNone;
  Buffer base;
  size_t base_size = 0;
  bool base_visited = false;
  NotePtr base_note;
};

class Walk;

// What one thread decodes with.
class Decoder {
 public:
  Decoder(Walk& walk, unsigned worker);

  void decode_tree(const DeltaForest& forest, uint32_t root);
  void decode_foreign(const DeltaForest& forest,
                      const DeltaForest::ForeignDelta& delta);
  void decode_loose(const LooseObject& object);
  void decode_branch(Branch branch);

  const ObjectWalkStats& stats() const { return stats_; }

 private:
  struct Decoded {
    Buffer memory;
    size_t size = 0;
    bool visited = false;
    NotePtr note;
  };

  bool inflate(const DeltaForest& forest, uint32_t entry,
               const PackEntry& header, char* out);
  bool inflate_delta(const DeltaForest& forest, uint32_t entry,
                     std::string_view& delta);
  bool make_child(const Branch& branch, uint32_t entry, Decoded& out);
  void descend(const DeltaForest& forest, uint32_t entry, ObjectType type,
               Decoded object);
  void share_if_others_idle();
  void visit(const DeltaForest& forest, uint32_t entry, ObjectType type,
             const DecodedDelta* delta, Decoded& object);
  bool is_worth_decoding(const DeltaForest& forest, uint32_t entry) const;
  void lose(const DeltaForest& forest, uint32_t entry, SkipReason reason,
            const std::string& detail);

  Walk& walk_;
  unsigned worker_;
  Inflater inflater_;
  BufferPool pool_;
  ObjectReader reader_;
  Buffer delta_;
  size_t delta_capacity_ = 0;
  std::vector<CopyRun> runs_;  // of the delta applied last
  std::vector<Branch> stack_;
  ObjectWalkStats stats_;
};

using Forests = std::vector<std::unique_ptr<DeltaForest>>;

// The work of one run.
class Walk {
 public:
  Walk(const ObjectStore& store, const Forests& forests,
       const ObjectWalkOptions& options, ObjectVisitor& visitor)
      : store_(store),
        options_(options),
        visitor_(visitor),
        forests_(forests) {}

  ObjectWalkStats run();

  const ObjectStore& store() const { return store_; }
  const ObjectWalkOptions& options() const { return options_; }
  ObjectVisitor& visitor() { return visitor_; }

  bool wants_type(ObjectType type) const {
    return (options_.types & type_bit(type)) != 0;
  }
  // Losses whose type nobody knows are named by walks for blobs, so that of
  // several walks by type one does.
  bool names_untyped() const { return wants_type(ObjectType::kBlob); }
  // Is this the copy of the object that is to be visited?
  bool is_wanted(const DeltaForest& forest, uint32_t entry) const;
  bool is_wanted(const LooseObject& object) const;

  // Are there threads with nothing to do and no tree left to begin?
  bool others_idle() const {
    return all_dealt_.load(std::memory_order_relaxed) &&
           busy_.load(std::memory_order_relaxed) < options_.jobs;
  }
  void hand_over(Branch branch);

 private:
  void count_jobs();
  void take_jobs();
  void do_job(Decoder& decoder, size_t job);
  Decoder& decoder();

  const ObjectStore& store_;
  const ObjectWalkOptions& options_;
  ObjectVisitor& visitor_;

  const Forests& forests_;
  // Jobs are counted through: each forest's roots, then its foreign deltas;
  // then loose objects.
  std::vector<size_t> first_job_;
  size_t job_count_ = 0;
  std::atomic<size_t> next_job_{0};
  std::atomic<bool> all_dealt_{false};
  std::atomic<unsigned> busy_{0};
  std::deque<Decoder> decoders_;
  tbb::task_group tasks_;
};

Decoder::Decoder(Walk& walk, unsigned worker)
    : walk_(walk),
      worker_(worker),
      pool_(kMaxKeptBytes),
      reader_(walk.store(), walk.options().max_object_bytes) {}

bool Decoder::inflate(const DeltaForest& forest, uint32_t entry,
                      const PackEntry& header, char* out) {
  const uint64_t start = now_ns();
  const std::optional<size_t> taken = inflater_.inflate(
      forest.pack().stream(header, forest.end(entry)), out, header.size);
  stats_.inflate_ns += now_ns() - start;
  stats_.packed_bytes += taken.value_or(0);
  return taken.has_value();
}

void Decoder::decode_tree(const DeltaForest& forest, uint32_t root) {
  const ObjectType type = forest.type(root);
  if (!walk_.wants_type(type) || !is_worth_decoding(forest, root)) return;
  const std::optional<PackEntry> header =
      forest.pack().entry(forest.offset(root), forest.end(root));
  if (!header) return lose(forest, root, SkipReason::kCorrupt, "its header");
  if (header->size > walk_.options().max_object_bytes) {
    return lose(forest, root, SkipReason::kTooLarge,
                std::to_string(header->size) + " bytes");
  }
  Decoded object{pool_.get(header->size), header->size, false, nullptr};
  if (!inflate(forest, root, *header, object.memory.data())) {
    pool_.put(std::move(object.memory));
    return lose(forest, root, SkipReason::kCorrupt, "its zlib stream");
  }
  descend(forest, root, type, std::move(object));
}

void Decoder::decode_foreign(const DeltaForest& forest,
                             const DeltaForest::ForeignDelta& delta) {
  Result<Object> base = reader_.read(delta.base);
  if (!base) {
    if (!walk_.names_untyped()) return;
    const SkipReason reason = walk_.store().holds(delta.base)
                                  ? SkipReason::kCorrupt
                                  : SkipReason::kMissingObject;
    return lose(forest, delta.entry, reason,
                "its delta base: " + base.error().message());
  }
  if (!walk_.wants_type(base->type)) return;
  const std::span<const uint32_t> only(&delta.entry, 1);
  decode_branch(
      {&forest, only, base->type, base->memory, base->size, false, nullptr});
}

void Decoder::decode_loose(const LooseObject& object) {
  if (!walk_.is_wanted(object)) return;
  const Result<Object> loose = reader_.read_loose(object);
  const HashKind hash = walk_.store().hash();
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
  visit(forest, entry, type, nullptr, object);
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
  stack_.push_back(std::move(first));
  while (!stack_.empty()) {
    Branch& branch = stack_.back();
    const DeltaForest& forest = *branch.forest;
    const ObjectType type = branch.type;
    const uint32_t entry = branch.children.front();
    Decoded child;
    const bool made =
        is_worth_decoding(forest, entry) && make_child(branch, entry, child);
    const bool base_visited = branch.base_visited;
    const uint64_t base_size = branch.base_size;
    const NotePtr base_note = branch.base_note;
    branch.children = branch.children.subspan(1);
    if (branch.children.empty()) {
      pool_.put(std::move(branch.base));
      stack_.pop_back();
    }
    if (!made) continue;
    const DecodedDelta delta{runs_, base_size, base_note.get()};
    visit(forest, entry, type, base_visited ? &delta : nullptr, child);
    const std::span<const uint32_t> children = forest.children(entry);
    if (children.empty()) {
      pool_.put(std::move(child.memory));
    } else {
      stack_.push_back({&forest, children, type, std::move(child.memory),
                        child.size, child.visited, std::move(child.note)});
    }
    if (walk_.others_idle()) share_if_others_idle();
  }
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
  std::erase_if(stack_, [](const Branch& b) { return b.children.empty(); });
}

bool Decoder::inflate_delta(const DeltaForest& forest, uint32_t entry,
                            std::string_view& delta) {
  const std::optional<PackEntry> header =
      forest.pack().entry(forest.offset(entry), forest.end(entry));
  if (!header || header->size > walk_.options().max_object_bytes) {
    return false;
  }
  if (delta_capacity_ < header->size || !delta_) {
    delta_capacity_ = std::max<size_t>(header->size * 2, 1 << 16);
    delta_ = pool_.get(delta_capacity_);
  }
  delta = {delta_.data(), header->size};
  return inflate(forest, entry, *header, delta_.data());
}

bool Decoder::make_child(const Branch& branch, uint32_t entry, Decoded& out) {
  const DeltaForest& forest = *branch.forest;
  std::string_view delta;
  if (!inflate_delta(forest, entry, delta)) {
    lose(forest, entry, SkipReason::kCorrupt, "its zlib stream");
    return false;
  }
  const std::optional<DeltaSizes> sizes = read_delta_sizes(delta);
  if (sizes && sizes->result > walk_.options().max_object_bytes) {
    lose(forest, entry, SkipReason::kTooLarge,
         std::to_string(sizes->result) + " bytes");
    return false;
  }
  const uint64_t start = now_ns();
  const std::string_view base(branch.base.data(), branch.base_size);
  if (sizes) {
    out.memory = pool_.get(sizes->result);
    out.size = sizes->result;
  }
  if (!sizes || !apply_delta(base, delta, *sizes, out.memory.data(), runs_)) {
    pool_.put(std::move(out.memory));
    lose(forest, entry, SkipReason::kCorrupt, "its delta");
    return false;
  }
  stats_.apply_ns += now_ns() - start;
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
                delta});
}

bool Decoder::is_worth_decoding(const DeltaForest& forest,
                                uint32_t entry) const {
  return !forest.children(entry).empty() || walk_.is_wanted(forest, entry);
}

// Names the entry and all that would have been made out of it.
void Decoder::lose(const DeltaForest& forest, uint32_t entry, SkipReason reason,
                   const std::string& detail) {
  std::vector<uint32_t> pending{entry};
  const PackIndex& index = forest.pack().index();
  const std::string where = " in " + forest.pack().path();
  while (!pending.empty()) {
    const uint32_t lost = pending.back();
    pending.pop_back();
    const std::span<const uint32_t> more = forest.children(lost);
    pending.insert(pending.end(), more.begin(), more.end());
    if (!walk_.is_wanted(forest, lost)) continue;
    walk_.visitor().skip(
        worker_,
        {reason, index.id(forest.index_position(lost)).hex(index.hash_kind()),
         (lost == entry ? detail : "made out of a lost object") + where});
  }
}

bool Walk::is_wanted(const DeltaForest& forest, uint32_t entry) const {
  const bool first = &forest == forests_.front().get();
  if (first && !options_.wanted) return true;
  const std::string_view raw_id =
      forest.pack().index().raw_id(forest.index_position(entry));
  if (options_.wanted && !options_.wanted(raw_id)) return false;
  for (const auto& earlier : forests_) {
    if (earlier.get() == &forest) return true;
    if (earlier->pack().index().find(raw_id)) return false;
  }
  return true;
}

bool Walk::is_wanted(const LooseObject& object) const {
  const std::string_view raw_id = object.id.raw(store_.hash());
  if (options_.wanted && !options_.wanted(raw_id)) return false;
  return !store_.find_packed(raw_id);
}

void Walk::count_jobs() {
  for (const auto& forest : forests_) {
    first_job_.push_back(job_count_);
    job_count_ += forest->roots().size() + forest->foreign().size();
    if (!names_untyped()) continue;
    const PackIndex& index = forest->pack().index();
    for (const uint32_t entry : forest->damaged()) {
      if (!is_wanted(*forest, entry)) continue;
      visitor_.skip(
          0, {SkipReason::kCorrupt,
              index.id(forest->index_position(entry)).hex(index.hash_kind()),
              "no entry at its place, or at its base's, in " +
                  forest->pack().path()});
    }
  }
  first_job_.push_back(job_count_);
  job_count_ += store_.loose().size();
}

void Walk::do_job(Decoder& decoder, size_t job) {
  const size_t forests = forests_.size();
  if (job >= first_job_[forests]) {
    return decoder.decode_loose(store_.loose()[job - first_job_[forests]]);
  }
  const auto after =
      std::upper_bound(first_job_.begin(), first_job_.end(), job);
  const auto at = static_cast<size_t>(after - first_job_.begin()) - 1;
  const DeltaForest& forest = *forests_[at];
  const size_t index = job - first_job_[at];
  if (index < forest.roots().size()) {
    return decoder.decode_tree(forest, forest.roots()[index]);
  }
  decoder.decode_foreign(forest,
                         forest.foreign()[index - forest.roots().size()]);
}

Decoder& Walk::decoder() {
  const int index = tbb::this_task_arena::current_thread_index();
  return decoders_[static_cast<size_t>(index)];
}

void Walk::take_jobs() {
  busy_.fetch_add(1, std::memory_order_relaxed);
  for (;;) {
    const size_t job = next_job_.fetch_add(1, std::memory_order_relaxed);
    if (job >= job_count_) break;
    do_job(decoder(), job);
  }
  all_dealt_.store(true, std::memory_order_relaxed);
  busy_.fetch_sub(1, std::memory_order_relaxed);
}

void Walk::hand_over(Branch branch) {
  busy_.fetch_add(1, std::memory_order_relaxed);
  tasks_.run([this, branch = std::move(branch)] {
    decoder().decode_branch(branch);
    busy_.fetch_sub(1, std::memory_order_relaxed);
  });
}

ObjectWalkStats Walk::run() {
  count_jobs();
  for (unsigned i = 0; i < options_.jobs; ++i) decoders_.emplace_back(*this, i);
  // As many threads as asked for, also where there are fewer CPUs.
  const tbb::global_control threads(
      tbb::global_control::max_allowed_parallelism, options_.jobs);
  tbb::task_arena arena(static_cast<int>(options_.jobs));
  arena.execute([this] {
    for (unsigned i = 0; i < options_.jobs; ++i) {
      tasks_.run([this] { take_jobs(); });
    }
    tasks_.wait();
  });
  ObjectWalkStats total;
  for (const Decoder& decoder : decoders_) total.merge(decoder.stats());
  return total;
}

}  // namespace

void ObjectWalkStats::merge(const ObjectWalkStats& other) {
  objects += other.objects;
  packed_bytes += other.packed_bytes;
  logical_bytes += other.logical_bytes;
  inflate_ns += other.inflate_ns;
  apply_ns += other.apply_ns;
}

ObjectWalk::ObjectWalk(const ObjectStore& store) : store_(store) {
  for (const Pack& pack : store.packs()) {
    forests_.push_back(std::make_unique<DeltaForest>(pack));
  }
}
ObjectWalk::~ObjectWalk() = default;

ObjectWalkStats ObjectWalk::run(const ObjectWalkOptions& options,
                                ObjectVisitor& visitor) const {
  return Walk(store_, forests_, options, visitor).run();
}

void ObjectWalk::for_each_id(
    ObjectType type,
    const std::function<void(const char* raw_id)>& each) const {
  for (const auto& forest : forests_) {
    const PackIndex& index = forest->pack().index();
    for (uint32_t i = 0; i < forest->size(); ++i) {
      const ObjectType known = forest->type(i);
      if (known == type || known == ObjectType::kNone) {
        each(index.raw_id(forest->index_position(i)).data());
      }
    }
  }
  for (const LooseObject& object : store_.loose()) {
    each(object.id.raw(store_.hash()).data());
  }
}

}  // namespace leaksift
