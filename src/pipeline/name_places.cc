#include "pipeline/name_places.h"

#include <tuple>
#include <unordered_set>

#include "core/text.h"

namespace leaksift {
namespace {

// By path: the first thing that stands or stood there, in HEAD or a tip if any
// of it is.
using Places = std::map<uint32_t, NamedPlace>;

void add(const NamedPlace& place, Places& places) {
  const auto [at, fresh] = places.try_emplace(place.place.path, place);
  if (fresh) return;
  NamedPlace& known = at->second;
  const bool in_head = known.place.in_head || place.place.in_head;
  const bool in_tips = known.place.in_tips || place.place.in_tips;
  const auto rank = [](const NamedPlace& p) {
    return std::tuple(p.place.reach, p.place.commit, p.object);
  };
  if (rank(place) < rank(known)) known = place;
  known.place.in_head = in_head;
  known.place.in_tips = in_tips;
}

}  // namespace

const std::vector<NamedPlace>& NamePlaces::of(const std::string& name) const {
  static const std::vector<NamedPlace> kNowhere;
  const auto found = by_name.find(name);
  return found == by_name.end() ? kNowhere : found->second;
}

NamePlaces find_name_places(
    const ObjectWalk& walk, const CommitGraph& commits, const RefSet& refs,
    const Reachability& reach, const std::vector<NameFindings>& names,
    unsigned jobs, uint64_t memory,
    const std::function<bool(const NamedPlace& place)>& counts) {
  std::unordered_set<std::string_view> wanted;
  for (const NameFindings& one : names) wanted.insert(one.name);
  const IdTable no_ids(walk.store().hash(), 0);
  const TreeGraph trees = TreeGraph::build(
      walk, no_ids,
      [&](std::string_view name) { return wanted.contains(name); }, jobs,
      memory, TreeGraph::Named::kAll);
  NamePlaces result;
  result.attribution = attribute(commits, trees, refs, reach,
                                 static_cast<uint32_t>(trees.named().size()));
  const Attribution& all = result.attribution;
  Places places;
  for (size_t i = 0; i < all.places.size(); ++i) {
    for (const BlobPlace& place : all.places[i]) {
      const NamedPlace named{place, trees.named()[i]};
      if (counts(named)) add(named, places);
    }
  }
  for (const auto& [number, place] : places) {
    // A name may hold a slash in trees that git did not write: that one is
    // taken for one without a place.
    const std::string name(last_component(all.paths[number]));
    result.by_name[name].push_back(place);
  }
  return result;
}

}  // namespace leaksift
