#include "hook/push_scan.h"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "core/sort_unique.h"
#include "findings/fold_parts.h"
#include "findings/group.h"
#include "findings/ignore_file.h"
#include "git/commit.h"
#include "git/incoming.h"
#include "git/new_commits.h"
#include "git/refs.h"
#include "git/tree_path.h"
#include "pipeline/change_scan.h"
#include "report/redactor.h"

namespace leaksift {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint64_t kMegabyte = uint64_t{1} << 20;
constexpr size_t kMaxReplaced = 1'000;  // commits
constexpr uint64_t kMaxIgnoreFile = kMegabyte;
constexpr int kSeverities = static_cast<int>(Severity::kCritical) + 1;

bool is_visible(std::string_view ref) {
  return ref.starts_with("refs/") || ref == "HEAD" || ref.ends_with("/HEAD");
}

struct VisibleRefs {
  std::vector<ObjectId> ids;  // of all
  std::optional<ObjectId> head;
  std::vector<ObjectId> shallow;
};

VisibleRefs read_visible_refs(const Repository& repository) {
  VisibleRefs refs;
  RefSet set = visit_refs(repository,
                          [&refs](std::string_view name, const ObjectId& id) {
                            if (is_visible(name)) refs.ids.push_back(id);
                            if (name == "HEAD") refs.head = id;
                          });
  refs.shallow = std::move(set.shallow);
  return refs;
}

class PushScanner {
 public:
  explicit PushScanner(const PushTask& task)
      : task_(task),
        hash_(task.receiving.repository.hash),
        memory_(task.policy.memory_mib * kMegabyte) {}

  Result<PushScan> run() {
    read_tips();
    if (tips_.tips.empty() && new_refs_.empty()) return std::move(out_);
    // Loading the rules takes as long as finding out what is new.
    const Engine* engine = nullptr;
    // Kept like the rules: to take a million paths out of memory takes 80 ms.
    Incoming& incoming = *std::make_unique<Incoming>().release();
    open_stores();
    reader_.emplace(*arrived_, memory_);
    const IncomingStore store{*arrived_, own_.get()};
    std::thread finder([&] {
      incoming = find_incoming(store, tips_, {memory_, time_to_find()});
    });
    const Status ready = load(engine);
    finder.join();
    if (!ready) return ready.error();
    ChangeScanOptions options;
    options.jobs = task_.policy.jobs;
    options.memory = memory_;
    options.deadline = task_.deadline;
    options.judged_by = task_.judged_by;
    options.max_object_bytes =
        task_.policy.max_file_mib.value_or(0) * kMegabyte;
    options.replaced = replaced_by(incoming);
    options.new_refs = std::move(new_refs_);
    Result<ChangeFindings> found =
        scan_change(*engine, store, incoming, options);
    if (!found) return std::move(found).error();
    summarize(incoming, *found);
    return std::move(out_);
  }

 private:
  // Of a history that is too long for all of it, what is found out by then is
  // still to be scanned: it is the newest part.
  std::optional<Clock::time_point> time_to_find() const {
    if (!task_.deadline) return std::nullopt;
    return *task_.deadline - (*task_.deadline - Clock::now()) * 2 / 5;
  }

  Status load(const Engine*& engine) const {
    Result<std::unique_ptr<Engine>> loaded = task_.make_engine();
    if (!loaded) return std::move(loaded).error();
    engine = (*loaded).release();
    return Ok{};
  }

  void read_tips() {
    VisibleRefs refs = read_visible_refs(task_.receiving.repository);
    if (task_.known) refs.ids = *task_.known;
    tips_.known = std::move(refs.ids);
    tips_.shallow = std::move(refs.shallow);
    for (const RefUpdate& update : task_.updates) {
      if (update.new_id.is_null()) continue;
      if (update.old_id.is_null()) new_refs_.push_back(update.ref);
      if (!update.old_id.is_null()) tips_.likely.push_back(update.old_id);
      if (!is_known(update.new_id)) tips_.tips.push_back(update.new_id);
    }
    sort_unique(tips_.tips);
    if (refs.head) tips_.likely.push_back(*refs.head);
    sort_unique(tips_.likely);
    // A ref may have moved on since the pusher saw it.
    std::erase_if(tips_.likely,
                  [this](const ObjectId& id) { return !is_known(id); });
  }

  bool is_known(const ObjectId& id) const { return tips_.known.contains(id); }

  void open_stores() {
    const ReceivingRepository& receiving = task_.receiving;
    const bool apart = receiving.quarantine.has_value();
    auto own = std::make_shared<const ObjectStore>(
        ObjectStore::open(receiving.repository, {}, memory_,
                          apart ? LooseFiles::kProbed : LooseFiles::kListed));
    if (!apart) {
      arrived_ = std::move(own);
      return;
    }
    own_ = std::move(own);
    arrived_ = std::make_shared<const ObjectStore>(
        ObjectStore::open(*receiving.quarantine, {own_}, memory_));
  }

  // Commits that refs pointed to, and that what they are to point to does not
  // build on.
  std::vector<ObjectId> replaced_by(const Incoming& incoming) {
    std::vector<ObjectId> replaced;
    std::set<ObjectId> parents;
    for (const IncomingCommit& commit : incoming.commits) {
      parents.insert(commit.parents.begin(), commit.parents.end());
    }
    IncomingTips tips;
    std::vector<ObjectId> known;
    for (const RefUpdate& update : task_.updates) {
      if (update.old_id.is_null() || update.new_id.is_null()) continue;
      if (!parents.contains(update.old_id)) tips.tips.push_back(update.old_id);
      known.push_back(update.new_id);
    }
    tips.known = std::move(known);
    if (tips.tips.empty() || incoming.commits.empty()) return replaced;
    const IncomingStore store{*arrived_};
    const NewCommits found =
        NewCommitWalk(store, *reader_, tips, {memory_, task_.deadline}).run();
    for (const IncomingCommit& commit : found.commits) {
      if (replaced.size() == kMaxReplaced) break;
      replaced.push_back(commit.id);
    }
    return replaced;
  }

  void summarize(const Incoming& incoming, ChangeFindings& found) {
    out_.commits = incoming.commits.size();
    out_.tags = incoming.tags.size();
    out_.strays = incoming.strays.size();
    out_.objects = found.coverage.blobs;
    out_.bytes = found.coverage.bytes;
    out_.out_of_time =
        incoming.cut || !found.unscanned.empty() || found.names_cut;
    for (const Skipped& problem : arrived_->problems()) {
      found.coverage.skip(problem);
    }
    found.coverage.finish();
    out_.skip_counts = found.coverage.skip_counts;
    std::map<SkipReason, size_t> named;
    for (Skipped& skipped : found.coverage.skipped) {
      if (++named[skipped.reason] > PushScan::kMaxSkipped) continue;
      out_.skipped.push_back(std::move(skipped));
    }
    const std::vector<Secret> anywhere = secrets_in(found, false);
    const std::vector<Secret> in_names = secrets_in(found, true);
    redactor_.emplace(anywhere, in_names);
    for (const RefUpdate& update : task_.updates) {
      out_.refs.push_back(redactor_->without_secrets(update.ref));
    }
    for (const std::string& text : task_.texts) {
      out_.texts.push_back(redactor_->without_secrets(text));
    }
    for (Skipped& skipped : out_.skipped) {
      skipped.name = redactor_->without_secrets(skipped.name);
    }
    out_.findings_left_out = found.left_out;
    const IgnoreList ignored = ignore_list();
    std::set<std::string> introduced;
    add(PushFinding::Kind::kIntroduced, found.introduced, ignored, introduced);
    add(PushFinding::Kind::kKnown, found.known, ignored, introduced);
    add(PushFinding::Kind::kStray, found.stray, ignored, introduced);
  }

  // What must not stand in any name: see Redactor for what it would spoil.
  static std::vector<Secret> secrets_in(const ChangeFindings& found,
                                        bool in_names) {
    std::vector<Secret> secrets;
    auto add = [&](const std::vector<Sighting>& sightings) {
      for (const Sighting& sighting : sightings) {
        if (sighting.rule->regex.empty() ||
            sighting.rule->data_class == DataClass::kCode ||
            sighting.occurrence.is_in_name() != in_names) {
          continue;
        }
        secrets.push_back(sighting.secret);
      }
    };
    add(found.introduced);
    add(found.known);
    add(found.stray);
    return secrets;
  }

  // What the pushed trees say is to be left, if their word counts.
  IgnoreList ignore_list() {
    IgnoreList list;
    if (!task_.policy.repository_config.ignore_file) return list;
    std::set<ObjectId> seen;
    const std::string name = ".leaksiftignore";
    CommitTrees trees(*reader_, hash_);
    for (const ObjectId& tip : tips_.tips) {
      const auto blob = find_file(*reader_, hash_, trees.of(tip), name);
      if (!blob || !seen.insert(*blob).second) continue;
      const Result<Object> text = reader_->read(*blob);
      if (!text || text->size > kMaxIgnoreFile) continue;
      if (Status read = list.add_leaksift(text->bytes(), name); !read) {
        out_.skipped.push_back(
            {SkipReason::kUnreadable, name, std::move(read).error().message()});
        ++out_.skip_counts[SkipReason::kUnreadable];
      }
    }
    return list;
  }

  // Of what is found in several ways the first counts.
  void add(PushFinding::Kind kind, std::vector<Sighting>& sightings,
           const IgnoreList& ignored, std::set<std::string>& seen) {
    if (!task_.policy.repository_config.inline_comments) {
      for (Sighting& sighting : sightings) sighting.allowed_inline = false;
    }
    std::vector<Finding> findings = group_findings(std::move(sightings));
    ignored.apply(findings);
    auto action_of = [this](const Finding& finding) {
      const Rule& rule = *finding.rule;
      return task_.policy.action_for(
          {rule.id, rule.data_class, rule.severity, finding.confidence});
    };
    // What blocks is not folded into what is only warned of, nor left out for
    // it.
    fold_parts(findings, [&](const Finding& finding) {
      return static_cast<int>(action_of(finding)) * kSeverities +
             static_cast<int>(finding.rule->severity);
    });
    std::stable_sort(findings.begin(), findings.end(),
                     [&](const Finding& a, const Finding& b) {
                       return action_of(a) > action_of(b);
                     });
    for (const Finding& finding : findings) {
      if (finding.suppression != Suppression::kNone) continue;
      if (!seen.insert(finding.fingerprint).second) continue;
      if (out_.findings.size() == PushScan::kMaxFindings) {
        ++out_.findings_left_out;
        continue;
      }
      out_.findings.push_back(told(kind, finding));
    }
  }

  PushFinding told(PushFinding::Kind kind, const Finding& finding) {
    PushFinding out;
    out.kind = kind;
    out.fingerprint = finding.fingerprint;
    out.rule_id = finding.rule->id;
    out.description = finding.rule->description;
    out.masked = finding.secret.masked();
    out.data_class = finding.rule->data_class;
    out.severity = finding.rule->severity;
    out.confidence = finding.confidence;
    const size_t first = finding.introduced.value_or(0);
    out.places.push_back(told(finding.occurrences[first]));
    for (const Part& part : finding.occurrences[first].parts) {
      out.parts.push_back(
          {part.rule_id, part.secret.masked(), part.begin.line});
    }
    for (size_t i = 0; i < finding.occurrences.size(); ++i) {
      const Occurrence& spot = finding.occurrences[i];
      if (spot.suppression != Suppression::kNone) continue;
      ++out.place_count;
      if (i != first && out.places.size() < PushFinding::kMaxPlaces) {
        out.places.push_back(told(spot));
      }
    }
    return out;
  }

  PushFinding::Place told(const Occurrence& spot) {
    PushFinding::Place place;
    place.path = redactor_->without_secrets(spot.path);
    place.line = spot.begin.line;
    place.object_type = spot.object_type;
    place.object = spot.blob;
    if (!spot.commit) return place;
    place.commit = spot.commit->id;
    place.author = redactor_->without_secrets(spot.commit->author_name);
    const auto id = ObjectId::from_hex(place.commit);
    if (!id) return place;
    const Result<Object> commit = reader_->read(*id);
    if (commit) {
      place.subject =
          redactor_->without_secrets(commit_subject(commit->bytes()));
    }
    return place;
  }

  const PushTask& task_;
  HashKind hash_;
  uint64_t memory_;
  IncomingTips tips_;
  std::vector<std::string> new_refs_;
  std::shared_ptr<const ObjectStore> own_;  // null without a quarantine
  std::shared_ptr<const ObjectStore> arrived_;
  std::optional<ObjectReader> reader_;
  std::optional<Redactor> redactor_;
  PushScan out_;
};

}  // namespace

std::string_view to_string(PushFinding::Kind kind) {
  switch (kind) {
    case PushFinding::Kind::kIntroduced:
      return "introduced";
    case PushFinding::Kind::kKnown:
      return "known";
    case PushFinding::Kind::kStray:
      break;
  }
  return "stray";
}

bool PushScan::is_partial() const {
  return std::any_of(skip_counts.begin(), skip_counts.end(),
                     [](const auto& entry) {
                       return is_failure(entry.first) && entry.second != 0 &&
                              entry.first != SkipReason::kTimeout;
                     });
}

std::vector<ObjectId> known_ids(const Repository& repository) {
  std::vector<ObjectId> ids = read_visible_refs(repository).ids;
  sort_unique(ids);
  return ids;
}

Result<PushScan> scan_push(const PushTask& task) {
  return PushScanner(task).run();
}

}  // namespace leaksift
