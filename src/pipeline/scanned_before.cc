#include "pipeline/scanned_before.h"

#include <algorithm>
#include <iterator>

namespace leaksift {
namespace {

template <typename Object>
std::vector<Object> those_in(const ObjectStore& store,
                             const std::vector<Object>& objects) {
  std::vector<Object> all;
  std::copy_if(objects.begin(), objects.end(), std::back_inserter(all),
               [&](const Object& object) { return store.holds(object.id); });
  return all;
}

}  // namespace

bool ScannedBefore::holds(HashKind hash, std::string_view raw_id) const {
  if (seen_ && seen_(raw_id)) return true;
  const ObjectId id(raw_id);
  return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) {
    return part.lost_are_known && part.store->hash() == hash &&
           part.store->holds(id) &&
           (!part.selection || part.selection->holds(raw_id)) &&
           !part.lost.contains(id);
  });
}

std::vector<ObjectFindings> ScannedBefore::findings_in(
    const ObjectStore& store) const {
  return those_in(store, findings_);
}

std::vector<LfsBlob> ScannedBefore::pointers_in(
    const ObjectStore& store) const {
  return those_in(store, pointers_);
}

void ScannedBefore::keep(const std::vector<ObjectFindings>& findings) {
  if (is_last()) return;
  findings_.insert(findings_.end(), findings.begin(), findings.end());
}

void ScannedBefore::keep(const std::vector<LfsBlob>& pointers) {
  if (is_last()) return;
  pointers_.insert(pointers_.end(), pointers.begin(), pointers.end());
}

void ScannedBefore::add(std::shared_ptr<const ObjectStore> store,
                        std::optional<Selection> selection,
                        const Coverage& coverage) {
  Part part{store, std::move(selection), {}, true};
  for (const Skipped& entry : coverage.skipped) {
    const auto id = ObjectId::from_hex(entry.name);
    if (id && is_failure(entry.reason)) part.lost.insert(*id);
  }
  for (const auto& [reason, count] : coverage.skip_counts) {
    if (!is_failure(reason) || coverage.names_all(reason)) continue;
    part.lost_are_known = false;
  }
  parts_.push_back(std::move(part));
  stores_.push_back(std::move(store));
}

}  // namespace leaksift
