// Looks for known secrets in everything that a repository stores.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/coverage.h"
#include "core/text_encoding.h"
#include "git/repository.h"
#include "review/secret_search.h"

namespace leaksift {

// What kind of thing a secret stands in: that decides what removes it.
enum class StorePlace : uint8_t {
  kTextBlob,
  // With a NUL in the first 8192 bytes: `git filter-repo` does not touch these.
  kWideBlob,  // text in UTF-16 or UTF-32
  kBinaryBlob,
  kMessage,  // of a commit or tag
  kHeader,   // of a commit or tag: author, committer, tagger, tag name
  kTreeName,
  kRefName,
  kGitFile,  // beside the objects: reflogs, configuration
};
std::string_view to_string(StorePlace place);  // "binary blob"

// One way in which one secret stands in one kind of thing.
struct Standing {
  FoundSecret found;
  StorePlace place = StorePlace::kTextBlob;
  TextEncoding encoding = TextEncoding::kBytes;  // of a kWideBlob
  friend auto operator<=>(const Standing&, const Standing&) = default;
};

// Where it does: object ids, ref names, paths in the git folder.
struct StandingPlaces {
  static constexpr size_t kMaxNames = 10'000;

  uint64_t count = 0;
  std::set<std::string> names;  // the first in their order

  void add(std::string name);
};

struct SearchResult {
  std::map<Standing, StandingPlaces> standings;
  Coverage coverage;  // `blobs` counts objects of all types
};

// Decodes every object, reachable or not, on `jobs` threads. The result depends
// neither on their number nor on `memory`: what is too large to be held, of
// objects and files alike, is searched piece by piece. Archives are searched as
// bytes.
SearchResult search_repository(const Repository& repository,
                               const SecretSearch& secrets, unsigned jobs,
                               uint64_t memory);

}  // namespace leaksift
