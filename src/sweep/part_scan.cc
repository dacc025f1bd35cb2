#include "sweep/part_scan.h"

#include <set>
#include <utility>
#include <vector>

#include "core/sort_unique.h"
#include "git/object_store.h"
#include "git/object_walk.h"
#include "pipeline/history_visitor.h"
#include "pipeline/stored_file.h"
#include "sweep/facts.h"
#include "sweep/keep_seen.h"
#include "sweep/seen_objects.h"

namespace leaksift {
namespace {

// Remembers which objects came by.
class Recorder : public ObjectVisitor {
 public:
  Recorder(ObjectVisitor& inner, unsigned jobs) : inner_(inner), ids_(jobs) {}

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    ids_[worker].emplace_back(object.raw_id);
    return inner_.visit(worker, object);
  }
  Streamed visit_stream(unsigned worker, const StreamedObject& object,
                        ByteStream& bytes) override {
    ids_[worker].emplace_back(object.raw_id);
    return inner_.visit_stream(worker, object, bytes);
  }
  void skip(unsigned worker, Skipped entry) override {
    inner_.skip(worker, std::move(entry));
  }

  std::vector<ObjectId> take() {
    std::vector<ObjectId> all;
    for (const auto& some : ids_) {
      all.insert(all.end(), some.begin(), some.end());
    }
    sort_unique(all);
    return all;
  }

 private:
  ObjectVisitor& inner_;
  std::vector<std::vector<ObjectId>> ids_;  // by worker
};

// Takes out what the unit of the whole is to come across itself: LFS pointers,
// since it knows where their objects are, and what it has to name.
void leave_for_whole(const std::vector<LfsBlob>& pointers,
                     const Coverage& coverage, HashKind hash,
                     std::vector<ObjectId>& ids) {
  std::set<ObjectId> left;
  for (const LfsBlob& blob : pointers) left.insert(blob.id);
  for (const Skipped& entry : coverage.skipped) {
    if (const auto id = ObjectId::from_hex(entry.name, hash)) left.insert(*id);
    if (!coverage.names_all(entry.reason)) return ids.clear();
  }
  std::erase_if(ids, [&](const ObjectId& id) { return left.contains(id); });
}

}  // namespace

Result<UnitResult> scan_part(const Engine& engine, const FindingIds& ids,
                             const Repository& repository, SweepStore& store,
                             const SweepUnit& unit,
                             const UnitScanOptions& options) {
  const HashKind hash = repository.hash;
  const Result<SweepStore::Seen> before = store.seen(options.rules);
  if (!before) return before.error();
  const Result<SeenObjects> seen =
      SeenObjects::open(options.seen_folder, before->segments, hash);
  if (!seen) return seen.error();
  const ObjectStore objects = ObjectStore::open(repository, {}, options.memory);

  Progress progress;
  HistoryVisitor visitor(engine, hash, options.jobs, options.memory, progress);
  Recorder recorder(visitor, options.jobs);
  ObjectWalkOptions walk;
  walk.jobs = options.jobs;
  walk.types = type_bit(ObjectType::kBlob);
  walk.memory = options.memory;
  walk.part = unit.shard - 1;
  walk.parts = unit.shards;
  walk.wanted = [&](std::string_view raw_id) { return !seen->holds(raw_id); };
  ObjectWalk(objects, walk.jobs).run(walk, recorder);

  FactCollector facts(engine, ids, options.min_confidence, hash);
  for (const ObjectFindings& found : visitor.take_findings()) facts.add(found);
  Coverage coverage = visitor.take_coverage();
  coverage.finish();
  std::vector<ObjectId> scanned = recorder.take();
  leave_for_whole(visitor.take_lfs_pointers(), coverage, hash, scanned);
  UnitResult result;
  result.repository.key = unit.repository;
  result.cost.objects = objects.packed_count() + objects.loose().size();
  result.cost.new_objects = scanned.size();
  result.cost.bytes = coverage.bytes;
  result.sightings = facts.take_sightings();
  result.findings = facts.findings();
  Result<std::string> segment =
      keep_seen(options.seen_folder, std::move(scanned), coverage, hash);
  if (!segment) return std::move(segment).error();
  result.segment = *std::move(segment);
  return result;
}

}  // namespace leaksift
