// Walks over object stores in which anything may be wrong.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "fuzz/store_input.h"
#include "git/object_store.h"
#include "git/object_walk.h"

namespace leaksift {

struct WalkedStore {
  // What was visited, by id; one that is in an index twice may come twice.
  std::multimap<ObjectId, PlainObject> objects;
  std::map<std::string, std::multiset<Skipped>> skipped;  // by hexadecimal id

  bool has(const ObjectId& id) const { return objects.contains(id); }
};

// Each object of the store must be visited or named, and nothing else be.
WalkedStore walk_and_check(const ObjectStore& store,
                           const ObjectWalkOptions& options);

// For indexes that were made here: their ids are right.
void check_ids(const ObjectStore& store, const WalkedStore& all);

}  // namespace leaksift
