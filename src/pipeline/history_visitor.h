// Scans the objects of a history as they are decoded.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/coverage.h"
#include "core/time_limit.h"
#include "git/commit_graph.h"
#include "git/lfs.h"
#include "git/object_walk.h"
#include "pipeline/kept_findings.h"
#include "pipeline/progress.h"

namespace leaksift {

// A blob that is an LFS pointer.
struct LfsBlob {
  ObjectId id;
  LfsPointer pointer;
};

// An annotated tag and what it names.
struct TagLink {
  ObjectId id;
  ObjectId target;
};

// Scans objects as an ObjectWalk decodes them, and collects commits and tags
// where that is asked for. visit() and skip() may be called from several
// threads, each with a worker of its own; all else before or after a walk.
class HistoryVisitor : public ObjectVisitor {
 public:
  // `memory`: bytes that all workers together may hold of objects that come as
  // streams, and of what is found.
  HistoryVisitor(const Engine& engine, HashKind hash, unsigned jobs,
                 uint64_t memory, Progress& progress);
  ~HistoryVisitor() override;

  // Collects commits and tags, too, from then on until they are taken.
  // `objects`: the numbers of the walk.
  void collect_links(const ObjectNumbers& objects);
  // Collects, but does not scan.
  void links_only(bool on) { links_only_ = on; }
  // From then on nothing is found any more: see stopped().
  void stop_at(std::optional<TimeLimit::Clock::time_point> time);
  // Scans every object whole as well: see differing().
  void verify_deltas(bool on) { verify_deltas_ = on; }

  NotePtr visit(unsigned worker, const DecodedObject& object) override;
  Streamed visit_stream(unsigned worker, const StreamedObject& object,
                        ByteStream& bytes) override;
  void skip(unsigned worker, Skipped entry) override;

  // REQUIRES: collect_links() before
  std::vector<CommitGraph::Builder> take_commits();
  std::vector<TagLink> take_tags();
  // In the order of ids. Those that are too many to be held are named by
  // take_coverage().
  std::vector<ObjectFindings> take_findings();
  std::vector<LfsBlob> take_lfs_pointers();
  Coverage take_coverage();

  // Objects whose findings depend on how they were scanned; there must be none.
  std::vector<ObjectId> differing() const;

  // Objects that were not scanned to their ends by stop_at(), sorted.
  std::vector<ObjectId> stopped() const;

  MatchStats stats() const;

 private:
  struct State;
  void link(State& state, ObjectType type, std::string_view raw_id,
            std::string_view head);
  std::vector<ObjectId> collected(std::vector<ObjectId> State::*list) const;
  void keep(State& state, ObjectType type, std::string_view raw_id,
            uint64_t size, std::string_view head);
  NotePtr scan(State& state, const DecodedObject& object);
  void scan_delta(State& state, const DecodedObject& object, ScanTrace& trace);

  HashKind hash_;
  size_t window_bytes_;
  bool links_only_ = false;
  bool verify_deltas_ = false;
  bool is_timed_ = false;  // stop_at() was called
  KeptFindings findings_;
  std::vector<std::unique_ptr<State>> states_;
};

}  // namespace leaksift
