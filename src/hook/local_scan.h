// What hooks on a developer's machine scan: what is to be committed or pushed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.h"
#include "git/incoming.h"
#include "git/object_store.h"
#include "git/repository.h"
#include "hook/identity.h"
#include "leaksift/result.h"
#include "match/engine.h"

namespace leaksift {

// The repository of a command that git runs a hook for.
struct LocalRepository {
  Repository repository;
  std::string index_file;
  std::string work_tree;  // empty for a bare one
};

// The one around this folder, or that which git names by GIT_DIR,
// GIT_INDEX_FILE, GIT_WORK_TREE and the variables of objects.
Result<LocalRepository> open_local(const Environment& environment);

// What is to be scanned, and where it is.
struct LocalChange {
  ObjectStore store;
  Incoming incoming;
  std::vector<ObjectId> replaced;     // commits, as in ChangeScanOptions
  std::vector<std::string> new_refs;  // names, likewise
};

// The index against HEAD and, of a merge, the commits that are merged. Fails
// on a damaged index, and on paths in conflict: there is nothing to commit yet.
Result<LocalChange> staged_change(const LocalRepository& local,
                                  uint64_t memory);

// A line of the standard input of pre-push; null ids: there is none.
struct PushedRef {
  std::string local_name;
  ObjectId local;
  std::string remote_name;
  ObjectId remote;
};

// Fails on what is no such line, naming it.
Result<std::vector<PushedRef>> parse_pushed_refs(std::string_view input);

// What the remote does not have, as far as is known here: what no ref in
// refs/remotes/<remote>/ reaches, nor what the refs that are pushed to stand
// at. `remote`: its name, or else its URL.
Result<LocalChange> pushed_change(const LocalRepository& local,
                                  const std::string& remote,
                                  const std::vector<PushedRef>& pushed,
                                  uint64_t memory);

struct LocalFindings {
  // What the commits bring, with what was scanned for it.
  Report report;
  // In files that they change, but there before.
  std::vector<Finding> known;
};

// Fails only on rules that do not compile.
Result<LocalFindings> scan_local(const Engine& engine,
                                 const LocalChange& change, unsigned jobs,
                                 uint64_t memory);

}  // namespace leaksift
