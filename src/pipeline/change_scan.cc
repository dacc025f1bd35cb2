#include "pipeline/change_scan.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "core/sort_unique.h"
#include "findings/allowed.h"
#include "git/tree_path.h"
#include "pipeline/commit_info.h"
#include "pipeline/name_scanner.h"
#include "pipeline/object_scan.h"
#include "pipeline/risky_path.h"

namespace leaksift {
namespace {

// Looked at for secrets that a commit only moved, or that a push only replaces.
constexpr size_t kMaxEarlier = 10'000;
constexpr size_t kMaxLookups = 100'000;  // of what files were before
constexpr uint64_t kMaxEarlierBytes = uint64_t{64} << 20;
// Read before all others, by the names of their files.
constexpr size_t kMaxFirst = 2'000;

using FoundSecret = std::pair<uint32_t, std::string>;  // rule, bytes
using FoundSecrets = std::set<FoundSecret>;

FoundSecret secret_of(const BlobMatch& match) {
  return {match.placed.match.rule, match.secret.reveal()};
}

// Those of one commit, of a list in the order of commits.
template <typename Entry>
std::span<const Entry> of_commit(const std::vector<Entry>& list,
                                 uint32_t commit) {
  const auto begin = std::partition_point(
      list.begin(), list.end(),
      [&](const Entry& entry) { return entry.commit < commit; });
  const auto end = std::partition_point(
      begin, list.end(),
      [&](const Entry& entry) { return entry.commit == commit; });
  return {begin, end};
}

class ChangeScan {
 public:
  ChangeScan(const Engine& engine, const IncomingStore& store,
             const Incoming& incoming, const ChangeScanOptions& options,
             PlaceRules rules)
      : engine_(engine),
        store_(store.store),
        incoming_(incoming),
        options_(options),
        rules_(std::move(rules)),
        hash_(store.store.hash()),
        reader_(store.store, std::min(options.memory / 4, kMaxEarlierBytes),
                options.memory / 8),
        trees_(reader_, hash_) {}

  ChangeFindings run() {
    ObjectScan scan =
        scan_objects(engine_, store_, wanted(), first(),
                     {options_.jobs, options_.memory, options_.deadline,
                      options_.max_object_bytes});
    out_.coverage = std::move(scan.coverage);
    out_.unscanned = std::move(scan.unscanned);
    for (const ObjectId& id : out_.unscanned) {
      out_.coverage.skip(
          {SkipReason::kTimeout, id.hex(hash_), "not scanned in time"});
    }
    for (const Skipped& problem : incoming_.problems) {
      out_.coverage.skip(problem);
    }
    found_ = std::move(scan.findings);
    judge_files();
    judge_texts();
    judge_names();
    judge_refs();
    name_lfs_pointers(scan.lfs_pointers);
    sort_unique(out_.unscanned);
    return std::move(out_);
  }

 private:
  std::vector<ObjectId> wanted() {
    std::vector<ObjectId> ids = incoming_.tags;
    for (const IncomingCommit& commit : incoming_.commits) {
      if (!commit.id.is_null()) ids.push_back(commit.id);
    }
    for (const IncomingFile& file : incoming_.files) ids.push_back(file.blob);
    ids.insert(ids.end(), incoming_.strays.begin(), incoming_.strays.end());
    sort_unique(ids);
    return ids;
  }

  // Files that are likely to hold secrets, the newest ones.
  std::vector<ObjectId> first() {
    std::vector<ObjectId> ids;
    if (!options_.deadline) return ids;
    for (const IncomingFile& file : incoming_.files) {
      if (ids.size() == kMaxFirst) break;
      if (is_risky_path(path_of(file.path))) ids.push_back(file.blob);
    }
    sort_unique(ids);
    return ids;
  }

  const std::string& path_of(uint32_t number) const {
    return incoming_.paths[number];
  }

  const ObjectFindings* found_in(const ObjectId& id) const {
    const auto at = std::lower_bound(
        found_.begin(), found_.end(), id,
        [](const ObjectFindings& object, const ObjectId& wanted) {
          return object.id < wanted;
        });
    return at == found_.end() || at->id != id ? nullptr : &*at;
  }

  void judge_files() {
    std::map<const ObjectFindings*, std::vector<uint32_t>> places;
    std::set<ObjectId> left;
    for (const IncomingFile& file : incoming_.files) {
      const ObjectFindings* object = found_in(file.blob);
      if (object == nullptr) continue;
      std::vector<uint32_t>& told = places[object];
      told.resize(object->matches.size());
      if (std::all_of(told.begin(), told.end(), is_enough)) continue;
      if (is_late()) {
        left.insert(file.blob);
      } else {
        judge_file(file, *object, told);
      }
    }
    for (const ObjectId& id : left) {
      out_.unscanned.push_back(id);
      out_.coverage.skip({SkipReason::kTimeout, id.hex(hash_),
                          "not compared in time with what was there before"});
    }
  }

  static bool is_enough(uint32_t places) {
    return places >= kMaxPlacesOfObject;
  }

  // `told`: in how many places each match was introduced so far.
  void judge_file(const IncomingFile& file, const ObjectFindings& object,
                  std::vector<uint32_t>& told) {
    Occurrence spot = spot_at(file.commit, file.path);
    spot.blob = file.blob.hex(hash_);
    spot.object_type = to_string(object.type);
    const std::vector<const FoundSecrets*> earlier = before(file);
    for (size_t i = 0; i < object.matches.size(); ++i) {
      if (is_enough(told[i])) continue;
      const BlobMatch& match = object.matches[i];
      const FoundSecret secret = secret_of(match);
      const bool was_there =
          std::any_of(earlier.begin(), earlier.end(),
                      [&](const auto* all) { return all->contains(secret); }) ||
          is_moved(file, secret);
      add(match, spot, was_there);
      if (!was_there) ++told[i];
    }
  }

  Occurrence spot_at(uint32_t commit, uint32_t path) {
    Occurrence spot;
    spot.path = path_of(path);
    if (commit == IncomingFile::kNoCommit) return spot;
    const ObjectId& id = incoming_.commits[commit].id;
    if (!id.is_null()) spot.commit = info(commit);
    return spot;
  }

  const CommitInfo& info(uint32_t commit) {
    const auto known = infos_.find(commit);
    if (known != infos_.end()) return known->second;
    CommitInfo info =
        read_commit_info(reader_, incoming_.commits[commit].id, hash_);
    // Children come first.
    info.order = static_cast<uint32_t>(incoming_.commits.size()) - commit;
    return infos_.emplace(commit, std::move(info)).first->second;
  }

  void add(const BlobMatch& match, const Occurrence& spot, bool was_there) {
    const Match& m = match.placed.match;
    const std::string_view commit =
        spot.commit ? std::string_view(spot.commit->id) : "";
    if (!rules_.is_finding(m.rule, m.if_place_agrees, spot.path, commit)) {
      return;
    }
    keep(match, spot, was_there ? out_.known : out_.introduced);
  }

  void keep(const BlobMatch& match, const Occurrence& spot,
            std::vector<Sighting>& kind) {
    const Match& m = match.placed.match;
    if (kept_[{&kind, m.rule, m.confidence}]++ < kMaxSightingsOfRule) {
      kind.push_back(sighting_of(engine_.rules(), match, spot));
    } else {
      ++out_.left_out;
    }
  }

  // At the file's path before it came: in the parents, in commits that the push
  // replaces.
  std::vector<const FoundSecrets*> before(const IncomingFile& file) {
    std::vector<const FoundSecrets*> all;
    auto add = [&](const ObjectId& blob) { all.push_back(&secrets_in(blob)); };
    for_each_parents(file, add);
    for (const ObjectId& commit : options_.replaced) at_path(file, commit, add);
    return all;
  }

  template <typename See>
  void for_each_parents(const IncomingFile& file, See see) {
    if (file.commit == IncomingFile::kNoCommit) return;
    for (const ObjectId& parent : incoming_.commits[file.commit].parents) {
      at_path(file, parent, see);
    }
  }

  template <typename See>
  void at_path(const IncomingFile& file, const ObjectId& commit, See see) {
    const auto blob =
        find_file(reader_, hash_, trees_.of(commit), path_of(file.path));
    if (blob) see(*blob);
  }

  // In an object that was there before, or came with the change.
  const FoundSecrets& secrets_in(const ObjectId& id) {
    const auto [at, is_new] = earlier_.emplace(id, FoundSecrets());
    if (!is_new) return at->second;
    std::vector<BlobMatch> matches;
    if (const ObjectFindings* found = found_in(id)) {
      matches = found->matches;
    } else if (const Result<Object> object = reader_.read(id)) {
      if (!scanner_) scanner_.emplace(engine_);
      scanner_->scan(object->bytes(), matches);
    } else if (reader_.failure() == SkipReason::kTooLarge) {
      matches = matches_in_large(id);
    }
    for (const BlobMatch& match : matches) at->second.insert(secret_of(match));
    return at->second;
  }

  std::vector<BlobMatch> matches_in_large(const ObjectId& id) const {
    std::vector<ObjectFindings> found =
        scan_objects(engine_, store_, {id}, {},
                     {1, options_.memory, options_.judged_by})
            .findings;
    return found.empty() ? std::vector<BlobMatch>()
                         : std::move(found.front().matches);
  }

  // Does the file's commit only bring it from another file?
  bool is_moved(const IncomingFile& file, const FoundSecret& secret) {
    return file.commit != IncomingFile::kNoCommit &&
           taken_by(file.commit).contains(secret);
  }

  // What the commit takes out of files, or away with them.
  const FoundSecrets& taken_by(uint32_t commit) {
    const auto [at, is_new] = taken_.emplace(commit, FoundSecrets());
    FoundSecrets& taken = at->second;
    if (!is_new) return taken;
    size_t left = kMaxEarlier;
    auto take = [&](const ObjectId& blob, const FoundSecrets& left_in) {
      if (left == 0 || is_late()) return false;
      --left;
      for (const FoundSecret& secret : secrets_in(blob)) {
        if (!left_in.contains(secret)) taken.insert(secret);
      }
      return true;
    };
    const FoundSecrets none;
    auto take_all = [&](const ObjectId& blob) { return take(blob, none); };
    for (const RemovedFile& file : of_commit(incoming_.removed, commit)) {
      if (file.is_tree) {
        for_each_file(reader_, hash_, file.object, left, take_all);
      } else {
        take_all(file.object);
      }
    }
    size_t lookups = kMaxLookups;
    for (const IncomingFile& file : of_commit(incoming_.files, commit)) {
      if (left == 0 || lookups-- == 0 || is_late()) break;
      const bool has_any = found_in(file.blob) != nullptr;
      const FoundSecrets& now = has_any ? secrets_in(file.blob) : none;
      for_each_parents(file, [&](const ObjectId& blob) { take(blob, now); });
    }
    return taken;
  }

  bool is_late() const {
    return options_.judged_by &&
           std::chrono::steady_clock::now() >= *options_.judged_by;
  }

  // Messages of commits and tags, and what no ref leads to.
  void judge_texts() {
    std::map<ObjectId, uint32_t> commits;
    for (uint32_t i = 0; i < incoming_.commits.size(); ++i) {
      commits.emplace(incoming_.commits[i].id, i);
    }
    for (const ObjectFindings& object : found_) {
      Occurrence spot;
      spot.blob = object.id.hex(hash_);
      spot.object_type = to_string(object.type);
      if (is_in(incoming_.strays, object.id)) {
        for (const BlobMatch& match : object.matches) {
          keep(match, spot, out_.stray);
        }
        continue;
      }
      if (object.type == ObjectType::kBlob) continue;
      const auto commit = commits.find(object.id);
      if (commit != commits.end()) spot.commit = info(commit->second);
      for (const BlobMatch& match : object.matches) {
        add(match, spot, was_said(secret_of(match)));
      }
    }
  }

  static bool is_in(const std::vector<ObjectId>& sorted, const ObjectId& id) {
    return std::binary_search(sorted.begin(), sorted.end(), id);
  }

  // In the message of a replaced commit.
  bool was_said(const FoundSecret& secret) {
    return std::any_of(options_.replaced.begin(), options_.replaced.end(),
                       [&](const ObjectId& commit) {
                         return secrets_in(commit).contains(secret);
                       });
  }

  void judge_names() {
    if (incoming_.names.empty()) return;
    NameScanner names(engine_, 1);
    std::multimap<std::string_view, const IncomingName*> by_name;
    for (const IncomingName& name : incoming_.names) {
      if (is_late()) {
        out_.names_cut = true;
        break;
      }
      const std::string_view path = path_of(name.path);
      const std::string_view last = path.substr(path.rfind('/') + 1);
      if (!by_name.contains(last)) names.see(0, last);
      by_name.emplace(last, &name);
      if (name.is_file && rules_.name_may_match(last)) judge_path(name);
    }
    for (const NameFindings& found : names.take()) {
      const auto [begin, end] = by_name.equal_range(found.name);
      for (auto at = begin; at != end; ++at) {
        Occurrence spot = spot_of(*at->second);
        spot.object_type = "path";
        for (const BlobMatch& match : found.matches) add(match, spot, false);
      }
    }
  }

  void judge_refs() {
    if (options_.new_refs.empty()) return;
    NameScanner names(engine_, 1);
    for (const std::string& ref : options_.new_refs) names.see(0, ref);
    for (const NameFindings& found : names.take()) {
      Occurrence spot;
      spot.path = found.name;
      spot.object_type = "ref";
      for (const BlobMatch& match : found.matches) add(match, spot, false);
    }
  }

  Occurrence spot_of(const IncomingName& name) {
    Occurrence spot = spot_at(name.commit, name.path);
    spot.blob = name.object.hex(hash_);
    return spot;
  }

  // What the path says by itself.
  void judge_path(const IncomingName& name) {
    const std::string& path = path_of(name.path);
    for (const uint32_t rule : rules_.path_only_rules()) {
      Occurrence spot = spot_of(name);
      const std::string commit = spot.commit ? spot.commit->id : "";
      if (!rules_.is_finding(rule, 0, path, commit)) continue;
      spot.object_type = to_string(ObjectType::kBlob);
      out_.introduced.push_back(
          path_sighting(engine_.rules().rules[rule], std::move(spot)));
    }
  }

  // The files that they stand for do not come with a push.
  void name_lfs_pointers(const std::vector<LfsBlob>& pointers) {
    std::set<ObjectId> blobs;
    for (const LfsBlob& pointer : pointers) blobs.insert(pointer.id);
    std::set<uint32_t> named;
    for (const IncomingFile& file : incoming_.files) {
      if (!blobs.contains(file.blob) || !named.insert(file.path).second) {
        continue;
      }
      out_.coverage.skip({SkipReason::kLfsNotFetched, path_of(file.path),
                          "an LFS pointer; what it stands for was not seen"});
    }
  }

  const Engine& engine_;
  const ObjectStore& store_;
  const Incoming& incoming_;
  const ChangeScanOptions& options_;
  PlaceRules rules_;
  HashKind hash_;
  ObjectReader reader_;
  std::optional<BlobScanner> scanner_;  // of what was there before
  std::vector<ObjectFindings> found_;   // in the order of ids
  std::map<uint32_t, CommitInfo> infos_;
  CommitTrees trees_;
  std::map<ObjectId, FoundSecrets> earlier_;  // by object
  std::map<uint32_t, FoundSecrets> taken_;    // by commit
  std::map<std::tuple<const std::vector<Sighting>*, uint32_t, Confidence>,
           uint32_t>
      kept_;  // how many of a kind, rule and confidence
  ChangeFindings out_;
};

}  // namespace

Result<ChangeFindings> scan_change(const Engine& engine,
                                   const IncomingStore& store,
                                   const Incoming& incoming,
                                   const ChangeScanOptions& options) {
  Result<PlaceRules> rules = PlaceRules::build(engine.rules());
  if (!rules) return std::move(rules).error();
  return ChangeScan(engine, store, incoming, options, *std::move(rules)).run();
}

}  // namespace leaksift
