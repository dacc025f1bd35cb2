// Secrets in names: of files and folders, of refs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/blob_scanner.h"

namespace leaksift {

// What was found in a name.
struct NameFindings {
  std::string name;
  std::vector<BlobMatch> matches;
};

// Scans each name as a text of its own, once for each worker that sees it: a
// verdict may depend on the lines around, and a name has none. see() may be
// called from several threads, each with a worker of its own; all else before
// or after.
class NameScanner {
 public:
  NameScanner(const Engine& engine, unsigned workers);
  ~NameScanner();

  void see(unsigned worker, std::string_view name);

  // In the order of names, each once; nothing is left.
  std::vector<NameFindings> take();

  MatchStats stats() const;

 private:
  struct State;
  std::vector<std::unique_ptr<State>> states_;
};

}  // namespace leaksift
