// Which repositories there are: the record that every way to list them gives.
//
// In JSONL, one object a line, members without a value left out:
//
//     {"key":"git.example/pay/api","url":"https://git.example/pay/api.git",
//      "path":"/srv/mirrors/git.example/pay/api.git","name":"pay/api",
//      "size_bytes":52428800,"pushed_at":1764000000,"default_branch":"main",
//      "fork_of":"git.example/core/api","pool":"/srv/pools/1.git/objects",
//      "visibility":"private","fork":true,"archived":true,"empty":true}
//
// A text that is no UTF-8 stands in base64, "_base64" behind its name.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/coverage.h"
#include "findings/path_glob.h"
#include "leaksift/result.h"

namespace leaksift {

enum class Visibility { kUnknown, kPublic, kInternal, kPrivate };

// A repository.
struct RepositoryEntry {
  // What it is known by: RemoteUrl::key(); of one that is only on this disk its
  // path.
  std::string key;
  std::string url;   // without credentials; empty: there is none
  std::string path;  // on this disk, canonical; empty: it is not there
  std::string name;  // what its forge calls it; may be empty
  std::optional<uint64_t> size_bytes;  // of its packs, or as its forge says
  std::optional<int64_t> pushed_at;    // seconds since 1970
  std::string default_branch;          // "main"
  std::string fork_of;                 // key of what it was forked from
  // The folder of objects, canonical, that it borrows from or lends; the same
  // for all that share it.
  std::string pool;
  Visibility visibility = Visibility::kUnknown;
  bool fork = false;  // also where it is not said of what
  bool archived = false;
  bool empty = false;  // it has no objects

  friend auto operator<=>(const RepositoryEntry&,
                          const RepositoryEntry&) = default;
};

// Which repositories are wanted.
struct InventoryFilter {
  // Held against the key, without the slash in front of a path, and the name.
  std::vector<PathGlob> include;  // empty: all
  std::vector<PathGlob> exclude;
  bool archived = true;
  bool forks = true;
  // Only of what has a known size.
  uint64_t min_bytes = 0;
  uint64_t max_bytes = UINT64_MAX;
};

// A list of repositories, and what could not be listed. Not thread-safe.
struct Inventory {
  std::vector<RepositoryEntry> entries;
  // What was not looked into, and what a filter left out.
  Coverage coverage;

  // Sorts by key and makes one of all entries with the same key. The order in
  // which they were added changes nothing.
  void finish();
  // Takes out what the filter does not want and says so in `coverage`.
  void keep(const InventoryFilter& filter);
};

// One line, with its line end.
std::string to_jsonl(const RepositoryEntry& entry);
// Fails on what is no such line: an unknown member, a wrong type, an entry
// without url and path.
Result<RepositoryEntry> parse_repository(std::string_view line);

// The entry of a repository that is fetched from `url`. Fails as
// parse_remote_url() does.
Result<RepositoryEntry> entry_of_url(std::string_view url);

// The entry's member `name` from text, as a list file has it; fails on an
// unknown name or a value that is none for it, and says which there are.
Status set_member(RepositoryEntry& entry, std::string_view name,
                  std::string_view value);

}  // namespace leaksift
