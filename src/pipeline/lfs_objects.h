// What LFS pointers stand for.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/coverage.h"
#include "git/repository.h"
#include "pipeline/history_visitor.h"
#include "pipeline/stored_file.h"

namespace leaksift {

struct LfsScan {
  std::vector<ObjectFindings> findings;
  std::set<std::string> scanned;  // oids
};

// Scans the LFS objects that the repository's folder holds, each once; what is
// found in one is a finding of every pointer to it. Pointers whose object is
// not there, or is another one than its name says, are named in the coverage.
// `pointers` are in the order of ids.
LfsScan scan_lfs_objects(const Repository& repository,
                         const std::vector<LfsBlob>& pointers,
                         StoredFileScanner& scanner, Coverage& coverage);

}  // namespace leaksift
