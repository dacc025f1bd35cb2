#include "pipeline/name_scanner.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "core/hash.h"

namespace leaksift {
namespace {

// Names that come again soon are known from here: most are.
constexpr size_t kRecent = size_t{1} << 12;
// 40 bytes each. Behind that many all are forgotten, and scanned anew.
constexpr size_t kMaxSeen = size_t{1} << 21;

}  // namespace

struct NameScanner::State {
  explicit State(const Engine& engine) : scanner(engine) {}

  bool is_new(std::string_view name) {
    const Hash128 hash = content_hash(name);
    Hash128& last = recent[hash.high % kRecent];
    if (last == hash) return false;
    last = hash;
    if (seen.size() >= kMaxSeen) seen.clear();
    return seen.insert(hash).second;
  }

  BlobScanner scanner;
  std::vector<Hash128> recent = std::vector<Hash128>(kRecent);
  std::unordered_set<Hash128, Hash128Hasher> seen;
  std::vector<BlobMatch> found;
  std::vector<NameFindings> findings;
};

NameScanner::NameScanner(const Engine& engine, unsigned workers) {
  for (unsigned i = 0; i < workers; ++i) {
    states_.push_back(std::make_unique<State>(engine));
  }
}

NameScanner::~NameScanner() = default;

void NameScanner::see(unsigned worker, std::string_view name) {
  State& state = *states_[worker];
  if (!state.is_new(name)) return;
  state.scanner.scan(name, state.found);
  if (state.found.empty()) return;
  state.findings.push_back({std::string(name), std::move(state.found)});
  state.found.clear();
}

std::vector<NameFindings> NameScanner::take() {
  std::vector<NameFindings> all;
  for (auto& state : states_) {
    std::move(state->findings.begin(), state->findings.end(),
              std::back_inserter(all));
    state->findings.clear();
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto twice = std::unique(
      all.begin(), all.end(),
      [](const auto& a, const auto& b) { return a.name == b.name; });
  all.erase(twice, all.end());
  return all;
}

MatchStats NameScanner::stats() const {
  MatchStats all;
  for (const auto& state : states_) all.merge(state->scanner.stats());
  return all;
}

}  // namespace leaksift
