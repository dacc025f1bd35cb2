// Which commits some tips reach and others do not.
#pragma once

#include <cstdint>
#include <queue>
#include <unordered_map>
#include <vector>

#include "core/hash.h"
#include "git/incoming.h"
#include "git/object_store.h"

namespace leaksift {

// For tables that an attacker may fill.
struct HostileIdHasher {
  size_t operator()(const ObjectId& id) const {
    return local_hash(id.raw(HashKind::kSha256));
  }
};

// What the tips lead to before any tree is looked at.
struct NewCommits {
  std::vector<IncomingCommit> commits;  // children before their parents
  std::vector<ObjectId> tags;
  std::vector<ObjectId> objects;  // trees and blobs that tips name themselves
  std::vector<Skipped> problems;
  bool cut = false;
};

// Goes from the tips and from what is known back in time, newest commit first,
// until nothing is left that might be new. See find_incoming() for when that is
// exact. Not thread-safe.
class NewCommitWalk {
 public:
  // `reader` reads from `store`.
  NewCommitWalk(const IncomingStore& store, ObjectReader& reader,
                const IncomingTips& tips, const IncomingOptions& options);

  NewCommits run();

 private:
  enum class Colour : uint8_t { kNew, kKnown };
  struct Node {
    ObjectId id;
    ObjectId tree;
    std::vector<ObjectId> parents;
    int64_t seconds = 0;
    Colour colour = Colour::kNew;
    bool queued = false;
    bool done = false;
    bool arrived = false;
  };
  struct Waiting {
    int64_t seconds = 0;
    uint32_t node = 0;
    bool operator<(const Waiting& other) const {
      return seconds != other.seconds ? seconds < other.seconds
                                      : node > other.node;
    }
  };

  void start(const ObjectId& tip);
  void start_known(const std::vector<ObjectId>& ids);
  void add(const ObjectId& id, Colour colour);
  void read(Node& node, bool needed);
  void enqueue(uint32_t node);
  uint32_t pop();
  void step(uint32_t node);
  void mark_known(uint32_t node);
  bool is_known_tip(const ObjectId& id) const;
  bool is_done() const;
  bool is_late();
  std::vector<IncomingCommit> in_order();

  const IncomingStore& store_;
  ObjectReader& reader_;
  const IncomingTips& tips_;
  const IncomingOptions& options_;
  HashKind hash_;
  std::vector<ObjectId> known_;    // sorted
  std::vector<ObjectId> shallow_;  // sorted
  bool all_started_ = false;

  std::vector<Node> nodes_;
  std::unordered_map<ObjectId, uint32_t, HostileIdHasher> numbers_;
  std::priority_queue<Waiting> queue_;
  uint64_t new_waiting_ = 0;
  uint64_t unproven_ = 0;  // done, new, but not known to have arrived
  int64_t oldest_new_ = INT64_MAX;
  uint64_t steps_ = 0;
  NewCommits result_;
};

}  // namespace leaksift
