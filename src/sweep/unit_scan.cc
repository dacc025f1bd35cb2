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
#include "sweep/carry_over.h"
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
    if (Status taken = take_over(unseen); !taken) {
      return std::move(taken).error();
    }
    std::vector<ObjectId> to_scan;
    std::set_difference(unseen.begin(), unseen.end(), carried_.same.begin(),
                        carried_.same.end(), std::back_inserter(to_scan));
    const size_t all = objects_.packed_count() + objects_.loose().size();
    flagged_ = merged(before->flagged, carried_.flagged);
    Status scanned =
        carried_.names_changed || to_scan.size() * kGrownShare > all
            ? scan_whole(*seen)
            : scan_new(*rules, to_scan);
    if (!scanned) return std::move(scanned).error();
    if (Status found = locate(*rules, before->flagged); !found) {
      return std::move(found).error();
    }
    result_.cost.objects = all;
    result_.cost.new_objects = to_scan.size();
    Result<std::string> segment =
        keep_seen(options_.seen_folder, std::move(unseen), coverage_, hash_);
    if (!segment) return std::move(segment).error();
    result_.segment = *std::move(segment);
    finish();
    return std::move(result_);
  }

 private:
  // Is something known to be in it, under these rules or those before?
  bool is_flagged(std::string_view raw_id) const {
    return std::binary_search(flagged_.begin(), flagged_.end(), raw_id,
                              std::less<>());
  }

  Status take_over(const std::vector<ObjectId>& unseen) {
    const auto change = change_to(store_, options_.rules);
    if (!change) return change.error();
    if (!*change) return Ok{};
    Result<CarryOver> carried =
        carry_over(**change, engine_, objects_, store_, unseen, options_);
    if (!carried) return std::move(carried).error();
    carried_ = *std::move(carried);
    return Ok{};
  }

  // Objects in which something is known to be are scanned again, since the
  // store does not keep secrets; there are few.
  Status scan_whole(const SeenObjects& seen) {
    ScannedBefore before([&](std::string_view raw_id) {
      const bool is_known =
          seen.holds(raw_id) || carried_.is_same(ObjectId(raw_id));
      return is_known && !is_flagged(raw_id);
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
    carried_.sightings.clear();  // they were seen again
    carried_.places.clear();
    return carried_.same.empty() ? Status(Ok{}) : keep_skipped();
  }

  Status scan_new(const PlaceRules& rules,
                  const std::vector<ObjectId>& unseen) {
    const GrownScan task{
        engine_,
        rules,
        repository_,
        objects_,
        refs_,
        options_.jobs,
        options_.memory,
        unseen,
        [&](const ObjectId& id) { return is_flagged(id.raw(hash_)); }};
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

  // Only a scan of all trees comes across an object that is not there.
  bool is_still_missing(const Skipped& entry) const {
    if (entry.reason != SkipReason::kMissingObject &&
        entry.reason != SkipReason::kPromised) {
      return false;
    }
    const auto id = ObjectId::from_hex(entry.name, hash_);
    return id && !objects_.holds(*id);
  }

  // What was left out by design before still is, and so is what is missing.
  Status keep_skipped() {
    const Result<std::vector<Skipped>> before =
        store_.skipped(result_.repository.key);
    if (!before) return before.error();
    const std::set<Skipped> now(coverage_.skipped.begin(),
                                coverage_.skipped.end());
    for (const Skipped& entry : *before) {
      const bool stays = !is_failure(entry.reason) || is_still_missing(entry);
      if (stays && !now.contains(entry)) coverage_.skip(entry);
    }
    return Ok{};
  }

  // Also what earlier scans and other repositories know of the objects here.
  Status locate(const PlaceRules& rules,
                const std::vector<std::string>& flagged) {
    const std::vector<std::string> here = ids_in(objects_, flagged);
    result_.sightings = merged(facts_.take_sightings(), carried_.sightings);
    // Of objects in which something still is.
    std::erase_if(carried_.places, [&](const ObjectPlace& place) {
      return !has_sighting(place.object);
    });
    result_.places = merged(facts_.take_places(), carried_.places);
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

  bool has_sighting(const std::string& object) const {
    const auto at = std::lower_bound(
        result_.sightings.begin(), result_.sightings.end(), object,
        [](const ObjectSighting& one, const std::string& id) {
          return one.object < id;
        });
    return at != result_.sightings.end() && at->object == object;
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
  CarryOver carried_;
  std::vector<std::string> flagged_;
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
