#include "pipeline/history.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "core/sort_unique.h"
#include "findings/allowed.h"
#include "findings/group.h"
#include "git/attribution.h"
#include "git/commit_graph.h"
#include "git/object_walk.h"
#include "git/reach.h"
#include "git/reflog.h"
#include "git/refs.h"
#include "git/selection.h"
#include "git/tree_graph.h"
#include "pipeline/changes.h"
#include "pipeline/history_visitor.h"
#include "pipeline/lfs_objects.h"
#include "pipeline/locator.h"
#include "pipeline/name_places.h"
#include "pipeline/name_scanner.h"
#include "pipeline/repository_files.h"
#include "pipeline/scanned_before.h"
#include "pipeline/stages.h"
#include "pipeline/stored_file.h"

namespace leaksift {
namespace {
// The scan of one repository.
class HistoryScan {
 public:
  HistoryScan(const Engine& engine, const Repository& repository,
              const HistoryOptions& options, Progress& progress,
              ScannedBefore& before, HistoryFacts* facts = nullptr)
      : engine_(engine),
        repository_(repository),
        options_(options),
        progress_(progress),
        before_(before),
        facts_(facts),
        refs_(read_refs(repository)),
        reflogs_(read_reflogs(repository)),
        shared_store_(std::make_shared<const ObjectStore>(
            ObjectStore::open(repository, before.stores(), options.memory))),
        store_(*shared_store_),
        walk_(store_, options.jobs),
        visitor_(engine, repository.hash, options.jobs, options.memory,
                 progress),
        names_(engine, options.jobs),
        stored_files_(engine, window_bytes(options.memory, 1)) {
    visitor_.collect_links(*walk_.numbers());
  }

  Result<Report> run() {
    if (Status narrowed = narrow(); !narrowed) {
      return std::move(narrowed).error();
    }
    visitor_.verify_deltas(options_.verify_deltas);
    scan_objects();
    if (const auto differing = visitor_.differing(); !differing.empty()) {
      return Error("object " + differing.front().hex(store_.hash()) +
                   ": delta-aware and whole scan differ (" +
                   std::to_string(differing.size()) + " objects in all)");
    }
    Report report;
    Result<PlaceRules> rules = PlaceRules::build(engine_.rules());
    if (!rules) return std::move(rules).error();
    report.findings = attribute_findings(*rules);
    name_gaps();
    before_.add(shared_store_, std::move(selection_), coverage_);
    report.coverage = std::move(coverage_);
    MatchStats match = visitor_.stats();
    match.merge(names_.stats());
    match.merge(stored_files_.stats());
    report.stages = stages_.take(match, walk_stats_);
    return report;
  }

 private:
  static constexpr const char* kPathsCut =
      "too many paths; places of findings are incomplete";
  static constexpr const char* kCommitsCut =
      "too many commits; refs of findings are incomplete";
  static constexpr const char* kPlacesCut =
      "too many places of findings to hold: see --memory";
  static constexpr unsigned kText = type_bit(ObjectType::kBlob) |
                                    type_bit(ObjectType::kCommit) |
                                    type_bit(ObjectType::kTag);

  ObjectWalkOptions walk_options(unsigned types) const {
    ObjectWalkOptions options;
    options.jobs = options_.jobs;
    options.types = types;
    options.memory = options_.memory;
    return options;
  }

  // With --refs or --range, first the commits, then what they reach.
  Status narrow() {
    if (!options_.refs_only && options_.range.empty()) return Ok{};
    const StageTimer timer = stages_.time("select");
    read_links();
    SelectionTips tips = tips_of_refs(refs_);
    if (!options_.range.empty()) {
      Result<SelectionTips> range =
          tips_of_range(options_.range, refs_, *commits_, store_);
      if (!range) return std::move(range).error().in("--range");
      tips = *std::move(range);
    }
    selection_ = Selection::build(tips, *commits_, refs_, walk_, options_.jobs,
                                  options_.memory, missing_);
    return Ok{};
  }

  void read_links() {
    visitor_.links_only(true);
    walk_.run(walk_options(type_bit(ObjectType::kCommit) |
                           type_bit(ObjectType::kTag)),
              visitor_);
    visitor_.links_only(false);
    link_commits();
  }

  void scan_objects() {
    // A scan that leaves some out does not see all commits.
    if (!commits_ && !before_.empty()) read_links();
    progress_.total += store_.packed_count() + store_.loose().size();
    ObjectWalkOptions options = walk_options(kText);
    if (selection_ || !before_.empty()) {
      options.wanted = [this](std::string_view raw_id) {
        return (!selection_ || selection_->holds(raw_id)) &&
               !before_.holds(store_.hash(), raw_id);
      };
    }
    walk_stats_ = walk_.run(options, visitor_);
    coverage_.merge(visitor_.take_coverage());
  }

  void link_commits() {
    for (const TagLink& tag : visitor_.take_tags()) {
      refs_.peeled.emplace(tag.id, tag.target);
    }
    commits_.emplace(visitor_.take_commits(), refs_.shallow);
  }

  // With those in objects that an earlier repository had, too.
  std::vector<ObjectFindings> take_findings() {
    return with_earlier(visitor_.take_findings(), before_.findings_in(store_));
  }

  std::vector<LfsBlob> take_lfs_pointers() {
    return with_earlier(visitor_.take_lfs_pointers(),
                        before_.pointers_in(store_));
  }

  template <typename Found>
  std::vector<Found> with_earlier(std::vector<Found> now,
                                  std::vector<Found> earlier) {
    before_.keep(now);
    for (Found& object : earlier) {
      if (is_selected(object.id)) now.push_back(std::move(object));
    }
    return now;
  }

  std::vector<Finding> attribute_findings(const PlaceRules& rules) {
    std::vector<ObjectFindings> objects = take_findings();
    LfsScan lfs = scan_lfs_objects(repository_, take_lfs_pointers(),
                                   stored_files_, coverage_);
    std::move(lfs.findings.begin(), lfs.findings.end(),
              std::back_inserter(objects));
    const StageTimer timer = stages_.time("attribute");
    IdTable targets(store_.hash(), objects.size());
    for (const ObjectFindings& object : objects) {
      targets.add(object.id.raw(store_.hash()).data());
    }
    TreeGraph::NameTest by_name;
    if (!rules.path_only_rules().empty()) {
      by_name = [&](std::string_view name) {
        return rules.name_may_match(name);
      };
    }
    const TreeGraph trees = link_trees(targets, by_name);
    name_new(trees.problems());
    if (!selection_) note_missing(trees);
    std::vector<ObjectId> blobs;  // by target
    for (uint32_t i = 0; i < targets.size(); ++i) {
      blobs.emplace_back(targets.raw_id(i));
    }
    blobs.insert(blobs.end(), trees.named().begin(), trees.named().end());
    const Reachability reach(*commits_, refs_, reflogs_);
    const Attribution attribution = attribute(
        *commits_, trees, refs_, reach, static_cast<uint32_t>(blobs.size()));
    if (attribution.cut) cut(kPathsCut);
    SightingList sightings(sightings_share(options_.memory));
    locate(objects, targets, blobs, attribution, reach, rules, sightings);
    if (facts_ != nullptr) {
      note_places(targets, attribution);
      facts_->objects = std::move(objects);
    }
    objects.clear();
    locate_names(reach, rules, sightings);
    locate_outside(lfs.scanned, reach, rules, sightings);
    if (sightings.is_cut()) cut(kPlacesCut);
    std::vector<Finding> findings = group_findings(sightings.take());
    ChangeLister changes(*commits_, attribution, blobs, store_.hash());
    for (Finding& finding : findings) changes.list(finding);
    if (attribution.changes_cut || changes.cut()) {
      cut("too many changes; those of findings are incomplete");
    }
    return findings;
  }

  // And commits meanwhile, if nobody has asked for them before: that takes one
  // thread as long as a twentieth of the walk takes all.
  TreeGraph link_trees(const IdTable& targets,
                       const TreeGraph::NameTest& by_name) {
    const auto policy =
        options_.jobs > 1 ? std::launch::async : std::launch::deferred;
    std::future<void> linked = std::async(policy, [this] {
      if (!commits_) link_commits();
    });
    TreeGraph trees =
        TreeGraph::build(walk_, targets, by_name, options_.jobs,
                         options_.memory, TreeGraph::Named::kBlobs,
                         [this](unsigned worker, std::string_view name) {
                           names_.see(worker, name);
                         });
    linked.get();
    return trees;
  }

  void locate(const std::vector<ObjectFindings>& objects,
              const IdTable& targets, const std::vector<ObjectId>& blobs,
              const Attribution& attribution, const Reachability& reach,
              const PlaceRules& rules, SightingList& sightings) {
    Locator locator(engine_, store_, *commits_, refs_, reach, objects,
                    attribution, options_.memory / 4);
    if (locator.cut()) cut(kCommitsCut);
    for (const ObjectFindings& object : objects) {
      const uint32_t target = targets.find(object.id.raw(store_.hash()).data());
      locator.locate(object, attribution.places[target], rules, sightings);
    }
    for (size_t i = 0; i < blobs.size(); ++i) {
      auto counts = [&](const BlobPlace& place) {
        return is_selected(blobs[i]) || is_selected_commit(place.commit);
      };
      locator.judge_paths(blobs[i], attribution.places[i], rules, counts,
                          sightings);
    }
  }

  void note_places(const IdTable& targets, const Attribution& attribution) {
    std::vector<HistoryFacts::Place>& places = facts_->places;
    auto note = [&](uint32_t target, uint32_t path, uint32_t commit) {
      places.push_back(
          {ObjectId(targets.raw_id(target)), attribution.paths[path],
           commit == CommitGraph::kNone ? ObjectId()
                                        : commits_->commit(commit).id});
    };
    for (uint32_t target = 0; target < targets.size(); ++target) {
      for (const BlobPlace& place : attribution.places[target]) {
        note(target, place.path, place.commit);
      }
    }
    for (const PathChange& change : attribution.changes) {
      if (change.now >= targets.size()) continue;  // named, or none
      note(change.now, change.path, change.commit);
    }
    sort_unique(places);
  }

  void cut(std::string what) {
    name_new({{SkipReason::kTooLarge, "attribution", std::move(what)}});
  }

  // Secrets in the names of files and folders.
  void locate_names(const Reachability& reach, const PlaceRules& rules,
                    SightingList& sightings) {
    const std::vector<NameFindings> names = names_.take();
    if (names.empty()) return;
    const NamePlaces places =
        find_name_places(walk_, *commits_, refs_, reach, names, options_.jobs,
                         options_.memory, [this](const NamedPlace& named) {
                           return is_selected(named.object) ||
                                  is_selected_commit(named.place.commit);
                         });
    if (places.attribution.cut) cut(kPathsCut);
    Locator locator(engine_, store_, *commits_, refs_, reach, {},
                    places.attribution, options_.memory / 4);
    if (locator.cut()) cut(kCommitsCut);
    for (const NameFindings& name : names) {
      const std::vector<NamedPlace>& of_name = places.of(name.name);
      // In dangling trees, which are part of no selection. Names with a slash
      // in them are never found again, and none that git would write.
      const bool dangling =
          of_name.empty() && name.name.find('/') == std::string::npos;
      if (dangling && is_narrowed()) continue;
      locator.locate_name(name, of_name, rules, sightings);
    }
  }

  // Secrets in the names of refs, and in files that are no objects.
  void locate_outside(const std::set<std::string>& lfs_scanned,
                      const Reachability& reach, const PlaceRules& rules,
                      SightingList& sightings) {
    const Attribution nowhere;
    Locator locator(engine_, store_, *commits_, refs_, reach, {}, nowhere,
                    options_.memory / 4);
    if (options_.range.empty()) {
      NameScanner scanner(engine_, 1);
      for (const Ref& ref : refs_.refs) scanner.see(0, ref.name);
      for (const NameFindings& name : scanner.take()) {
        locator.locate_ref(*refs_.find(name.name), name, rules, sightings);
      }
    }
    if (is_narrowed()) return;
    for (const FileFindings& file : scan_repository_files(
             repository_, lfs_scanned, stored_files_, coverage_)) {
      locator.locate_file(file, rules, sightings);
    }
  }

  bool is_selected_commit(uint32_t commit) const {
    return commit != CommitGraph::kNone &&
           is_selected(commits_->commit(commit).id);
  }

  bool is_narrowed() const { return selection_.has_value(); }
  bool is_selected(const ObjectId& id) const {
    return !is_narrowed() || selection_->holds(id.raw(store_.hash()));
  }

  void note_missing(const TreeGraph& trees) {
    missing_ = trees.missing();
    for (uint32_t i = 0; i < commits_->size(); ++i) {
      if (trees.is_tree(commits_->tree(i))) continue;
      missing_.push_back(commits_->commit(i).tree);
    }
  }

  // An object too damaged to have a type is come across by every walk.
  void name_new(const std::vector<Skipped>& problems) {
    const std::set<Skipped> known(coverage_.skipped.begin(),
                                  coverage_.skipped.end());
    for (const Skipped& problem : problems) {
      if (!known.contains(problem)) coverage_.skip(problem);
    }
  }

  // What could not be read, or is not there.
  void name_gaps() {
    for (const Skipped& problem : store_.problems()) coverage_.skip(problem);
    for (const Skipped& problem : refs_.problems) coverage_.skip(problem);
    name_new(reflogs_.problems);  // tables of refs hold reflogs, too
    // Whatever a bundle lacks its prerequisites are to have.
    const bool builds_on = !refs_.prerequisites.empty();
    const SkipReason reason = store_.promised() ? SkipReason::kPromised
                              : builds_on       ? SkipReason::kShallow
                                                : SkipReason::kMissingObject;
    missing_.insert(missing_.end(), commits_->missing().begin(),
                    commits_->missing().end());
    for (const Ref& ref : refs_.refs) {
      if (!store_.holds(ref.id)) missing_.push_back(ref.id);
    }
    sort_unique(missing_);
    for (const ObjectId& id : missing_) {
      // A bundle that builds on what another repository has lacks nothing.
      if (builds_on && store_.lender_of(id) != nullptr) continue;
      coverage_.skip({reason, id.hex(store_.hash()),
                      builds_on ? "not in the bundle" : "not in the store"});
    }
    for (const uint32_t commit : commits_->shallow()) {
      coverage_.skip({SkipReason::kShallow,
                      commits_->commit(commit).id.hex(store_.hash()),
                      "its parents were cut off"});
    }
  }

  const Engine& engine_;
  const Repository& repository_;
  const HistoryOptions& options_;
  Progress& progress_;
  ScannedBefore& before_;
  HistoryFacts* facts_;
  RefSet refs_;
  ReflogIds reflogs_;
  std::shared_ptr<const ObjectStore> shared_store_;
  const ObjectStore& store_;
  ObjectWalk walk_;
  HistoryVisitor visitor_;
  NameScanner names_;
  StoredFileScanner stored_files_;
  std::optional<CommitGraph> commits_;
  std::optional<Selection> selection_;
  std::vector<ObjectId> missing_;
  ObjectWalkStats walk_stats_;
  Coverage coverage_;
  StageClock stages_;
};

void add_stages(const std::vector<StageStats>& more,
                std::vector<StageStats>& all) {
  for (const StageStats& stage : more) {
    const auto same = std::find_if(
        all.begin(), all.end(),
        [&](const StageStats& known) { return known.name == stage.name; });
    if (same == all.end()) {
      all.push_back(stage);
      continue;
    }
    same->seconds += stage.seconds;
    same->bytes += stage.bytes;
    same->count += stage.count;
  }
}

}  // namespace

Result<Report> scan_history(const Engine& engine, const Repository& repository,
                            const HistoryOptions& options, Progress& progress,
                            ScannedBefore& before, HistoryFacts& facts) {
  return HistoryScan(engine, repository, options, progress, before, &facts)
      .run();
}

Result<Report> scan_history(const Engine& engine,
                            std::vector<NamedRepository> repositories,
                            const HistoryOptions& options, Progress& progress) {
  // Bundles may be made out of what folders hold.
  std::stable_partition(
      repositories.begin(), repositories.end(),
      [](const NamedRepository& one) { return one.repository.file.empty(); });
  ScannedBefore before(repositories.size());
  Report all;
  all.command = "history";
  for (const auto& [name, repository] : repositories) {
    Result<Report> report =
        HistoryScan(engine, repository, options, progress, before).run();
    if (!report && repositories.size() == 1) return report;
    if (!report) return std::move(report).error().in(name);
    for (Finding& finding : report->findings) {
      for (Occurrence& occurrence : finding.occurrences) {
        if (repositories.size() > 1) occurrence.repository = name;
      }
      all.findings.push_back(std::move(finding));
    }
    all.coverage.merge(std::move(report->coverage));
    add_stages(report->stages, all.stages);
  }
  all.findings = merge_findings(std::move(all.findings));
  return all;
}

}  // namespace leaksift
