#include "pipeline/locator.h"

#include <algorithm>
#include <utility>

#include "pipeline/commit_info.h"

namespace leaksift {

namespace {

// What is not in a tip.
Liveness liveness_of(Reach reach) {
  switch (reach) {
    case Reach::kRef:
      return Liveness::kHistory;
    case Reach::kNote:
      return Liveness::kNote;
    case Reach::kStash:
      return Liveness::kStash;
    case Reach::kReflog:
      return Liveness::kReflog;
    case Reach::kNothing:
      break;
  }
  return Liveness::kDangling;
}

// Of each place that several commits brought its blob to, all of these.
std::map<std::pair<uint32_t, uint32_t>, CommitSet> introducers_of(
    const Attribution& attribution) {
  struct Introduced {
    uint32_t target = 0;
    uint32_t path = 0;
    uint32_t commit = 0;
    auto operator<=>(const Introduced&) const = default;
  };
  std::vector<Introduced> all;
  for (const PathChange& change : attribution.changes) {
    if (change.now == CommitGraph::kNone) continue;
    all.push_back({change.now, change.path, change.commit});
  }
  std::sort(all.begin(), all.end());
  std::map<std::pair<uint32_t, uint32_t>, CommitSet> sets;
  for (uint32_t target = 0; target < attribution.places.size(); ++target) {
    for (const BlobPlace& place : attribution.places[target]) {
      if (place.commit == CommitGraph::kNone) continue;
      const auto begin = std::lower_bound(
          all.begin(), all.end(), Introduced{target, place.path, uint32_t{0}});
      CommitSet set = {place.commit};
      for (auto at = begin;
           at != all.end() && at->target == target && at->path == place.path;
           ++at) {
        if (at->commit != place.commit) set.push_back(at->commit);
      }
      if (set.size() == 1) continue;
      std::sort(set.begin(), set.end());
      sets.emplace(std::make_pair(place.path, place.commit), std::move(set));
    }
  }
  return sets;
}

}  // namespace

Locator::Locator(const Engine& engine, const ObjectStore& store,
                 const CommitGraph& commits, const RefSet& refs,
                 const Reachability& reach,
                 const std::vector<ObjectFindings>& objects,
                 const Attribution& attribution, uint64_t max_bytes)
    : engine_(engine),
      store_(store),
      commits_(commits),
      refs_(refs),
      reach_(reach),
      attribution_(attribution),
      introducers_(introducers_of(attribution)),
      refs_reaching_(
          refs_reaching(commits, refs, sets_in(objects), Occurrence::kMaxRefs)),
      reader_(store, max_bytes) {}

std::vector<CommitSet> Locator::sets_in(
    const std::vector<ObjectFindings>& objects) const {
  std::vector<CommitSet> all;
  for (const ObjectFindings& object : objects) {
    if (object.type != ObjectType::kCommit) continue;
    const uint32_t commit = commits_.find(object.id);
    if (commit != CommitGraph::kNone) all.push_back({commit});
  }
  for (const auto& places : attribution_.places) {
    for (const BlobPlace& place : places) {
      if (place.commit != CommitGraph::kNone) all.push_back(set_of(place));
    }
  }
  return all;
}

// The commits that brought the blob to a place.
CommitSet Locator::set_of(const BlobPlace& place) const {
  const auto several = introducers_.find({place.path, place.commit});
  return several == introducers_.end() ? CommitSet{place.commit}
                                       : several->second;
}

void Locator::locate(const ObjectFindings& object,
                     const std::vector<BlobPlace>& places,
                     const PlaceRules& rules, SightingList& out) {
  std::vector<Occurrence> spots;
  for (const BlobPlace& place : places) spots.push_back(at_place(place));
  if (spots.empty()) spots.push_back(without_path(object));
  for (Occurrence& spot : spots) {
    spot.blob = object.id.hex(store_.hash());
    spot.object_type = object.in_lfs ? "lfs" : to_string(object.type);
    for (const BlobMatch& match : object.matches) {
      add(match, spot, rules, out);
    }
  }
}

void Locator::judge_paths(
    const ObjectId& blob, const std::vector<BlobPlace>& places,
    const PlaceRules& rules,
    const std::function<bool(const BlobPlace& place)>& counts,
    SightingList& out) {
  for (const BlobPlace& place : places) {
    const std::string commit =
        place.commit == CommitGraph::kNone
            ? ""
            : commits_.commit(place.commit).id.hex(store_.hash());
    const std::string& path = attribution_.paths[place.path];
    for (const uint32_t rule : rules.path_only_rules()) {
      if (!rules.is_finding(rule, 0, path, commit)) continue;
      if (!counts(place)) continue;
      Occurrence spot = at_place(place);
      spot.blob = blob.hex(store_.hash());
      spot.object_type = to_string(ObjectType::kBlob);
      out.add(path_sighting(engine_.rules().rules[rule], std::move(spot)));
    }
  }
}

void Locator::locate_name(const NameFindings& name,
                          const std::vector<NamedPlace>& places,
                          const PlaceRules& rules, SightingList& out) {
  if (places.empty()) {
    Occurrence spot;
    spot.path = name.name;
    spot.object_type = "path";
    spot.state = Liveness::kDangling;
    for (const BlobMatch& match : name.matches) add(match, spot, rules, out);
  }
  for (const NamedPlace& named : places) {
    Occurrence spot = at_place(named.place);
    spot.blob = named.object.hex(store_.hash());
    spot.object_type = "path";
    for (const BlobMatch& match : name.matches) add(match, spot, rules, out);
  }
}

void Locator::locate_ref(const Ref& ref, const NameFindings& name,
                         const PlaceRules& rules, SightingList& out) {
  Occurrence spot;
  spot.path = ref.name;
  spot.blob = ref.id.hex(store_.hash());
  spot.object_type = "ref";
  const Reach reach = kind_of_ref(ref.name);
  spot.state = reach == Reach::kRef ? Liveness::kTip : liveness_of(reach);
  spot.refs = {ref.name};
  spot.ref_count = 1;
  for (const BlobMatch& match : name.matches) add(match, spot, rules, out);
}

void Locator::locate_file(const FileFindings& file, const PlaceRules& rules,
                          SightingList& out) {
  Occurrence spot;
  spot.path = file.path;
  spot.object_type = file.is_reflog ? "reflog" : "file";
  if (file.is_reflog) spot.state = Liveness::kReflog;
  for (const BlobMatch& match : file.matches) add(match, spot, rules, out);
}

Occurrence Locator::without_path(const ObjectFindings& object) {
  Occurrence spot;
  const uint32_t commit = commits_.find(object.id);
  if (commit != CommitGraph::kNone) {
    spot.commit = info(commit);
    spot.state = liveness_of(reach_.of(commit));
    name_refs({commit}, spot);
    return spot;
  }
  const Reach reach = reach_.of(object.id);
  spot.state = reach == Reach::kRef ? Liveness::kTip : liveness_of(reach);
  const std::vector<uint32_t> refs = reach_.refs_naming(object.id);
  spot.ref_count = refs.size();
  for (size_t i = 0; i < std::min(refs.size(), Occurrence::kMaxRefs); ++i) {
    spot.refs.push_back(refs_.refs[refs[i]].name);
  }
  return spot;
}

Occurrence Locator::at_place(const BlobPlace& place) {
  Occurrence spot;
  spot.path = attribution_.paths[place.path];
  spot.in_head = place.in_head;
  spot.in_tips = place.in_tips;
  spot.state = place.in_head   ? Liveness::kHead
               : place.in_tips ? Liveness::kTip
                               : liveness_of(place.reach);
  if (place.commit == CommitGraph::kNone) return spot;
  spot.commit = info(place.commit);
  name_refs(set_of(place), spot);
  return spot;
}

void Locator::name_refs(const CommitSet& commits, Occurrence& spot) const {
  const auto list = refs_reaching_.of.find(commits);
  if (list == refs_reaching_.of.end()) return;
  spot.ref_count = list->second.count;
  for (const uint32_t ref : list->second.first) {
    spot.refs.push_back(refs_.refs[ref].name);
  }
}

const CommitInfo& Locator::info(uint32_t number) {
  const auto known = infos_.find(number);
  if (known != infos_.end()) return known->second;
  CommitInfo info =
      read_commit_info(reader_, commits_.commit(number).id, store_.hash());
  info.order = number;
  return infos_.emplace(number, std::move(info)).first->second;
}

void Locator::add(const BlobMatch& match, const Occurrence& spot,
                  const PlaceRules& rules, SightingList& out) {
  if (out.is_cut()) return;
  const Match& m = match.placed.match;
  const std::string_view commit =
      spot.commit ? std::string_view(spot.commit->id) : "";
  if (!rules.is_finding(m.rule, m.if_place_agrees, spot.path, commit)) {
    return;
  }
  out.add(sighting_of(engine_.rules(), match, spot));
}

}  // namespace leaksift
