#include "sweep/carry_over.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "core/sort_unique.h"
#include "pipeline/object_scan.h"
#include "sweep/seen_objects.h"

namespace leaksift {
namespace {

constexpr const char* kRuleChange = "rule_change";

// Objects of `candidates` in which a rule that was gained may match. An LFS
// pointer stands for what it points to.
Result<std::set<ObjectId>> matched_by(const RuleSet& gained,
                                      const ObjectStore& objects,
                                      const std::vector<ObjectId>& candidates,
                                      const UnitScanOptions& options) {
  std::set<ObjectId> matched;
  if (gained.rules.empty() || candidates.empty()) return matched;
  const Result<std::unique_ptr<Engine>> engine = Engine::build(gained);
  if (!engine) return engine.error();
  ObjectScanOptions how;
  how.jobs = options.jobs;
  how.memory = options.memory;
  const ObjectScan scan = scan_objects(**engine, objects, candidates, {}, how);
  for (const ObjectFindings& found : scan.findings) matched.insert(found.id);
  for (const LfsBlob& pointer : scan.lfs_pointers) matched.insert(pointer.id);
  return matched;
}

}  // namespace

std::vector<std::string> ids_in(const ObjectStore& objects,
                                const std::vector<std::string>& ids) {
  std::vector<std::string> here;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(here),
               [&](const std::string& id) {
                 return id.size() == id_size(objects.hash()) &&
                        objects.holds(ObjectId(id));
               });
  return here;
}

Result<std::optional<RuleChange>> change_to(SweepStore& store,
                                            const std::string& rules) {
  const Result<std::string> text = store.meta(kRuleChange);
  if (!text) return text.error();
  if (!text->starts_with(rules + "\n")) return std::optional<RuleChange>();
  return RuleChange::from_text(
      std::string_view(*text).substr(rules.size() + 1));
}

Status note_rules(SweepStore& store, const RuleProfile& rules) {
  constexpr const char* kProfile = "rules";
  const Result<std::string> known = store.meta(kProfile);
  if (!known) return known.error();
  const auto before = RuleProfile::from_text(*known);
  if (before && before->id() == rules.id()) return Ok{};
  const std::optional<RuleChange> change =
      before ? provable_change(*before, rules) : std::nullopt;
  const std::string text =
      change ? rules.id() + "\n" + change->to_text() : std::string();
  if (Status noted = store.set_meta(kRuleChange, text); !noted) return noted;
  return store.set_meta(kProfile, rules.to_text());
}

Result<CarryOver> carry_over(const RuleChange& change, const Engine& engine,
                             const ObjectStore& objects, SweepStore& store,
                             const std::vector<ObjectId>& unseen,
                             const UnitScanOptions& options) {
  const HashKind hash = objects.hash();
  CarryOver carried;
  const auto before = store.seen(change.from);
  if (!before) return before.error();
  const auto seen =
      SeenObjects::open(options.seen_folder, before->segments, hash);
  if (!seen) return seen.error();
  carried.flagged = ids_in(objects, before->flagged);
  auto sightings = store.sightings_of(change.from, carried.flagged);
  if (!sightings) return std::move(sightings).error();
  auto places = store.places_of(change.from, carried.flagged);
  if (!places) return std::move(places).error();
  std::set<ObjectId> changed;
  carried.names_changed = !change.gained.empty();
  for (const ObjectSighting& one : *sightings) {
    if (!change.lost.contains(one.rule_id)) continue;
    changed.insert(ObjectId(one.object));
    if (one.object_type == "path") carried.names_changed = true;
  }

  std::vector<ObjectId> then;
  std::vector<ObjectId> clean;
  for (const ObjectId& id : unseen) {
    if (!seen->holds(id.raw(hash)) || changed.contains(id)) continue;
    then.push_back(id);
    if (!std::binary_search(carried.flagged.begin(), carried.flagged.end(),
                            id.raw(hash), std::less<>())) {
      clean.push_back(id);
    }
  }
  const auto matched = matched_by(eager_rules(engine.rules(), change.gained),
                                  objects, clean, options);
  if (!matched) return matched.error();
  std::copy_if(then.begin(), then.end(), std::back_inserter(carried.same),
               [&](const ObjectId& id) { return !matched->contains(id); });
  std::copy_if(sightings->begin(), sightings->end(),
               std::back_inserter(carried.sightings),
               [&](const ObjectSighting& one) {
                 return carried.is_same(ObjectId(one.object));
               });
  carried.places = *std::move(places);
  return carried;
}

}  // namespace leaksift
