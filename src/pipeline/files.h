// Scans folders, files and standard input.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/memory.h"
#include "findings/finding.h"
#include "leaksift/result.h"
#include "match/engine.h"
#include "pipeline/progress.h"

namespace leaksift {

struct FilesOptions {
  unsigned jobs = 1;
  bool use_ignore = true;  // leave out what git ignores
  // What may be held of files at once, by all threads.
  uint64_t memory = kDefaultMemory;
  uint64_t max_file_bytes = 0;  // larger files are named, not read; 0: none are
};

// Walks and scans in parallel, each different content once. A path that is "-"
// is standard input. The report does not depend on `jobs`. Fails if a path
// cannot be opened at all; nothing has been scanned then.
Result<Report> scan_files(const Engine& engine,
                          const std::vector<std::string>& paths,
                          const FilesOptions& options, Progress& progress);

}  // namespace leaksift
