#include "sweep/inventory.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "sweep/remote_url.h"

namespace leaksift {
namespace {

void take_text(std::string& into, std::string& from) {
  if (into.empty()) into = std::move(from);
}

// What is known of one repository from two sides.
void merge(RepositoryEntry& into, RepositoryEntry from) {
  take_text(into.url, from.url);
  take_text(into.path, from.path);
  take_text(into.name, from.name);
  take_text(into.default_branch, from.default_branch);
  take_text(into.fork_of, from.fork_of);
  take_text(into.pool, from.pool);
  into.size_bytes = std::max(into.size_bytes, from.size_bytes);
  into.pushed_at = std::max(into.pushed_at, from.pushed_at);
  into.visibility = std::max(into.visibility, from.visibility);
  into.fork |= from.fork;
  into.archived |= from.archived;
  into.empty &= from.empty;
}

bool any_matches(const std::vector<PathGlob>& globs,
                 const RepositoryEntry& entry) {
  std::string_view key = entry.key;
  if (key.starts_with('/')) key.remove_prefix(1);
  return std::any_of(globs.begin(), globs.end(), [&](const PathGlob& glob) {
    return glob.matches(key) || glob.matches(entry.name);
  });
}

std::optional<Skipped> left_out(const RepositoryEntry& entry,
                                const InventoryFilter& filter) {
  const auto ignored = [&](std::string why) {
    return Skipped{SkipReason::kIgnored, entry.key, std::move(why)};
  };
  if (!filter.include.empty() && !any_matches(filter.include, entry)) {
    return ignored("not among those to include");
  }
  if (any_matches(filter.exclude, entry)) return ignored("excluded");
  if (!filter.archived && entry.archived) return ignored("archived");
  if (!filter.forks && (entry.fork || !entry.fork_of.empty()))
    return ignored("a fork");
  if (!entry.size_bytes) return std::nullopt;
  if (*entry.size_bytes < filter.min_bytes) return ignored("too small");
  if (*entry.size_bytes > filter.max_bytes) {
    return Skipped{SkipReason::kOverSizeLimit, entry.key,
                   human_bytes(*entry.size_bytes)};
  }
  return std::nullopt;
}

}  // namespace

void Inventory::finish() {
  std::sort(entries.begin(), entries.end());
  std::vector<RepositoryEntry> once;
  for (RepositoryEntry& entry : entries) {
    if (!once.empty() && once.back().key == entry.key) {
      merge(once.back(), std::move(entry));
    } else {
      once.push_back(std::move(entry));
    }
  }
  entries = std::move(once);
}

void Inventory::keep(const InventoryFilter& filter) {
  std::erase_if(entries, [&](const RepositoryEntry& entry) {
    std::optional<Skipped> skipped = left_out(entry, filter);
    if (!skipped) return false;
    coverage.skip(*std::move(skipped));
    return true;
  });
}

Result<RepositoryEntry> entry_of_url(std::string_view url) {
  Result<RemoteUrl> remote = parse_remote_url(url);
  if (!remote) return std::move(remote).error();
  RepositoryEntry entry;
  entry.key = remote->key();
  entry.name = remote->path;
  entry.url = std::move(remote->url);
  return entry;
}

}  // namespace leaksift
