// What a push or a commit brings: commits, tags, and the files in which they
// differ from what was there before.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/coverage.h"
#include "git/id_set.h"
#include "git/object_id.h"
#include "git/object_store.h"

namespace leaksift {

struct IncomingCommit {
  ObjectId id;    // null: what is about to be committed
  ObjectId tree;  // null: the same
  std::vector<ObjectId> parents;
};

// A blob at a path where no parent of its commit has it.
struct IncomingFile {
  static constexpr uint32_t kNoCommit = ~uint32_t{0};

  ObjectId blob;
  // Index into Incoming::commits; kNoCommit: a ref is to name the blob, or a
  // tree with it, by itself.
  uint32_t commit = kNoCommit;
  uint32_t path = 0;  // index into Incoming::paths
  friend auto operator<=>(const IncomingFile&, const IncomingFile&) = default;
};

// The name of a file or folder, at a path where no parent has one.
struct IncomingName {
  uint32_t commit = IncomingFile::kNoCommit;
  uint32_t path = 0;  // index into Incoming::paths
  bool is_file = true;
  ObjectId object;  // what is there
};

// A blob, or a tree with all that is in it, that a commit takes away from its
// path: a parent had it there, and nothing is left of that name.
struct RemovedFile {
  uint32_t commit = 0;
  bool is_tree = false;
  ObjectId object;
};

struct Incoming {
  std::vector<IncomingCommit> commits;  // children before their parents
  std::vector<ObjectId> tags;           // annotated ones
  // All in the order of commits.
  std::vector<IncomingFile> files;
  std::vector<IncomingName> names;
  std::vector<RemovedFile> removed;
  std::vector<std::string> paths;  // each once; bytes

  // Objects that arrived, and to which nothing of the above leads; sorted.
  std::vector<ObjectId> strays;

  // What could not be read.
  std::vector<Skipped> problems;
  // The deadline came first: the rest is not known.
  bool cut = false;
};

struct IncomingTips {
  std::vector<ObjectId> tips;  // what refs are to name: objects of any type
  // What refs name now. All that these reach is there already.
  IdSet known;
  // Those of `known` that the tips are likely to build on: asked first.
  std::vector<ObjectId> likely;
  // Commits whose parents were cut off.
  std::vector<ObjectId> shallow;
};

// An open push, or what stands for one.
struct IncomingStore {
  // What arrived, with the repository's own objects as its lender; or the
  // repository's, where nothing tells what arrived.
  const ObjectStore& store;
  // Null: as just said.
  const ObjectStore* repository = nullptr;

  // Did the object arrive now? Then nothing there leads to it.
  bool arrived(const ObjectId& id) const {
    return repository != nullptr && store.holds(id) && !repository->holds(id);
  }
};

struct IncomingOptions {
  uint64_t memory = kDefaultMemory;
  std::optional<std::chrono::steady_clock::time_point> deadline;
};

// Exact where objects arrive apart from the repository's (a quarantine): a
// commit counts as there already only if a known ref reaches it, however it
// came to be in the store (an earlier push that was taken back, a fork that
// shares objects). Without a quarantine commits are gone through by date, as
// git does, so that dates that are wrong by more than a day may show commits as
// new that are not.
Incoming find_incoming(const IncomingStore& store, const IncomingTips& tips,
                       const IncomingOptions& options);

}  // namespace leaksift
