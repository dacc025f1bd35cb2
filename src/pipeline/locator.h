// Turns what was found in objects into places that people know.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "findings/allowed.h"
#include "findings/group.h"
#include "git/attribution.h"
#include "git/commit_graph.h"
#include "git/object_store.h"
#include "git/reach.h"
#include "git/refs.h"
#include "match/engine.h"
#include "pipeline/history_visitor.h"
#include "pipeline/name_places.h"
#include "pipeline/repository_files.h"
#include "pipeline/sighting_list.h"

namespace leaksift {

// Not thread-safe.
class Locator {
 public:
  // `objects` and `attribution` are all that will be asked for. The latter must
  // outlive the locator, like the rest.
  Locator(const Engine& engine, const ObjectStore& store,
          const CommitGraph& commits, const RefSet& refs,
          const Reachability& reach, const std::vector<ObjectFindings>& objects,
          const Attribution& attribution, uint64_t max_bytes);

  // There were too many commits to say of all which refs reach them.
  bool cut() const { return refs_reaching_.cut; }

  // `places`: of the object, if it is a blob.
  void locate(const ObjectFindings& object,
              const std::vector<BlobPlace>& places, const PlaceRules& rules,
              SightingList& out);

  // What the names of the blob's places say by themselves; of those that
  // `counts` picks.
  void judge_paths(const ObjectId& blob, const std::vector<BlobPlace>& places,
                   const PlaceRules& rules,
                   const std::function<bool(const BlobPlace& place)>& counts,
                   SightingList& out);

  // What was found in the name of a file or folder, for each of its places;
  // without any the name alone stands for one.
  void locate_name(const NameFindings& name,
                   const std::vector<NamedPlace>& places,
                   const PlaceRules& rules, SightingList& out);

  // What was found in the name of a ref, or in a file that is no object.
  void locate_ref(const Ref& ref, const NameFindings& name,
                  const PlaceRules& rules, SightingList& out);
  void locate_file(const FileFindings& file, const PlaceRules& rules,
                   SightingList& out);

 private:
  Occurrence without_path(const ObjectFindings& object);
  Occurrence at_place(const BlobPlace& place);
  std::vector<CommitSet> sets_in(
      const std::vector<ObjectFindings>& objects) const;
  CommitSet set_of(const BlobPlace& place) const;
  void name_refs(const CommitSet& commits, Occurrence& spot) const;
  const CommitInfo& info(uint32_t number);
  void add(const BlobMatch& match, const Occurrence& spot,
           const PlaceRules& rules, SightingList& out);

  const Engine& engine_;
  const ObjectStore& store_;
  const CommitGraph& commits_;
  const RefSet& refs_;
  const Reachability& reach_;
  const Attribution& attribution_;
  // Where there are several, by path and commit of a place: no commit brings
  // two blobs to one path.
  std::map<std::pair<uint32_t, uint32_t>, CommitSet> introducers_;
  RefsReaching refs_reaching_;
  ObjectReader reader_;
  std::map<uint32_t, CommitInfo> infos_;
};

}  // namespace leaksift
