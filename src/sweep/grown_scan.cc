#include "sweep/grown_scan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "core/sort_unique.h"
#include "git/commit.h"
#include "git/tree.h"
#include "git/tree_diff.h"
#include "git/tree_path.h"
#include "pipeline/commit_info.h"
#include "pipeline/lfs_objects.h"
#include "pipeline/name_scanner.h"
#include "pipeline/object_scan.h"
#include "pipeline/repository_files.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxLinkBytes = uint64_t{256} << 20;  // a commit, a tree

class Scan {
 public:
  Scan(const GrownScan& task, FactCollector& facts)
      : task_(task),
        facts_(facts),
        hash_(task.store.hash()),
        reader_(task.store, std::min(kMaxLinkBytes, task.memory),
                task.memory / 8),
        names_(task.engine, 1),
        files_(task.engine, window_bytes(task.memory, 1)) {}

  GrownCoverage run() {
    sort_out();
    compare_commits();
    ObjectScan scan = scan_objects(task_.engine, task_.store, texts_, {},
                                   {task_.jobs, task_.memory, {}, 0});
    out_.coverage.merge(std::move(scan.coverage));
    std::vector<ObjectFindings> found = std::move(scan.findings);
    out_.lfs_pointers = std::move(scan.lfs_pointers);
    LfsScan lfs = scan_lfs_objects(task_.repository, out_.lfs_pointers, files_,
                                   out_.coverage);
    found.insert(found.end(), lfs.findings.begin(), lfs.findings.end());
    for (const ObjectFindings& object : found) facts_.add(object);
    place_files();
    judge_names();
    judge_refs();
    judge_files_beside(lfs.scanned);
    for (const Skipped& problem : incoming_.problems) {
      out_.coverage.skip(problem);
    }
    return std::move(out_);
  }

 private:
  // Which of the new objects are commits, trees, and texts to be scanned.
  void sort_out() {
    CommitTrees trees(reader_, hash_);
    for (const ObjectId& id : task_.unseen) {
      const Result<Object> object = reader_.read(id);
      if (object && object->type == ObjectType::kTree) {
        trees_.push_back(id);
        see_names(object->bytes());
        continue;
      }
      texts_.push_back(id);  // also what could not be read: to be named
      if (!object || object->type != ObjectType::kCommit) continue;
      const auto header = parse_commit_header(object->bytes(), hash_);
      if (header) {
        incoming_.commits.push_back({id, header->tree, header->parents});
      }
    }
  }

  void see_names(std::string_view tree) {
    TreeReader entries(tree, id_size(hash_));
    TreeEntry entry;
    while (entries.next(entry)) {
      if (seen_names_.emplace(entry.name).second) names_.see(0, entry.name);
    }
  }

  void compare_commits() {
    TreeDiff diff(reader_, hash_, incoming_);
    CommitTrees trees(reader_, hash_);
    IncomingOptions options;
    options.memory = task_.memory;
    for (const IncomingCommit& commit : incoming_.commits) {
      trees.add(commit.id, commit.tree);
    }
    for (uint32_t i = 0; i < incoming_.commits.size(); ++i) {
      std::vector<ObjectId> bases;
      for (const ObjectId& parent : incoming_.commits[i].parents) {
        const ObjectId tree = trees.of(parent);
        if (!tree.is_null()) bases.push_back(tree);
      }
      diff.add(i, incoming_.commits[i].tree, bases, options);
    }
    for (const Ref& ref : task_.refs.refs) {
      if (!std::binary_search(trees_.begin(), trees_.end(), ref.id)) continue;
      diff.add(IncomingFile::kNoCommit, ref.id, {}, options);
    }
  }

  ObjectId commit_of(uint32_t number) const {
    return number == IncomingFile::kNoCommit ? ObjectId()
                                             : incoming_.commits[number].id;
  }

  void place_files() {
    for (const IncomingFile& file : incoming_.files) {
      const std::string& path = incoming_.paths[file.path];
      if (facts_.has(file.blob) || task_.flagged(file.blob)) {
        facts_.add_place(file.blob, path, commit_of(file.commit));
      }
      const std::string_view name =
          std::string_view(path).substr(path.rfind('/') + 1);
      if (task_.rules.name_may_match(name)) judge_path(file);
    }
  }

  // What the path says by itself.
  void judge_path(const IncomingFile& file) {
    for (const uint32_t rule : task_.rules.path_only_rules()) {
      Occurrence spot = spot_at(file.blob, file.commit, file.path);
      const std::string commit = spot.commit ? spot.commit->id : "";
      if (!task_.rules.is_finding(rule, 0, spot.path, commit)) continue;
      spot.object_type = to_string(ObjectType::kBlob);
      facts_.add(
          path_sighting(task_.engine.rules().rules[rule], std::move(spot)));
    }
  }

  Occurrence spot_at(const ObjectId& object, uint32_t commit, uint32_t path) {
    Occurrence spot;
    spot.path = incoming_.paths[path];
    spot.blob = object.hex(hash_);
    if (commit != IncomingFile::kNoCommit) {
      spot.commit = CommitInfo{};
      spot.commit->id = incoming_.commits[commit].id.hex(hash_);
    }
    return spot;
  }

  void judge_names() {
    std::multimap<std::string_view, const IncomingName*> by_name;
    for (const IncomingName& name : incoming_.names) {
      const std::string_view path = incoming_.paths[name.path];
      by_name.emplace(path.substr(path.rfind('/') + 1), &name);
    }
    for (const NameFindings& found : names_.take()) {
      for (const BlobMatch& match : found.matches) facts_.mask(match.secret);
      const auto [begin, end] = by_name.equal_range(found.name);
      for (auto at = begin; at != end; ++at) {
        Occurrence spot =
            spot_at(at->second->object, at->second->commit, at->second->path);
        spot.object_type = "path";
        add_all(found.matches, spot);
      }
    }
  }

  void judge_refs() {
    NameScanner names(task_.engine, 1);
    for (const Ref& ref : task_.refs.refs) names.see(0, ref.name);
    for (const NameFindings& found : names.take()) {
      Occurrence spot;
      spot.path = found.name;
      spot.object_type = "ref";
      add_all(found.matches, spot);
    }
  }

  void judge_files_beside(const std::set<std::string>& lfs_scanned) {
    for (const FileFindings& file : scan_repository_files(
             task_.repository, lfs_scanned, files_, out_.coverage)) {
      Occurrence spot;
      spot.path = file.path;
      spot.object_type = file.is_reflog ? "reflog" : "file";
      add_all(file.matches, spot);
    }
  }

  void add_all(const std::vector<BlobMatch>& matches, const Occurrence& spot) {
    const std::string commit = spot.commit ? spot.commit->id : "";
    for (const BlobMatch& match : matches) {
      const Match& m = match.placed.match;
      if (!task_.rules.is_finding(m.rule, m.if_place_agrees, spot.path,
                                  commit)) {
        continue;
      }
      facts_.add(sighting_of(task_.engine.rules(), match, spot));
    }
  }

  const GrownScan& task_;
  FactCollector& facts_;
  HashKind hash_;
  ObjectReader reader_;
  NameScanner names_;
  StoredFileScanner files_;
  std::set<std::string, std::less<>> seen_names_;
  std::vector<ObjectId> texts_;
  std::vector<ObjectId> trees_;
  Incoming incoming_;
  GrownCoverage out_;
};

}  // namespace

GrownCoverage scan_grown(const GrownScan& task, FactCollector& facts) {
  return Scan(task, facts).run();
}

}  // namespace leaksift
