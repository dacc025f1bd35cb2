// What a unit found out about objects, in the words of the store.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/coverage.h"
#include "findings/group.h"
#include "match/engine.h"
#include "pipeline/history.h"
#include "report/redactor.h"
#include "store/sweep_records.h"
#include "sweep/finding_ids.h"

namespace leaksift {

// Not thread-safe.
class FactCollector {
 public:
  // Findings that are less sure than `min_confidence` are not kept.
  FactCollector(const Engine& engine, const FindingIds& ids,
                Confidence min_confidence, HashKind hash)
      : engine_(engine),
        ids_(ids),
        min_confidence_(min_confidence),
        hash_(hash) {}

  // Sightings in an object's bytes.
  void add(const ObjectFindings& object);

  // Is something kept of the object?
  bool has(const ObjectId& object) const { return objects_.contains(object); }

  // Where an object stands.
  void add_place(const ObjectId& object, std::string_view path,
                 const ObjectId& commit);

  // What the name at a place says, or what is found in what is no object: refs
  // and files of the repository's folder.
  void add(const Sighting& sighting);

  // Keeps it out of everything, though nothing stands for it.
  void mask(const Secret& secret) { secrets_.push_back(secret); }

  // Takes over what of a report is not in its objects' bytes.
  void add_places_of(const Report& report);

  std::vector<SweptFinding> findings() const;
  // Sorted; with all secrets masked that were found so far.
  std::vector<ObjectSighting> take_sightings();
  std::vector<ObjectPlace> take_places();
  std::vector<SweptOccurrence> take_local();
  // What masks them elsewhere. Valid as long as nothing is added.
  Redactor redactor() const { return Redactor(secrets_); }

 private:
  std::string note(const Rule& rule, const Secret& secret,
                   Confidence confidence);

  const Engine& engine_;
  const FindingIds& ids_;
  Confidence min_confidence_;
  HashKind hash_;
  std::map<std::string, SweptFinding> findings_;
  std::vector<Secret> secrets_;
  std::vector<ObjectSighting> sightings_;
  std::set<ObjectId> objects_;  // of these
  std::vector<ObjectPlace> places_;
  std::vector<SweptOccurrence> local_;
};

}  // namespace leaksift
