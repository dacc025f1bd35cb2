#include "git/incoming.h"

#include <algorithm>

#include "core/sort_unique.h"
#include "git/new_commits.h"
#include "git/tree_diff.h"
#include "git/tree_path.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxLinkBytes = uint64_t{256} << 20;  // a commit, a tree

class Search {
 public:
  Search(const IncomingStore& store, const IncomingTips& tips,
         const IncomingOptions& options)
      : store_(store),
        tips_(tips),
        options_(options),
        hash_(store.store.hash()),
        reader_(store.store, std::min(kMaxLinkBytes, options.memory),
                options.memory / 8),
        trees_(reader_, hash_, out_),
        commits_(reader_, hash_) {}

  Incoming run() {
    NewCommits found = NewCommitWalk(store_, reader_, tips_, options_).run();
    out_.commits = std::move(found.commits);
    out_.tags = std::move(found.tags);
    out_.problems = std::move(found.problems);
    out_.cut = found.cut || !compare_all() || !add_objects(found.objects);
    if (!out_.cut) find_strays(found.objects);
    return std::move(out_);
  }

 private:
  bool compare_all() {
    for (const IncomingCommit& commit : out_.commits) {
      commits_.add(commit.id, commit.tree);
    }
    for (uint32_t i = 0; i < out_.commits.size(); ++i) {
      std::vector<ObjectId> bases;
      for (const ObjectId& parent : out_.commits[i].parents) {
        const ObjectId tree = commits_.of(parent);
        if (!tree.is_null()) bases.push_back(tree);
      }
      if (!trees_.add(i, out_.commits[i].tree, bases, options_)) return false;
    }
    return true;
  }

  // What refs are to name that is no commit, compared with what the nearest
  // refs have in theirs.
  bool add_objects(const std::vector<ObjectId>& objects) {
    for (const ObjectId& id : objects) {
      const Result<Object> object = reader_.read(id);
      if (!object) continue;  // it was named when it was looked at
      if (object->type == ObjectType::kTree) {
        std::vector<ObjectId> bases;
        for (const ObjectId& likely : tips_.likely) {
          const ObjectId tree = commits_.of(likely);
          if (!tree.is_null()) bases.push_back(tree);
        }
        if (!trees_.add(IncomingFile::kNoCommit, id, bases, options_)) {
          return false;
        }
      } else {
        out_.paths.emplace_back();
        out_.files.push_back({id, IncomingFile::kNoCommit,
                              static_cast<uint32_t>(out_.paths.size() - 1)});
      }
    }
    return true;
  }

  void find_strays(const std::vector<ObjectId>& objects) {
    if (store_.repository == nullptr) return;
    std::vector<ObjectId> reached = out_.tags;
    reached.insert(reached.end(), trees_.trees().begin(), trees_.trees().end());
    reached.insert(reached.end(), objects.begin(), objects.end());
    for (const IncomingCommit& commit : out_.commits) {
      reached.push_back(commit.id);
    }
    for (const IncomingFile& file : out_.files) reached.push_back(file.blob);
    sort_unique(reached);
    auto see = [&](const ObjectId& id) {
      if (std::binary_search(reached.begin(), reached.end(), id)) return;
      if (!store_.repository->holds(id)) out_.strays.push_back(id);
    };
    for (const Pack& pack : store_.store.packs()) {
      for (uint32_t i = 0; i < pack.index().count(); ++i) {
        see(pack.index().id(i));
      }
    }
    for (const LooseObject& loose : store_.store.loose()) see(loose.id);
    sort_unique(out_.strays);
  }

  const IncomingStore& store_;
  const IncomingTips& tips_;
  const IncomingOptions& options_;
  HashKind hash_;
  ObjectReader reader_;
  Incoming out_;
  TreeDiff trees_;
  CommitTrees commits_;
};

}  // namespace

Incoming find_incoming(const IncomingStore& store, const IncomingTips& tips,
                       const IncomingOptions& options) {
  return Search(store, tips, options).run();
}

}  // namespace leaksift
