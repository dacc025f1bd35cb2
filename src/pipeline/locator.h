// Turns what was found in objects into places that people know.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "findings/allowed.h"
#include "findings/group.h"
#include "git/attribution.h"
#include "git/commit_graph.h"
#include "git/object_store.h"
#include "git/refs.h"
#include "match/engine.h"
#include "pipeline/history_visitor.h"

namespace leaksift {

// Not thread-safe.
class Locator {
 public:
  Locator(const Engine& engine, const ObjectStore& store,
          const CommitGraph& commits, const RefSet& refs,
          uint64_t max_object_bytes);

  // `places`: of the object, if it is a blob.
  void locate(const ObjectFindings& object,
              const std::vector<BlobPlace>& places, const PlaceRules& rules,
              std::vector<Sighting>& out);

  // What the names of the blob's places say by themselves; of those that
  // `counts` picks.
  void judge_paths(const ObjectId& blob, const std::vector<BlobPlace>& places,
                   const PlaceRules& rules,
                   const std::function<bool(const BlobPlace& place)>& counts,
                   std::vector<Sighting>& out);

 private:
  Occurrence at_commit(const ObjectFindings& object);
  Occurrence at_place(const BlobPlace& place);
  const CommitInfo& info(uint32_t number);
  void add(const BlobMatch& match, const Occurrence& spot,
           const PlaceRules& rules, std::vector<Sighting>& out);

  const Engine& engine_;
  const ObjectStore& store_;
  const CommitGraph& commits_;
  const RefSet& refs_;
  std::vector<uint32_t> first_ref_;
  ObjectReader reader_;
  std::map<uint32_t, CommitInfo> infos_;
};

}  // namespace leaksift
