#include "sweep/facts.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/digest.h"
#include "core/sort_unique.h"
#include "findings/fingerprint.h"

namespace leaksift {
namespace {

// In what has no object id.
bool is_local(std::string_view object_type) {
  return object_type == "ref" || object_type == "file" ||
         object_type == "reflog";
}

SweptStanding standing_of_local(std::string_view object_type) {
  return object_type == "reflog" ? SweptStanding::kHistory
                                 : SweptStanding::kTip;
}

// Of those that only their place in the object tells apart the first one.
void keep_first_places(std::vector<ObjectSighting>& sightings) {
  auto but_place = [](const ObjectSighting& one) {
    return std::tie(one.object, one.finding, one.object_type, one.path,
                    one.if_place_agrees, one.allowed_inline);
  };
  std::sort(sightings.begin(), sightings.end(),
            [&](const ObjectSighting& a, const ObjectSighting& b) {
              return std::tuple(but_place(a), a.begin, a.end, a.encoding) <
                     std::tuple(but_place(b), b.begin, b.end, b.encoding);
            });
  sightings.erase(
      std::unique(sightings.begin(), sightings.end(),
                  [&](const ObjectSighting& a, const ObjectSighting& b) {
                    return but_place(a) == but_place(b);
                  }),
      sightings.end());
}

}  // namespace

std::string FactCollector::note(const Rule& rule, const Secret& secret,
                                Confidence confidence) {
  std::string id = ids_.id_of(fingerprint_of(rule.id, secret));
  const auto [at, is_new] = findings_.try_emplace(id);
  if (is_new) {
    at->second = {id,
                  rule.id,
                  rule.description,
                  rule.data_class,
                  rule.severity,
                  confidence,
                  secret.masked()};
    secrets_.push_back(secret);
  }
  at->second.confidence = std::max(at->second.confidence, confidence);
  return id;
}

void FactCollector::add(const ObjectFindings& object) {
  for (const BlobMatch& match : object.matches) {
    const Match& m = match.placed.match;
    if (m.confidence < min_confidence_) continue;
    ObjectSighting sighting;
    sighting.object = object.id.raw(hash_);
    sighting.finding =
        note(engine_.rules().rules[m.rule], match.secret, m.confidence);
    sighting.rule_id = engine_.rules().rules[m.rule].id;
    sighting.object_type = object.in_lfs ? "lfs" : to_string(object.type);
    sighting.begin = match.placed.begin;
    sighting.end = match.placed.end;
    sighting.encoding = match.encoding;
    sighting.if_place_agrees = m.if_place_agrees;
    sighting.allowed_inline = m.allowed_inline;
    sightings_.push_back(std::move(sighting));
    objects_.insert(object.id);
  }
}

void FactCollector::add_place(const ObjectId& object, std::string_view path,
                              const ObjectId& commit) {
  places_.push_back(
      {std::string(object.raw(hash_)), std::string(path),
       commit.is_null() ? std::string() : std::string(commit.raw(hash_))});
}

void FactCollector::add(const Sighting& sighting) {
  if (sighting.confidence < min_confidence_) return;
  const Occurrence& spot = sighting.occurrence;
  const std::string finding =
      note(*sighting.rule, sighting.secret, sighting.confidence);
  if (is_local(spot.object_type)) {
    if (sighting.allowed_inline) return;
    SweptOccurrence local;
    local.finding = finding;
    local.object_type = spot.object_type;
    local.path = spot.path;
    local.begin = spot.begin;
    local.end = spot.end;
    local.encoding = spot.encoding;
    local.standing = standing_of_local(spot.object_type);
    local_.push_back(std::move(local));
    return;
  }
  const auto object = ObjectId::from_hex(spot.blob, hash_);
  if (!object) return;  // a name that only dangling trees have
  ObjectSighting at_path;
  at_path.object = object->raw(hash_);
  at_path.finding = finding;
  at_path.rule_id = sighting.rule->id;
  at_path.object_type = "path";
  at_path.path = spot.path;
  at_path.begin = spot.begin;
  at_path.end = spot.end;
  at_path.encoding = spot.encoding;
  at_path.allowed_inline = sighting.allowed_inline;
  sightings_.push_back(std::move(at_path));
  const auto commit = spot.commit ? ObjectId::from_hex(spot.commit->id, hash_)
                                  : std::optional<ObjectId>();
  add_place(*object, spot.path, commit.value_or(ObjectId()));
}

void FactCollector::add_places_of(const Report& report) {
  for (const Finding& finding : report.findings) {
    const auto number =
        static_cast<size_t>(finding.rule - engine_.rules().rules.data());
    const bool about_paths =
        !engine_.has_content(static_cast<uint32_t>(number));
    for (const Occurrence& spot : finding.occurrences) {
      if (!about_paths && spot.object_type != "path" &&
          !is_local(spot.object_type)) {
        continue;
      }
      Sighting sighting;
      sighting.rule = finding.rule;
      sighting.secret = finding.secret;
      sighting.confidence = finding.confidence;
      sighting.allowed_inline = spot.suppression == Suppression::kInlineComment;
      sighting.occurrence = spot;
      add(sighting);
    }
  }
}

std::vector<SweptFinding> FactCollector::findings() const {
  std::vector<SweptFinding> all;
  for (const auto& [id, finding] : findings_) all.push_back(finding);
  return all;
}

std::vector<ObjectSighting> FactCollector::take_sightings() {
  const Redactor masks = redactor();
  for (ObjectSighting& sighting : sightings_) {
    sighting.path = masks.without_secrets(sighting.path);
  }
  keep_first_places(sightings_);
  return std::move(sightings_);
}

std::vector<ObjectPlace> FactCollector::take_places() {
  const Redactor masks = redactor();
  for (ObjectPlace& place : places_) {
    place.path = masks.without_secrets(place.path);
  }
  sort_unique(places_);
  return std::move(places_);
}

std::vector<SweptOccurrence> FactCollector::take_local() {
  const Redactor masks = redactor();
  for (SweptOccurrence& one : local_) {
    one.path = masks.without_secrets(one.path);
  }
  sort_unique(local_);
  return std::move(local_);
}

}  // namespace leaksift
