#include "sweep/unit_scan.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "core/sort_unique.h"
#include "findings/allowed.h"
#include "git/refs.h"
#include "pipeline/history.h"
#include "pipeline/scanned_before.h"
#include "sweep/facts.h"
#include "sweep/grown_scan.h"
#include "sweep/keep_seen.h"
#include "sweep/occurrences.h"
#include "sweep/seen_objects.h"

namespace leaksift {
namespace {

// Reading a new commit and what it changes by itself costs about eight times
// what reading it among all others does.
constexpr size_t kGrownShare = 8;

template <typename Record>
std::vector<Record> merged(std::vector<Record> some,
                           const std::vector<Record>& others) {
  some.insert(some.end(), others.begin(), others.end());
  sort_unique(some);
  return some;
}

class UnitScan {
 public:
  UnitScan(const Engine& engine, const FindingIds& ids,
           const Repository& repository, SweepStore& store,
           const SweptRepository& about, const UnitScanOptions& options)
      : engine_(engine),
        repository_(repository),
        store_(store),
        options_(options),
        hash_(repository.hash),
        refs_(read_refs(repository)),
        objects_(ObjectStore::open(repository, {}, options.memory)),
        facts_(engine, ids, options.min_confidence, repository.hash) {
    result_.repository = about;
  }

  Result<UnitResult> run() {
    Result<PlaceRules> rules = PlaceRules::build(engine_.rules());
    if (!rules) return std::move(rules).error();
    const Result<SweepStore::Seen> before = store_.seen(options_.rules);
    if (!before) return before.error();
    Result<SeenObjects> seen =
        SeenObjects::open(options_.seen_folder, before->segments, hash_);
    if (!seen) return std::move(seen).error();
    std::vector<ObjectId> unseen = seen->unseen_in(objects_);
    const size_t all = objects_.packed_count() + objects_.loose().size();
    Status scanned = unseen.size() * kGrownShare > all
                         ? scan_whole(*seen, before->flagged)
                         : scan_new(*rules, unseen, before->flagged);
    if (!scanned) return std::move(scanned).error();
    if (Status found = locate(*rules, before->flagged); !found) {
      return std::move(found).error();
    }
    result_.cost.objects = all;
    result_.cost.new_objects = unseen.size();
    Result<std::string> segment =
        keep_seen(options_.seen_folder, std::move(unseen), coverage_, hash_);
    if (!segment) return std::move(segment).error();
    result_.segment = *std::move(segment);
    finish();
    return std::move(result_);
  }

 private:
  bool is_flagged(const std::vector<std::string>& flagged,
                  std::string_view raw_id) const {
    return std::binary_search(flagged.begin(), flagged.end(), raw_id,
                              std::less<>());
  }

  // Objects in which something is known to be are scanned again, since the
  // store does not keep secrets; there are few.
  Status scan_whole(const SeenObjects& seen,
                    const std::vector<std::string>& flagged) {
    ScannedBefore before([&](std::string_view raw_id) {
      return seen.holds(raw_id) && !is_flagged(flagged, raw_id);
    });
    HistoryOptions options;
    options.jobs = options_.jobs;
    options.memory = options_.memory;
    Progress progress;
    HistoryFacts facts;
    Result<Report> report =
        scan_history(engine_, repository_, options, progress, before, facts);
    if (!report) return std::move(report).error();
    for (const ObjectFindings& object : facts.objects) facts_.add(object);
    for (const HistoryFacts::Place& place : facts.places) {
      if (!facts_.has(place.object)) continue;
      facts_.add_place(place.object, place.path, place.commit);
    }
    facts_.add_places_of(*report);
    coverage_ = std::move(report->coverage);
    return Ok{};
  }

  Status scan_new(const PlaceRules& rules, const std::vector<ObjectId>& unseen,
                  const std::vector<std::string>& flagged) {
    const GrownScan task{
        engine_,
        rules,
        repository_,
        objects_,
        refs_,
        options_.jobs,
        options_.memory,
        unseen,
        [&](const ObjectId& id) { return is_flagged(flagged, id.raw(hash_)); }};
    GrownCoverage grown = scan_grown(task, facts_);
    coverage_ = std::move(grown.coverage);
    for (const Skipped& problem : objects_.problems()) coverage_.skip(problem);
    for (const Skipped& problem : refs_.problems) coverage_.skip(problem);
    for (const Ref& ref : refs_.refs) {
      if (objects_.holds(ref.id)) continue;
      coverage_.skip(
          {SkipReason::kMissingObject, ref.id.hex(hash_), "not in the store"});
    }
    return keep_skipped();
  }

  // What was left out by design before still is.
  Status keep_skipped() {
    const Result<std::vector<Skipped>> before =
        store_.skipped(result_.repository.key);
    if (!before) return before.error();
    const std::set<Skipped> now(coverage_.skipped.begin(),
                                coverage_.skipped.end());
    for (const Skipped& entry : *before) {
      if (!is_failure(entry.reason) && !now.contains(entry)) {
        coverage_.skip(entry);
      }
    }
    return Ok{};
  }

  // Also what earlier scans and other repositories know of the objects here.
  Status locate(const PlaceRules& rules,
                const std::vector<std::string>& flagged) {
    std::vector<std::string> here;
    std::copy_if(flagged.begin(), flagged.end(), std::back_inserter(here),
                 [&](const std::string& id) {
                   return id.size() == id_size(hash_) &&
                          objects_.holds(ObjectId(id));
                 });
    result_.sightings = facts_.take_sightings();
    result_.places = facts_.take_places();
    const auto sightings = store_.sightings_of(options_.rules, here);
    if (!sightings) return sightings.error();
    const auto places = store_.places_of(options_.rules, here);
    if (!places) return places.error();
    result_.occurrences = find_occurrences(
        engine_, rules, objects_, refs_, merged(result_.sightings, *sightings),
        merged(result_.places, *places), options_.memory);
    const std::vector<SweptOccurrence> local = facts_.take_local();
    result_.occurrences = merged(std::move(result_.occurrences), local);
    return Ok{};
  }

  void finish() {
    coverage_.finish();
    const Redactor masks = facts_.redactor();
    for (const Skipped& entry : coverage_.skipped) {
      result_.skipped.push_back({entry.reason,
                                 masks.without_secrets(entry.name),
                                 masks.without_secrets(entry.detail)});
    }
    for (SweptOccurrence& one : result_.occurrences) {
      one.author_name = masks.without_secrets(one.author_name);
      one.author_email = masks.without_secrets(one.author_email);
    }
    for (const Ref& ref : refs_.refs) {
      result_.refs.push_back(
          {masks.without_secrets(ref.name), std::string(ref.id.raw(hash_))});
    }
    result_.findings = facts_.findings();
    result_.repository.rules = options_.rules;
    result_.repository.objects = result_.cost.objects;
    result_.repository.complete = coverage_.complete(false);
    result_.cost.bytes = coverage_.bytes;
  }

  const Engine& engine_;
  const Repository& repository_;
  SweepStore& store_;
  const UnitScanOptions& options_;
  HashKind hash_;
  RefSet refs_;
  ObjectStore objects_;
  FactCollector facts_;
  Coverage coverage_;
  UnitResult result_;
};

}  // namespace

Result<UnitResult> scan_unit(const Engine& engine, const FindingIds& ids,
                             const Repository& repository, SweepStore& store,
                             const SweptRepository& about,
                             const UnitScanOptions& options) {
  return UnitScan(engine, ids, repository, store, about, options).run();
}

}  // namespace leaksift
