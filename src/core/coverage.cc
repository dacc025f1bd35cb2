#include "core/coverage.h"

#include <algorithm>
#include <array>
#include <utility>

namespace leaksift {
namespace {

struct ReasonFacts {
  SkipReason reason;
  std::string_view word;
  bool failure;
};

constexpr std::array<ReasonFacts, 15> kReasons = {{
    {SkipReason::kUnreadable, "unreadable", true},
    {SkipReason::kVanished, "vanished", true},
    {SkipReason::kSpecialFile, "special-file", true},
    {SkipReason::kCorrupt, "corrupt", true},
    {SkipReason::kMissingObject, "missing-object", true},
    {SkipReason::kPromised, "promised-object", true},
    {SkipReason::kTooLarge, "too-large", true},
    {SkipReason::kTimeout, "timeout", true},
    {SkipReason::kOverSizeLimit, "over-size-limit", false},
    {SkipReason::kIgnored, "ignored", false},
    {SkipReason::kSymlink, "symlink", false},
    {SkipReason::kGitDirectory, "git-directory", false},
    {SkipReason::kArchiveNotOpened, "archive-not-opened", false},
    {SkipReason::kShallow, "shallow-border", false},
    {SkipReason::kLfsNotFetched, "lfs-not-fetched", false},
}};

const ReasonFacts& facts_of(SkipReason reason) {
  return kReasons[static_cast<size_t>(reason)];
}

}  // namespace

std::string_view to_string(SkipReason reason) {
  return facts_of(reason).word;
}

std::optional<SkipReason> to_skip_reason(std::string_view word) {
  const auto found = std::find_if(
      kReasons.begin(), kReasons.end(),
      [&](const ReasonFacts& facts) { return facts.word == word; });
  if (found == kReasons.end()) return std::nullopt;
  return found->reason;
}

bool is_failure(SkipReason reason) {
  return facts_of(reason).failure;
}

void Coverage::skip(Skipped entry) {
  ++skip_counts[entry.reason];
  skipped.push_back(std::move(entry));
  cut_now_and_then();
}

void Coverage::merge(Coverage other) {
  inputs += other.inputs;
  blobs += other.blobs;
  bytes += other.bytes;
  std::move(other.skipped.begin(), other.skipped.end(),
            std::back_inserter(skipped));
  for (const auto& [reason, count] : other.skip_counts) {
    skip_counts[reason] += count;
  }
  cut_now_and_then();
}

// The first of all are the first of those that were the first so far and of
// what has come since.
void Coverage::cut_now_and_then() {
  if (skipped.size() < next_cut_) return;
  finish();
  next_cut_ = 2 * std::max(skipped.size(), kMaxNamed);
}

void Coverage::finish() {
  std::sort(skipped.begin(), skipped.end());
  std::map<SkipReason, size_t> named;
  std::erase_if(skipped, [&](const Skipped& entry) {
    return ++named[entry.reason] > kMaxNamed;
  });
}

bool Coverage::names_all(SkipReason reason) const {
  const auto count = skip_counts.find(reason);
  return count == skip_counts.end() ||
         static_cast<uint64_t>(std::count_if(skipped.begin(), skipped.end(),
                                             [&](const Skipped& entry) {
                                               return entry.reason == reason;
                                             })) == count->second;
}

bool Coverage::complete(bool strict) const {
  return std::none_of(
      skip_counts.begin(), skip_counts.end(),
      [&](const auto& entry) { return strict || is_failure(entry.first); });
}

}  // namespace leaksift
