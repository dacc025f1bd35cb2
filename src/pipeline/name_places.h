// Where the names stand in which there is a secret.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "git/attribution.h"
#include "git/commit_graph.h"
#include "git/object_walk.h"
#include "git/reach.h"
#include "git/refs.h"
#include "pipeline/name_scanner.h"

namespace leaksift {

// A path that ends in the name, and the first thing that stood there.
struct NamedPlace {
  BlobPlace place;
  ObjectId object;  // a blob, a tree or a submodule's commit
};

// The places of some names, in the order of paths; of every path one, however
// many versions stood there. A name that no commit's tree leads to has none.
struct NamePlaces {
  std::map<std::string, std::vector<NamedPlace>, std::less<>> by_name;
  Attribution attribution;  // of all versions; for the paths in it

  const std::vector<NamedPlace>& of(const std::string& name) const;
};

// Decodes all trees once more. Only places that `counts` picks are taken.
NamePlaces find_name_places(
    const ObjectWalk& walk, const CommitGraph& commits, const RefSet& refs,
    const Reachability& reach, const std::vector<NameFindings>& names,
    unsigned jobs, uint64_t memory,
    const std::function<bool(const NamedPlace& place)>& counts);

}  // namespace leaksift
