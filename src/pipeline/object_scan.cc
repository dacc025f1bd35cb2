#include "pipeline/object_scan.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory>
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

bool holds(const std::vector<ObjectId>& sorted, const ObjectId& id) {
  return std::binary_search(sorted.begin(), sorted.end(), id);
}

// Lets objects through until the deadline, and remembers which.
class Gate : public ObjectVisitor {
 public:
  Gate(HistoryVisitor& inner, HashKind hash, const ObjectScanOptions& options)
      : inner_(inner), hash_(hash), options_(options), passed_(options.jobs) {}

  bool is_open() {
    if (!options_.deadline) return true;
    if (Clock::now() > *options_.deadline) shut_ = true;
    return !shut_;
  }

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    if (!pass(worker, object.raw_id, object.bytes.size())) return nullptr;
    return inner_.visit(worker, object);
  }

  Streamed visit_stream(unsigned worker, const StreamedObject& object,
                        ByteStream& bytes) override {
    if (!pass(worker, object.raw_id, object.size)) return Streamed::kVisited;
    return inner_.visit_stream(worker, object, bytes);
  }

  void skip(unsigned worker, Skipped entry) override {
    inner_.skip(worker, std::move(entry));
  }

  // Passes for scanned what was lost otherwise: it has been named.
  void forgive(const ObjectId& id) { passed_[0].push_back(id); }

  // Sorted. Empty where no deadline was missed.
  std::vector<ObjectId> missed(const std::vector<ObjectId>& wanted) {
    std::vector<ObjectId> missed;
    if (!shut_) return missed;
    std::vector<ObjectId> passed;
    for (const auto& some : passed_) {
      passed.insert(passed.end(), some.begin(), some.end());
    }
    sort_unique(passed);
    std::set_difference(wanted.begin(), wanted.end(), passed.begin(),
                        passed.end(), std::back_inserter(missed));
    return missed;
  }

 private:
  bool pass(unsigned worker, std::string_view raw_id, uint64_t size) {
    if (!is_open()) return false;
    if (options_.deadline) passed_[worker].emplace_back(raw_id);
    const uint64_t most = options_.max_object_bytes;
    if (most == 0 || size <= most) return true;
    inner_.skip(worker,
                {SkipReason::kOverSizeLimit, ObjectId(raw_id).hex(hash_),
                 std::to_string(size) + " bytes"});
    return false;
  }

  HistoryVisitor& inner_;
  HashKind hash_;
  const ObjectScanOptions& options_;
  std::atomic<bool> shut_{false};
  std::vector<std::vector<ObjectId>> passed_;  // by worker
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
        reader_(store, options_.memory / 4, options_.memory / 16) {}

  ObjectScan run(const std::vector<ObjectId>& first) {
    for (const ObjectId& id : first) read(id);
    if (is_worth_a_walk()) walk(first);
    for (const ObjectId& id : wanted_) {
      if (!walked(id) && !holds(first, id)) read(id);
    }
    ObjectScan result;
    result.findings = visitor_.take_findings();
    result.lfs_pointers = visitor_.take_lfs_pointers();
    result.coverage = visitor_.take_coverage();
    result.coverage.merge(std::move(coverage_));
    result.unscanned = gate_.missed(wanted_);
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

  void walk(const std::vector<ObjectId>& first) {
    ObjectWalkOptions options;
    options.jobs = options_.jobs;
    options.types = kText;
    options.memory = options_.memory;
    options.wanted = [&](std::string_view raw_id) {
      const ObjectId id(raw_id);
      return holds(wanted_, id) && !holds(first, id) && gate_.is_open();
    };
    ObjectWalk(store_, options.jobs).run(options, gate_);
    has_walked_ = true;
  }

  // Was it there for the walk to come across?
  bool walked(const ObjectId& id) const {
    if (!has_walked_) return false;
    const auto& loose = store_.loose();
    return store_.find_packed(id.raw(store_.hash())) ||
           std::binary_search(loose.begin(), loose.end(), LooseObject{id},
                              [](const LooseObject& a, const LooseObject& b) {
                                return a.id < b.id;
                              });
  }

  void read(const ObjectId& id) {
    if (!gate_.is_open()) return;
    const Result<Object> object = reader_.read(id);
    if (!object) {
      gate_.forgive(id);
      if (reader_.failure() == SkipReason::kTooLarge && stream(id)) return;
      return coverage_.skip(
          {reader_.failure(), id.hex(store_.hash()), object.error().message()});
    }
    const bool is_text = (kText & type_bit(object->type)) != 0;
    if (!is_text) return gate_.forgive(id);
    gate_.visit(
        0, {object->type, id.raw(store_.hash()), object->bytes(), nullptr});
  }

  // A loose object that is too large to be held.
  bool stream(const ObjectId& id) {
    const auto loose = store_.find_loose(id);
    if (!loose) return false;
    Result<LooseStream> bytes = LooseStream::open(store_, *loose);
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
  Coverage coverage_;
  bool has_walked_ = false;
};

}  // namespace

ObjectScan scan_objects(const Engine& engine, const ObjectStore& store,
                        const std::vector<ObjectId>& wanted,
                        const std::vector<ObjectId>& first,
                        const ObjectScanOptions& options) {
  return Scan(engine, store, wanted, options).run(first);
}

}  // namespace leaksift
