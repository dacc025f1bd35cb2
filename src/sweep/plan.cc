#include "sweep/plan.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/digest.h"
#include "git/refs.h"
#include "git/repository.h"
#include "sweep/families.h"
#include "sweep/stamp.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

struct Changed {
  SweepUnit unit;
  std::vector<ObjectId> sample;
  bool is_new = false;  // under these rules
};

constexpr uint64_t kMostParts = 256;

std::string unit_id(const SweepUnit& unit) {
  std::string all;
  for (const std::string& part :
       {unit.repository, unit.rules, unit.stamp, std::to_string(unit.shard),
        std::to_string(unit.shards)}) {
    all += std::to_string(part.size()) + ":" + part;
  }
  return to_hex(sha256(all)).substr(0, 16);
}

// Of its own objects, without what it borrows.
uint64_t size_of(const Repository& repository) {
  uint64_t bytes = 0;
  if (repository.object_dirs.empty()) return bytes;
  std::error_code error;
  for (fs::directory_iterator it(repository.object_dirs[0] + "/pack", error),
       end;
       !error && it != end; it.increment(error)) {
    std::error_code ignored;
    const uint64_t size = it->file_size(ignored);
    if (!ignored) bytes += size;
  }
  return bytes;
}

bool is_up_to_date(const SweptRepository* known, const std::string& rules,
                   const std::string& stamp) {
  return known != nullptr && known->run != 0 && known->rules == rules &&
         known->stamp == stamp;
}

// Those that share objects wait for the largest of them.
void put_in_order(std::vector<Changed>& all) {
  std::sort(all.begin(), all.end(), [](const Changed& a, const Changed& b) {
    return a.unit.size != b.unit.size ? a.unit.size > b.unit.size
                                      : a.unit.repository < b.unit.repository;
  });
  std::vector<std::vector<ObjectId>> samples;
  for (Changed& one : all) samples.push_back(std::move(one.sample));
  for (const std::vector<size_t>& family : find_families(samples)) {
    for (size_t i = 1; i < family.size(); ++i) {
      all[family[i]].unit.after = {all[family[0]].unit.id};
    }
  }
}

// Adds the unit, behind its parts if it is worth any. What the parts leave of
// a giant, trees and commits and places, takes about as long as one of them.
void add_unit(Changed changed, uint64_t part_bytes,
              std::vector<SweepUnit>& units) {
  SweepUnit& whole = changed.unit;
  const bool has_parts = part_bytes != 0 && whole.size > part_bytes &&
                         changed.is_new && whole.after.empty();
  if (has_parts) {
    const uint64_t parts = std::min(1 + whole.size / part_bytes, kMostParts);
    SweepUnit part = whole;
    part.shards = static_cast<uint32_t>(parts);
    part.size = whole.size / (parts + 1);
    for (uint32_t i = 1; i <= part.shards; ++i) {
      part.shard = i;
      part.id = unit_id(part);
      whole.after.push_back(part.id);
      whole.size -= part.size;
      units.push_back(part);
    }
  }
  units.push_back(std::move(whole));
}

}  // namespace

SweepPlan make_plan(const std::vector<SweptRepository>& repositories,
                    const std::map<std::string, SweptRepository>& known,
                    const PlanOptions& options) {
  SweepPlan plan;
  std::vector<Changed> changed;
  for (const SweptRepository& entry : repositories) {
    ++plan.repositories;
    const Result<Repository> repository = open_repository(entry.path);
    if (!repository) {
      plan.problems.push_back(
          {SkipReason::kUnreadable, entry.key, repository.error().message()});
      continue;
    }
    SweepUnit unit;
    unit.repository = entry.key;
    unit.rules = options.rules;
    unit.stamp = stamp_of(*repository, read_refs(*repository));
    const auto at = known.find(entry.key);
    const SweptRepository* before = at == known.end() ? nullptr : &at->second;
    if (is_up_to_date(before, options.rules, unit.stamp)) {
      ++plan.unchanged;
      continue;
    }
    unit.id = unit_id(unit);
    unit.size = size_of(*repository);
    const bool is_new =
        before == nullptr || before->run == 0 ||
        (before->rules != options.rules && before->rules != options.former);
    changed.push_back({std::move(unit), sample_of(*repository), is_new});
  }
  put_in_order(changed);
  for (Changed& one : changed) {
    add_unit(std::move(one), options.part_bytes, plan.units);
  }
  return plan;
}

}  // namespace leaksift
