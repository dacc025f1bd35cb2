// Which commits some tips reach and others do not.
#pragma once

#include <cstdint>
#include <queue>
#include <unordered_map>
#include <vector>

#include "core/hash.h"
#include "core/time_limit.h"
#include "git/incoming.h"
#include "git/object_store.h"
#include "git/stored_graph.h"

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
//
// Of known commits that git's commit-graph has the links are taken from there,
// and its levels say where to stop: nothing leads to a commit of its own level
// or of a higher one, and nothing in it to what is not.
class NewCommitWalk {
 public:
  // `reader` reads from `store`.
  NewCommitWalk(const IncomingStore& store, ObjectReader& reader,
                const IncomingTips& tips, const IncomingOptions& options);

  NewCommits run();

 private:
  // Of commits that no commit-graph has: those may lead to any.
  static constexpr uint32_t kNoLevel = ~uint32_t{0};

  enum class Colour : uint8_t { kNew, kKnown };
  struct Node {
    ObjectId id;
    ObjectId tree;
    std::vector<ObjectId> parents;
    int64_t seconds = 0;
    uint32_t level = kNoLevel;
    Colour colour = Colour::kNew;
    bool queued = false;
    bool done = false;
    bool arrived = false;
  };
  struct Waiting {
    uint32_t level = kNoLevel;
    int64_t seconds = 0;
    uint32_t node = 0;
    bool operator<(const Waiting& other) const {
      if (level != other.level) return level < other.level;
      return seconds != other.seconds ? seconds < other.seconds
                                      : node > other.node;
    }
  };

  void start(const ObjectId& tip);
  void start_known(const std::vector<ObjectId>& ids);
  void add(const ObjectId& id, Colour colour);
  void read(Node& node);
  bool read_stored(Node& node);
  void set_parents(Node& node, std::vector<ObjectId> parents);
  void enqueue(uint32_t node);
  uint32_t pop();
  void step(uint32_t node);
  void mark_known(uint32_t node);
  bool is_done() const;
  std::vector<IncomingCommit> in_order();

  const IncomingStore& store_;
  ObjectReader& reader_;
  const IncomingTips& tips_;
  HashKind hash_;
  StoredGraph graph_;
  std::vector<ObjectId> shallow_;  // sorted
  bool all_started_ = false;

  std::vector<Node> nodes_;
  std::unordered_map<ObjectId, uint32_t, HostileIdHasher> numbers_;
  std::priority_queue<Waiting> queue_;
  uint64_t new_waiting_ = 0;
  uint64_t unproven_ = 0;  // done, new, but not known to have arrived
  int64_t oldest_new_ = INT64_MAX;
  uint32_t lowest_new_ = kNoLevel;
  TimeLimit limit_;
  NewCommits result_;
};

}  // namespace leaksift
