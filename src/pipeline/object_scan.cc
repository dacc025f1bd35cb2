#include "pipeline/object_scan.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <utility>

#include "core/sort_unique.h"
#include "git/object_walk.h"

namespace leaksift {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kText = type_bit(ObjectType::kBlob) |
                           type_bit(ObjectType::kCommit) |
                           type_bit(ObjectType::kTag);
// A walk looks at every object of the store: it is worth that for many of them,
// or for one in so many.
constexpr size_t kObjectsForWalk = 64;
constexpr size_t kShareForWalk = 16;
// A thread takes 0.3 ms to be set up.
constexpr size_t kObjectsPerJob = 64;

// Where there is a deadline, objects over this come last.
constexpr uint64_t kLarge = uint64_t{4} << 20;

bool holds(const std::vector<ObjectId>& sorted, const ObjectId& id) {
  return std::binary_search(sorted.begin(), sorted.end(), id);
}

std::vector<ObjectId> without(const std::vector<ObjectId>& sorted,
                              const std::vector<ObjectId>& others) {
  std::vector<ObjectId> rest;
  std::set_difference(sorted.begin(), sorted.end(), others.begin(),
                      others.end(), std::back_inserter(rest));
  return rest;
}

// Ids that threads collect, each for itself.
class IdLists {
 public:
  explicit IdLists(unsigned jobs) : lists_(jobs) {}

  void add(unsigned worker, const ObjectId& id) {
    lists_[worker].push_back(id);
  }

  // Sorted, each once.
  std::vector<ObjectId> take() {
    std::vector<ObjectId> all;
    for (auto& list : lists_) {
      all.insert(all.end(), list.begin(), list.end());
      list.clear();
    }
    sort_unique(all);
    return all;
  }

 private:
  std::vector<std::vector<ObjectId>> lists_;
};

// Lets objects through until the deadline, and remembers which.
class Gate : public ObjectVisitor {
 public:
  Gate(HistoryVisitor& inner, HashKind hash, const ObjectScanOptions& options)
      : inner_(inner),
        hash_(hash),
        options_(options),
        passed_(options.jobs),
        postponed_(options.jobs) {}

  bool is_open() {
    if (!options_.deadline) return true;
    if (Clock::now() > *options_.deadline) shut_ = true;
    return !shut_;
  }

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    const bool is_large = object.bytes.size() > kLarge && !object.is_base &&
                          object.delta == nullptr;
    if (!pass(worker, object.raw_id, object.bytes.size(), is_large)) {
      return nullptr;
    }
    return inner_.visit(worker, object);
  }

  Streamed visit_stream(unsigned worker, const StreamedObject& object,
                        ByteStream& bytes) override {
    if (!pass(worker, object.raw_id, object.size, true)) {
      return Streamed::kVisited;
    }
    StreamInTime in_time(*this, bytes);
    return inner_.visit_stream(worker, object, in_time);
  }

  void skip(unsigned worker, Skipped entry) override {
    inner_.skip(worker, std::move(entry));
  }

  // Passes for scanned what was lost otherwise: it has been named.
  void forgive(const ObjectId& id) { passed_.add(0, id); }

  // Where there is a deadline, large objects are turned away, for
  // take_postponed() to tell of them.
  void postpone_large(bool on) { postpones_ = on && options_.deadline; }
  std::vector<ObjectId> take_postponed() { return postponed_.take(); }

  // What the deadline kept out, or did not let come to its end. Sorted.
  std::vector<ObjectId> take_missed(const std::vector<ObjectId>& wanted) {
    const std::vector<ObjectId> stopped = inner_.stopped();
    if (!shut_ && stopped.empty()) return {};
    return without(wanted, without(passed_.take(), stopped));
  }

 private:
  // Ends where the deadline comes, as the scan of it does: what comes behind is
  // not even inflated.
  class StreamInTime : public ByteStream {
   public:
    StreamInTime(Gate& gate, ByteStream& inner) : gate_(gate), inner_(inner) {}
    std::optional<size_t> read(char* out, size_t size) override {
      return gate_.is_open() ? inner_.read(out, size) : 0;
    }

   private:
    Gate& gate_;
    ByteStream& inner_;
  };

  bool pass(unsigned worker, std::string_view raw_id, uint64_t size,
            bool is_large) {
    if (!is_open()) return false;
    const ObjectId id(raw_id);
    const uint64_t most = options_.max_object_bytes;
    const bool is_over = most != 0 && size > most;
    if (postpones_ && is_large && !is_over) {
      postponed_.add(worker, id);
      return false;
    }
    if (options_.deadline) passed_.add(worker, id);
    if (!is_over) return true;
    inner_.skip(worker, {SkipReason::kOverSizeLimit, id.hex(hash_),
                         std::to_string(size) + " bytes"});
    return false;
  }

  HistoryVisitor& inner_;
  HashKind hash_;
  const ObjectScanOptions& options_;
  bool postpones_ = false;
  std::atomic<bool> shut_{false};
  IdLists passed_;
  IdLists postponed_;
};

class Scan {
 public:
  Scan(const Engine& engine, const ObjectStore& store,
       const std::vector<ObjectId>& wanted, const ObjectScanOptions& options)
      : store_(store),
        wanted_(wanted),
        options_(with_jobs(options, wanted.size())),
        visitor_(engine, store.hash(), options_.jobs, options_.memory,
                 progress_),
        gate_(visitor_, store.hash(), options_),
        reader_(store, options_.memory / 4, options_.memory / 16) {
    visitor_.stop_at(options_.deadline);
  }

  ObjectScan run(const std::vector<ObjectId>& first) {
    read_all(first);
    std::vector<ObjectId> rest = without(wanted_, first);
    if (is_worth_a_walk()) {
      gate_.postpone_large(true);
      walk(store_, rest);
      gate_.postpone_large(false);
      std::erase_if(rest, [this](const ObjectId& id) { return walked(id); });
      const std::vector<ObjectId> postponed = gate_.take_postponed();
      rest.insert(rest.end(), postponed.begin(), postponed.end());
    }
    read_all(rest);
    for (auto& [store, ids] : too_large_) {
      sort_unique(ids);
      walk(*store, ids);
    }
    ObjectScan result;
    result.findings = visitor_.take_findings();
    result.lfs_pointers = visitor_.take_lfs_pointers();
    result.coverage = visitor_.take_coverage();
    result.coverage.merge(std::move(coverage_));
    result.unscanned = gate_.take_missed(wanted_);
    return result;
  }

 private:
  static ObjectScanOptions with_jobs(ObjectScanOptions options, size_t count) {
    options.jobs = static_cast<unsigned>(
        std::clamp<size_t>(count / kObjectsPerJob, 1, options.jobs));
    return options;
  }

  bool is_worth_a_walk() const {
    return wanted_.size() >= kObjectsForWalk &&
           wanted_.size() * kShareForWalk >=
               store_.packed_count() + store_.loose().size();
  }

  void walk(const ObjectStore& store, const std::vector<ObjectId>& sorted) {
    ObjectWalkOptions options;
    options.jobs = options_.jobs;
    options.types = kText;
    options.memory = options_.memory;
    options.wanted = [&](std::string_view raw_id) {
      return holds(sorted, ObjectId(raw_id)) && gate_.is_open();
    };
    ObjectWalk(store, options.jobs).run(options, gate_);
  }

  // Was it there for a walk to come across?
  bool walked(const ObjectId& id) const {
    const auto& loose = store_.loose();
    return store_.find_packed(id.raw(store_.hash())) ||
           std::binary_search(loose.begin(), loose.end(), LooseObject{id},
                              [](const LooseObject& a, const LooseObject& b) {
                                return a.id < b.id;
                              });
  }

  // The smallest first where time is short: so most are read.
  void read_all(const std::vector<ObjectId>& ids) {
    if (!options_.deadline) {
      for (const ObjectId& id : ids) read(id);
      return;
    }
    std::vector<std::pair<uint64_t, ObjectId>> by_size;
    for (const ObjectId& id : ids) {
      by_size.emplace_back(holder_of(id).stored_bytes(id), id);
    }
    std::sort(by_size.begin(), by_size.end());
    for (const auto& [size, id] : by_size) read(id);
  }

  void read(const ObjectId& id) {
    if (!gate_.is_open()) return;
    const Result<Object> object = reader_.read(id);
    if (!object) {
      if (reader_.failure() == SkipReason::kTooLarge && read_large(id)) return;
      gate_.forgive(id);
      return coverage_.skip(
          {reader_.failure(), id.hex(store_.hash()), object.error().message()});
    }
    const bool is_text = (kText & type_bit(object->type)) != 0;
    if (!is_text) return gate_.forgive(id);
    gate_.visit(
        0, {object->type, id.raw(store_.hash()), object->bytes(), nullptr});
  }

  const ObjectStore& holder_of(const ObjectId& id) const {
    const ObjectStore* lender =
        store_.holds(id) ? nullptr : store_.lender_of(id);
    return lender == nullptr ? store_ : *lender;
  }

  // What is too large to be held comes as a stream: from its file, or from a
  // walk.
  bool read_large(const ObjectId& id) {
    const ObjectStore& holder = holder_of(id);
    if (holder.find_packed(id.raw(holder.hash()))) {
      too_large_[&holder].push_back(id);
      return true;
    }
    const auto loose = holder.find_loose(id);
    if (!loose) return false;
    Result<LooseStream> bytes = LooseStream::open(holder, *loose);
    if (!bytes) return false;
    const StreamedObject object{bytes->header().type, id.raw(store_.hash()),
                                bytes->header().size};
    return gate_.visit_stream(0, object, *bytes) == Streamed::kVisited;
  }

  const ObjectStore& store_;
  const std::vector<ObjectId>& wanted_;
  ObjectScanOptions options_;
  Progress progress_;
  HistoryVisitor visitor_;
  Gate gate_;
  ObjectReader reader_;
  std::map<const ObjectStore*, std::vector<ObjectId>> too_large_;
  Coverage coverage_;
};

}  // namespace

ObjectScan scan_objects(const Engine& engine, const ObjectStore& store,
                        const std::vector<ObjectId>& wanted,
                        const std::vector<ObjectId>& first,
                        const ObjectScanOptions& options) {
  return Scan(engine, store, wanted, options).run(first);
}

}  // namespace leaksift
