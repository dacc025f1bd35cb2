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
};

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

}  // namespace

SweepPlan make_plan(const std::vector<SweptRepository>& repositories,
                    const std::map<std::string, SweptRepository>& known,
                    const std::string& rules) {
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
    unit.rules = rules;
    unit.stamp = stamp_of(*repository, read_refs(*repository));
    const auto before = known.find(entry.key);
    if (is_up_to_date(before == known.end() ? nullptr : &before->second, rules,
                      unit.stamp)) {
      ++plan.unchanged;
      continue;
    }
    unit.id = unit_id(unit);
    unit.size = size_of(*repository);
    changed.push_back({std::move(unit), sample_of(*repository)});
  }
  put_in_order(changed);
  for (Changed& one : changed) plan.units.push_back(std::move(one.unit));
  return plan;
}

}  // namespace leaksift
