#include "pipeline/content_table.h"

#include <utility>

namespace leaksift {

bool ContentTable::claim(const Hash128& hash, uint64_t size,
                         const std::string& path) {
  Shard& s = shard(hash);
  const std::lock_guard lock(s.mutex);
  const auto [at, fresh] = s.states.emplace(hash, State::kScanning);
  if (fresh) {
    s.bytes += size;
    return true;
  }
  // Whoever scans it now may find something: keep the path until then.
  if (at->second != State::kClean) s.findings[hash].paths.push_back(path);
  return false;
}

void ContentTable::set_result(const Hash128& hash, const std::string& path,
                              std::vector<BlobMatch> matches) {
  Shard& s = shard(hash);
  const std::lock_guard lock(s.mutex);
  State& state = s.states[hash];
  if (matches.empty()) {
    state = State::kClean;
    s.findings.erase(hash);
    return;
  }
  state = State::kFindings;
  ContentFindings& findings = s.findings[hash];
  findings.matches = std::move(matches);
  findings.paths.push_back(path);
}

bool ContentTable::is_new_size(uint64_t size) {
  const std::lock_guard lock(sizes_mutex_);
  return sizes_.insert(size).second;
}

uint64_t ContentTable::contents() const {
  uint64_t count = 0;
  for (const Shard& s : shards_) count += s.states.size();
  return count;
}

uint64_t ContentTable::bytes() const {
  uint64_t sum = 0;
  for (const Shard& s : shards_) sum += s.bytes;
  return sum;
}

void ContentTable::for_each(
    const std::function<void(const ContentFindings&)>& each) const {
  for (const Shard& s : shards_) {
    for (const auto& [hash, findings] : s.findings) each(findings);
  }
}

}  // namespace leaksift
