#include "pipeline/content_table.h"

#include <algorithm>
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
                              std::vector<BlobMatch> matches,
                              uint32_t cut_line) {
  const uint64_t bytes = bytes_of(matches);
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
  findings.paths.push_back(path);
  findings.cut_line = cut_line;
  if (held_ != 0 && held_ + bytes > budget_) {
    findings.dropped = matches.size();
    return;
  }
  held_ += bytes;
  findings.matches = std::move(matches);
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

std::vector<ContentFindings> ContentTable::take() {
  std::vector<ContentFindings> all;
  for (Shard& s : shards_) {
    for (auto& [hash, findings] : s.findings) {
      std::sort(findings.paths.begin(), findings.paths.end());
      all.push_back(std::move(findings));
    }
    s.findings.clear();
  }
  std::sort(all.begin(), all.end(),
            [](const ContentFindings& a, const ContentFindings& b) {
              return a.paths < b.paths;
            });
  return all;
}

}  // namespace leaksift
