// From what is written behind --repos to repositories on this disk.
#pragma once

#include <string>
#include <vector>

#include "leaksift/result.h"
#include "sweep/forge.h"
#include "sweep/inventory.h"
#include "sweep/mirror.h"

namespace leaksift {

struct SourceOptions {
  // Folders, lists, "-" for a list on standard input, forges (sweep/forge.h).
  std::vector<std::string> sources;
  // The file of the token for the one forge among them; empty: it stands in the
  // environment, as LEAKSIFT_GITHUB_TOKEN and so on, or there is none.
  std::string token_file;
  HttpOptions http;  // as in ForgeAccess
};

// All repositories of all sources, sorted, each once. Fails where a source
// cannot be read at all, and where one token would go to two servers.
// `credentials` gets what git needs to fetch from the forges.
Result<Inventory> list_sources(const SourceOptions& options,
                               std::vector<GitCredential>& credentials);

// Makes and updates the mirrors of all entries that have a URL and no path,
// `jobs` at once, and tells the entries where they are. One that has none after
// that is taken out; each that could not be fetched, also where an old mirror
// is used for it, is named in inventory.coverage.
void mirror_all(const Mirrors& mirrors, unsigned jobs, Inventory& inventory);

}  // namespace leaksift
