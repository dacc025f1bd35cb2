#include "pipeline/locator.h"

#include <utility>

#include "git/commit.h"

namespace leaksift {

Locator::Locator(const Engine& engine, const ObjectStore& store,
                 const CommitGraph& commits, const RefSet& refs,
                 uint64_t max_object_bytes)
    : engine_(engine),
      store_(store),
      commits_(commits),
      refs_(refs),
      first_ref_(first_refs(commits, refs)),
      reader_(store, max_object_bytes) {}

void Locator::locate(const ObjectFindings& object,
                     const std::vector<BlobPlace>& places,
                     const PlaceRules& rules, std::vector<Sighting>& out) {
  std::vector<Occurrence> spots;
  if (object.type == ObjectType::kCommit) spots.push_back(at_commit(object));
  for (const BlobPlace& place : places) spots.push_back(at_place(place));
  if (spots.empty()) spots.emplace_back();
  for (Occurrence& spot : spots) {
    spot.blob = object.id.hex(store_.hash());
    spot.object_type = to_string(object.type);
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
        commits_.commit(place.commit).id.hex(store_.hash());
    for (const uint32_t rule : rules.path_only_rules()) {
      if (!rules.is_finding(rule, 0, place.path, commit)) continue;
      if (!counts(place)) continue;
      Occurrence spot = at_place(place);
      spot.blob = blob.hex(store_.hash());
      spot.object_type = to_string(ObjectType::kBlob);
      out.push_back(
          path_sighting(engine_.rules().rules[rule], std::move(spot)));
    }
  }
}

Occurrence Locator::at_commit(const ObjectFindings& object) {
  Occurrence spot;
  const uint32_t number = commits_.find(object.id);
  if (number == CommitGraph::kNone) return spot;
  spot.commit = info(number);
  const uint32_t ref = first_ref_[number];
  if (ref != CommitGraph::kNone) spot.refs.push_back(refs_.refs[ref].name);
  return spot;
}

Occurrence Locator::at_place(const BlobPlace& place) {
  Occurrence spot;
  spot.path = place.path;
  spot.commit = info(place.commit);
  spot.in_head = place.in_head;
  if (!place.ref.empty()) spot.refs.push_back(place.ref);
  return spot;
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
