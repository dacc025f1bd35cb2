#include "sweep/families.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <system_error>

#include "core/sort_unique.h"
#include "git/pack_index.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSample = 64;
// Of the smaller sample, in common: a quarter, and not just an empty file.
constexpr size_t kShare = 4;
constexpr size_t kAtLeast = 2;
// An id that more than this have (an empty file, a licence) groups nobody.
constexpr size_t kEverybody = 1000;

void keep_smallest(std::vector<ObjectId>& ids) {
  sort_unique(ids);
  if (ids.size() > kSample) ids.resize(kSample);
}

void add_packs(const std::string& folder, HashKind hash,
               std::vector<ObjectId>& ids) {
  std::error_code error;
  for (fs::directory_iterator it(folder + "/pack", error), end;
       !error && it != end; it.increment(error)) {
    if (it->path().extension() != ".idx") continue;
    const Result<PackIndex> index = PackIndex::open(it->path().string(), hash);
    if (!index) continue;  // the scan will name it
    const size_t count = std::min<size_t>(index->count(), kSample);
    for (uint32_t i = 0; i < count; ++i) ids.push_back(index->id(i));
    keep_smallest(ids);
  }
}

void add_loose(const std::string& folder, HashKind hash,
               std::vector<ObjectId>& ids) {
  std::vector<std::string> fans;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.size() == 2) fans.push_back(name);
  }
  std::sort(fans.begin(), fans.end());
  for (size_t i = 0, found = 0; i < fans.size() && found < kSample; ++i) {
    for (fs::directory_iterator it(folder + "/" + fans[i], error), end;
         !error && it != end; it.increment(error)) {
      const auto id =
          ObjectId::from_hex(fans[i] + it->path().filename().string(), hash);
      if (!id) continue;
      ids.push_back(*id);
      ++found;
    }
  }
  keep_smallest(ids);
}

// Sets that grow together.
class Groups {
 public:
  explicit Groups(size_t count) : parents_(count) {
    std::iota(parents_.begin(), parents_.end(), size_t{0});
  }
  size_t of(size_t member) {
    while (parents_[member] != member) {
      member = parents_[member] = parents_[parents_[member]];
    }
    return member;
  }
  void join(size_t a, size_t b) {
    a = of(a);
    b = of(b);
    parents_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<size_t> parents_;
};

}  // namespace

std::vector<ObjectId> sample_of(const Repository& repository) {
  std::vector<ObjectId> ids;
  for (const std::string& folder : repository.object_dirs) {
    add_packs(folder, repository.hash, ids);
    add_loose(folder, repository.hash, ids);
  }
  return ids;
}

std::vector<std::vector<size_t>> find_families(
    const std::vector<std::vector<ObjectId>>& samples) {
  std::map<ObjectId, std::vector<size_t>> holders;
  for (size_t i = 0; i < samples.size(); ++i) {
    for (const ObjectId& id : samples[i]) holders[id].push_back(i);
  }
  std::map<std::pair<size_t, size_t>, size_t> common;
  for (const auto& [id, list] : holders) {
    if (list.size() > kEverybody) continue;
    // With the first of them: it is enough to group those that share it.
    for (size_t i = 1; i < list.size(); ++i) ++common[{list[0], list[i]}];
  }
  Groups groups(samples.size());
  for (const auto& [pair, count] : common) {
    const size_t smaller =
        std::min(samples[pair.first].size(), samples[pair.second].size());
    if (count >= std::max(kAtLeast, smaller / kShare)) {
      groups.join(pair.first, pair.second);
    }
  }
  std::map<size_t, std::vector<size_t>> by_first;
  for (size_t i = 0; i < samples.size(); ++i) {
    by_first[groups.of(i)].push_back(i);
  }
  std::vector<std::vector<size_t>> families;
  for (auto& [first, members] : by_first)
    families.push_back(std::move(members));
  return families;
}

}  // namespace leaksift
