#include "pipeline/locator.h"

#include <algorithm>
#include <utility>

#include "git/commit.h"

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

std::vector<uint32_t> commits_in(const std::vector<ObjectFindings>& objects,
                                 const Attribution& attribution,
                                 const CommitGraph& commits) {
  std::vector<uint32_t> all;
  auto add = [&](uint32_t commit) {
    if (commit != CommitGraph::kNone) all.push_back(commit);
  };
  for (const ObjectFindings& object : objects) {
    if (object.type == ObjectType::kCommit) add(commits.find(object.id));
  }
  for (const auto& places : attribution.places) {
    for (const BlobPlace& place : places) add(place.commit);
  }
  return all;
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
      refs_reaching_(refs_reaching(commits, refs,
                                   commits_in(objects, attribution, commits),
                                   Occurrence::kMaxRefs)),
      reader_(store, max_bytes) {}

void Locator::locate(const ObjectFindings& object,
                     const std::vector<BlobPlace>& places,
                     const PlaceRules& rules, std::vector<Sighting>& out) {
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
    std::vector<Sighting>& out) {
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
      out.push_back(
          path_sighting(engine_.rules().rules[rule], std::move(spot)));
    }
  }
}

void Locator::locate_name(const NameFindings& name,
                          const std::vector<NamedPlace>& places,
                          const PlaceRules& rules, std::vector<Sighting>& out) {
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
                         const PlaceRules& rules, std::vector<Sighting>& out) {
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
                          std::vector<Sighting>& out) {
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
    name_refs(commit, spot);
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
  name_refs(place.commit, spot);
  return spot;
}

void Locator::name_refs(uint32_t commit, Occurrence& spot) const {
  const auto list = refs_reaching_.of.find(commit);
  if (list == refs_reaching_.of.end()) return;
  spot.ref_count = list->second.count;
  for (const uint32_t ref : list->second.first) {
    spot.refs.push_back(refs_.refs[ref].name);
  }
}

const CommitInfo& Locator::info(uint32_t number) {
  const auto known = infos_.find(number);
  if (known != infos_.end()) return known->second;
  CommitInfo info;
  const ObjectId& id = commits_.commit(number).id;
  info.id = id.hex(store_.hash());
  info.order = number;
  if (const Result<Object> commit = reader_.read(id)) {
    auto [author, committer] = parse_people(commit->bytes());
    info.author_name = std::move(author.name);
    info.author_email = std::move(author.email);
    info.date = {author.seconds, author.offset_minutes};
    info.committer_name = std::move(committer.name);
    info.committer_email = std::move(committer.email);
    info.commit_date = {committer.seconds, committer.offset_minutes};
  }
  return infos_.emplace(number, std::move(info)).first->second;
}

void Locator::add(const BlobMatch& match, const Occurrence& spot,
                  const PlaceRules& rules, std::vector<Sighting>& out) {
  const Match& m = match.placed.match;
  const std::string_view commit =
      spot.commit ? std::string_view(spot.commit->id) : "";
  if (!rules.is_finding(m.rule, m.if_place_agrees, spot.path, commit)) {
    return;
  }
  Sighting sighting;
  sighting.rule = &engine_.rules().rules[m.rule];
  sighting.secret = match.secret;
  sighting.entropy = m.entropy;
  sighting.allowed_inline = m.allowed_inline;
  sighting.occurrence = spot;
  sighting.occurrence.begin = match.placed.begin;
  sighting.occurrence.end = match.placed.end;
  sighting.occurrence.encoding = match.encoding;
  out.push_back(std::move(sighting));
}

}  // namespace leaksift
