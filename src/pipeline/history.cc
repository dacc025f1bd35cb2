#include "pipeline/history.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "decode/archive.h"
#include "findings/allowed.h"
#include "findings/group.h"
#include "git/attribution.h"
#include "git/commit.h"
#include "git/commit_graph.h"
#include "git/object_walk.h"
#include "git/refs.h"
#include "git/selection.h"
#include "git/tree_graph.h"
#include "pipeline/blob_scanner.h"
#include "pipeline/stages.h"

namespace leaksift {
namespace {

// What was found in one object.
struct ObjectFindings {
  ObjectId id;
  ObjectType type = ObjectType::kNone;
  std::vector<BlobMatch> matches;
};

struct Tag {
  ObjectId id;
  ObjectId target;
};

// What scanning an object found out for those made out of it.
struct TraceNote : ObjectNote {
  ScanTrace trace;
};

// Scans objects as the walk decodes them.
class HistoryVisitor : public ObjectVisitor {
 public:
  HistoryVisitor(const Engine& engine, HashKind hash, unsigned jobs,
                 Progress& progress)
      : hash_(hash), progress_(progress) {
    for (unsigned i = 0; i < jobs; ++i) {
      states_.push_back(std::make_unique<State>(engine, hash));
    }
  }

  void links_only(bool on) { links_only_ = on; }
  void verify_deltas(bool on) { verify_deltas_ = on; }

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    State& state = *states_[worker];
    if (object.type == ObjectType::kCommit && read_links_) {
      state.commits.add(object.raw_id, object.bytes);
    } else if (object.type == ObjectType::kTag && read_links_) {
      if (const auto tag = parse_tag_header(object.bytes, hash_)) {
        state.tags.push_back({ObjectId(object.raw_id), tag->target});
      }
    }
    return links_only_ ? nullptr : scan(state, object);
  }

  void skip(unsigned worker, Skipped entry) override {
    if (!links_only_) states_[worker]->coverage.skip(std::move(entry));
  }

  std::vector<CommitGraph::Builder> take_commits() {
    read_links_ = false;
    std::vector<CommitGraph::Builder> builders;
    for (auto& state : states_) builders.push_back(std::move(state->commits));
    return builders;
  }

  std::vector<Tag> take_tags() {
    std::vector<Tag> tags;
    for (auto& state : states_) {
      tags.insert(tags.end(), state->tags.begin(), state->tags.end());
    }
    return tags;
  }

  // In the order of ids.
  std::vector<ObjectFindings> take_findings() {
    std::vector<ObjectFindings> all;
    for (auto& state : states_) {
      std::move(state->findings.begin(), state->findings.end(),
                std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return all;
  }

  Coverage take_coverage() {
    Coverage all;
    for (auto& state : states_) all.merge(std::move(state->coverage));
    return all;
  }

  // Objects whose findings depend on how they were scanned; there must be none.
  std::vector<ObjectId> differing() const {
    std::vector<ObjectId> all;
    for (const auto& state : states_) {
      all.insert(all.end(), state->differing.begin(), state->differing.end());
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  MatchStats stats() const {
    MatchStats all;
    for (const auto& state : states_) all.merge(state->scanner.stats());
    return all;
  }

 private:
  struct State {
    State(const Engine& engine, HashKind hash)
        : scanner(engine), commits(hash) {}
    BlobScanner scanner;
    std::vector<BlobMatch> found;
    std::vector<ObjectFindings> findings;
    CommitGraph::Builder commits;
    std::vector<Tag> tags;
    Coverage coverage;
    std::vector<ObjectId> differing;
  };

  NotePtr scan(State& state, const DecodedObject& object) {
    ScanTrace trace;
    if (object.delta == nullptr) {
      state.scanner.scan(object.bytes, nullptr, trace, state.found);
    } else {
      scan_delta(state, object, trace);
    }
    if (!state.found.empty()) {
      state.findings.push_back(
          {ObjectId(object.raw_id), object.type, std::move(state.found)});
      state.found.clear();
    }
    ++state.coverage.inputs;
    ++state.coverage.blobs;
    state.coverage.bytes += object.bytes.size();
    const std::string_view archive =
        archive_kind(object.bytes.substr(0, kArchiveSample));
    if (!archive.empty()) {
      state.coverage.skip({SkipReason::kArchiveNotOpened,
                           ObjectId(object.raw_id).hex(hash_),
                           std::string(archive)});
    }
    progress_.add(1, object.bytes.size());
    if (trace.says_nothing()) return nullptr;
    auto note = std::make_shared<TraceNote>();
    note->trace = std::move(trace);
    return note;
  }

  void scan_delta(State& state, const DecodedObject& object, ScanTrace& trace) {
    const auto* note = static_cast<const TraceNote*>(object.delta->base_note);
    const DeltaSource source{object.delta->runs, object.delta->base_size,
                             note == nullptr ? nullptr : &note->trace};
    state.scanner.scan(object.bytes, &source, trace, state.found);
    if (!verify_deltas_) return;
    std::vector<BlobMatch> whole;
    state.scanner.scan(object.bytes, whole);
    if (whole != state.found) state.differing.emplace_back(object.raw_id);
  }

  HashKind hash_;
  Progress& progress_;
  bool links_only_ = false;
  bool verify_deltas_ = false;
  bool read_links_ = true;
  std::vector<std::unique_ptr<State>> states_;
};

// Turns what was found in objects into places that people know.
class Locator {
 public:
  Locator(const Engine& engine, const ObjectStore& store,
          const CommitGraph& commits, const RefSet& refs,
          uint64_t max_object_bytes)
      : engine_(engine),
        store_(store),
        commits_(commits),
        refs_(refs),
        first_ref_(first_refs(commits, refs)),
        reader_(store, max_object_bytes) {}

  // `places`: of the object, if it is a blob.
  void locate(const ObjectFindings& object,
              const std::vector<BlobPlace>& places, const PlaceRules& rules,
              std::vector<Sighting>& out) {
    std::vector<Occurrence> spots;
    if (object.type == ObjectType::kCommit) spots.push_back(at_commit(object));
    for (const BlobPlace& place : places) spots.push_back(at_place(place));
    if (spots.empty()) spots.emplace_back();
    for (Occurrence& spot : spots) {
      spot.blob = object.id.hex(store_.hash());
      spot.object_type = to_string(object.type);
      for (const BlobMatch& match : object.matches) {
        add(match, spot, rules, out);
      }
    }
  }

  // What the names of the blob's places say by themselves; of those that
  // `counts` picks.
  void judge_paths(const ObjectId& blob, const std::vector<BlobPlace>& places,
                   const PlaceRules& rules,
                   const std::function<bool(const BlobPlace& place)>& counts,
                   std::vector<Sighting>& out) {
    for (const BlobPlace& place : places) {
      const std::string commit =
          commits_.commit(place.commit).id.hex(store_.hash());
      for (const uint32_t rule : rules.path_only_rules()) {
        if (!rules.is_finding(rule, 0, place.path, commit)) continue;
        if (!counts(place)) continue;
        Occurrence spot = at_place(place);
        spot.blob = blob.hex(store_.hash());
        spot.object_type = to_string(ObjectType::kBlob);
        out.push_back(
            path_sighting(engine_.rules().rules[rule], std::move(spot)));
      }
    }
  }

 private:
  Occurrence at_commit(const ObjectFindings& object) {
    Occurrence spot;
    const uint32_t number = commits_.find(object.id);
    if (number == CommitGraph::kNone) return spot;
    spot.commit = info(number);
    const uint32_t ref = first_ref_[number];
    if (ref != CommitGraph::kNone) spot.refs.push_back(refs_.refs[ref].name);
    return spot;
  }

  Occurrence at_place(const BlobPlace& place) {
    Occurrence spot;
    spot.path = place.path;
    spot.commit = info(place.commit);
    spot.in_head = place.in_head;
    if (!place.ref.empty()) spot.refs.push_back(place.ref);
    return spot;
  }

  const CommitInfo& info(uint32_t number) {
    const auto known = infos_.find(number);
    if (known != infos_.end()) return known->second;
    CommitInfo info;
    const ObjectId& id = commits_.commit(number).id;
    info.id = id.hex(store_.hash());
    info.order = number;
    if (const Result<Object> commit = reader_.read(id)) {
      Signature author = parse_author(commit->bytes());
      info.author_name = std::move(author.name);
      info.author_email = std::move(author.email);
      info.date = {author.seconds, author.offset_minutes};
    }
    return infos_.emplace(number, std::move(info)).first->second;
  }

  void add(const BlobMatch& match, const Occurrence& spot,
           const PlaceRules& rules, std::vector<Sighting>& out) {
    const Match& m = match.placed.match;
    const std::string_view commit =
        spot.commit ? std::string_view(spot.commit->id) : "";
    if (!rules.is_finding(m.rule, m.if_place_agrees, spot.path, commit)) {
      return;
    }
    Sighting sighting;
    sighting.rule = &engine_.rules().rules[m.rule];
    sighting.secret = match.secret;
    sighting.entropy = m.entropy;
    sighting.allowed_inline = m.allowed_inline;
    sighting.occurrence = spot;
    sighting.occurrence.begin = match.placed.begin;
    sighting.occurrence.end = match.placed.end;
    sighting.occurrence.encoding = match.encoding;
    out.push_back(std::move(sighting));
  }

  const Engine& engine_;
  const ObjectStore& store_;
  const CommitGraph& commits_;
  const RefSet& refs_;
  std::vector<uint32_t> first_ref_;
  ObjectReader reader_;
  std::map<uint32_t, CommitInfo> infos_;
};

// One scan_history() call.
class HistoryScan {
 public:
  HistoryScan(const Engine& engine, const Repository& repository,
              const HistoryOptions& options, Progress& progress)
      : engine_(engine),
        options_(options),
        progress_(progress),
        refs_(read_refs(repository)),
        store_(ObjectStore::open(repository)),
        walk_(store_),
        visitor_(engine, repository.hash, options.jobs, progress) {}

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
    if (!commits_) link_commits();
    Report report;
    report.command = "history";
    Result<PlaceRules> rules = PlaceRules::build(engine_.rules());
    if (!rules) return std::move(rules).error();
    report.findings = attribute_findings(*rules);
    name_gaps();
    report.coverage = std::move(coverage_);
    report.stages = stages_.take(visitor_.stats(), walk_stats_);
    return report;
  }

 private:
  static constexpr unsigned kText = type_bit(ObjectType::kBlob) |
                                    type_bit(ObjectType::kCommit) |
                                    type_bit(ObjectType::kTag);

  ObjectWalkOptions walk_options(unsigned types) const {
    ObjectWalkOptions options;
    options.jobs = options_.jobs;
    options.types = types;
    options.max_object_bytes = options_.max_object_bytes;
    return options;
  }

  // With --refs or --range, first the commits, then what they reach.
  Status narrow() {
    if (!options_.refs_only && options_.range.empty()) return Ok{};
    const StageTimer timer = stages_.time("select");
    visitor_.links_only(true);
    walk_.run(walk_options(type_bit(ObjectType::kCommit) |
                           type_bit(ObjectType::kTag)),
              visitor_);
    visitor_.links_only(false);
    link_commits();
    SelectionTips tips = tips_of_refs(refs_);
    if (!options_.range.empty()) {
      Result<SelectionTips> range =
          tips_of_range(options_.range, refs_, *commits_, store_);
      if (!range) return std::move(range).error().in("--range");
      tips = *std::move(range);
    }
    selection_ = Selection::build(tips, *commits_, refs_, walk_, options_.jobs,
                                  options_.max_object_bytes, missing_);
    return Ok{};
  }

  void scan_objects() {
    uint64_t total = store_.loose().size();
    for (const Pack& pack : store_.packs()) total += pack.index().count();
    progress_.total = total;
    ObjectWalkOptions options = walk_options(kText);
    if (selection_) {
      options.wanted = [this](std::string_view raw_id) {
        return selection_->holds(raw_id);
      };
    }
    walk_stats_ = walk_.run(options, visitor_);
    coverage_.merge(visitor_.take_coverage());
  }

  void link_commits() {
    const StageTimer timer = stages_.time("commits");
    for (const Tag& tag : visitor_.take_tags()) {
      refs_.peeled.emplace(tag.id, tag.target);
    }
    commits_.emplace(visitor_.take_commits(), refs_.shallow);
  }

  std::vector<Finding> attribute_findings(const PlaceRules& rules) {
    const std::vector<ObjectFindings> objects = visitor_.take_findings();
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
    const TreeGraph trees = TreeGraph::build(
        walk_, targets, by_name, options_.jobs, options_.max_object_bytes);
    name_new(trees.problems());
    if (!selection_) note_missing(trees);
    const Attribution attribution =
        attribute(*commits_, trees, refs_,
                  targets.size() + static_cast<uint32_t>(trees.named().size()));
    if (attribution.cut) {
      coverage_.skip({SkipReason::kTooLarge, "attribution",
                      "too many paths; places of findings are incomplete"});
    }
    Locator locator(engine_, store_, *commits_, refs_,
                    options_.max_object_bytes);
    std::vector<Sighting> sightings;
    for (size_t i = 0; i < objects.size(); ++i) {
      locator.locate(objects[i], attribution.places[i], rules, sightings);
    }
    for (size_t i = 0; i < attribution.places.size(); ++i) {
      const ObjectId& blob = i < objects.size()
                                 ? objects[i].id
                                 : trees.named()[i - objects.size()];
      auto counts = [&](const BlobPlace& place) {
        return is_selected(blob) ||
               is_selected(commits_->commit(place.commit).id);
      };
      locator.judge_paths(blob, attribution.places[i], rules, counts,
                          sightings);
    }
    return group_findings(std::move(sightings));
  }

  bool is_selected(const ObjectId& id) const {
    return !selection_ || selection_->holds(id.raw(store_.hash()));
  }

  void note_missing(const TreeGraph& trees) {
    missing_ = trees.missing();
    for (uint32_t i = 0; i < commits_->size(); ++i) {
      const ObjectId& tree = commits_->commit(i).tree;
      if (!trees.holds(tree)) missing_.push_back(tree);
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
    const SkipReason reason =
        store_.promised() ? SkipReason::kPromised : SkipReason::kMissingObject;
    missing_.insert(missing_.end(), commits_->missing().begin(),
                    commits_->missing().end());
    for (const Ref& ref : refs_.refs) {
      if (!store_.holds(ref.id)) missing_.push_back(ref.id);
    }
    std::sort(missing_.begin(), missing_.end());
    missing_.erase(std::unique(missing_.begin(), missing_.end()),
                   missing_.end());
    for (const ObjectId& id : missing_) {
      coverage_.skip({reason, id.hex(store_.hash()), "not in the store"});
    }
    for (const uint32_t commit : commits_->shallow()) {
      coverage_.skip({SkipReason::kShallow,
                      commits_->commit(commit).id.hex(store_.hash()),
                      "its parents were cut off"});
    }
  }

  const Engine& engine_;
  const HistoryOptions& options_;
  Progress& progress_;
  RefSet refs_;
  ObjectStore store_;
  ObjectWalk walk_;
  HistoryVisitor visitor_;
  std::optional<CommitGraph> commits_;
  std::optional<Selection> selection_;
  std::vector<ObjectId> missing_;
  ObjectWalkStats walk_stats_;
  Coverage coverage_;
  StageClock stages_;
};

}  // namespace

Result<Report> scan_history(const Engine& engine, const Repository& repository,
                            const HistoryOptions& options, Progress& progress) {
  return HistoryScan(engine, repository, options, progress).run();
}

}  // namespace leaksift
