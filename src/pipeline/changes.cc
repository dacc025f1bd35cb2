#include "pipeline/changes.h"

#include <algorithm>

#include "core/sort_unique.h"

namespace leaksift {
namespace {

constexpr uint32_t kNone = CommitGraph::kNone;

// Changes looked at for all findings: some seconds.
constexpr uint64_t kMaxSteps = 100'000'000;

}  // namespace

ChangeLister::ChangeLister(const CommitGraph& commits,
                           const Attribution& attribution,
                           const std::vector<ObjectId>& targets, HashKind hash)
    : commits_(commits),
      attribution_(attribution),
      hash_(hash),
      changes_(targets.size()) {
  for (uint32_t i = 0; i < targets.size(); ++i) {
    targets_.emplace(targets[i].hex(hash), i);
  }
  for (uint32_t i = 0; i < attribution.changes.size(); ++i) {
    const PathChange& change = attribution.changes[i];
    auto note = [&](uint32_t target) {
      if (target == kNone) return;
      std::vector<uint32_t>& list = changes_[target];
      if (list.empty() || list.back() != i) list.push_back(i);
    };
    note(change.now);
    for (const uint32_t target : attribution.before_of(change, commits)) {
      note(target);
    }
  }
}

void ChangeLister::list(Finding& finding) {
  const std::vector<uint32_t> blobs = blobs_of(finding);
  std::vector<std::string_view> paths;
  for (const Occurrence& o : finding.occurrences) paths.push_back(o.path);
  sort_unique(paths);
  auto holds_secret = [&](uint32_t target) {
    return std::binary_search(blobs.begin(), blobs.end(), target);
  };
  for (const uint32_t index : changes_of(blobs)) {
    const PathChange& change = attribution_.changes[index];
    const std::string& path = attribution_.paths[change.path];
    const auto before = attribution_.before_of(change, commits_);
    const bool has = holds_secret(change.now);
    const bool added =
        has && std::none_of(before.begin(), before.end(), holds_secret);
    const bool removed =
        !has && std::all_of(before.begin(), before.end(), holds_secret);
    if (!added && !removed) continue;
    if (!std::binary_search(paths.begin(), paths.end(), path)) continue;
    if (++finding.change_count > Finding::kMaxChanges) continue;
    finding.changes.push_back(
        {commits_.commit(change.commit).id.hex(hash_),
         added ? Change::Kind::kAdded : Change::Kind::kRemoved, path});
  }
}

std::vector<uint32_t> ChangeLister::blobs_of(const Finding& finding) const {
  std::vector<uint32_t> blobs;
  for (const Occurrence& o : finding.occurrences) {
    const auto target = targets_.find(o.blob);
    if (target != targets_.end()) blobs.push_back(target->second);
  }
  sort_unique(blobs);
  return blobs;
}

// Those that have to do with any of the blobs, in order.
std::vector<uint32_t> ChangeLister::changes_of(
    const std::vector<uint32_t>& blobs) {
  std::vector<uint32_t> all;
  for (const uint32_t blob : blobs) {
    steps_ += changes_[blob].size();
    cut_ = cut_ || steps_ > kMaxSteps;
    if (cut_) break;
    all.insert(all.end(), changes_[blob].begin(), changes_[blob].end());
  }
  sort_unique(all);
  return all;
}

}  // namespace leaksift
