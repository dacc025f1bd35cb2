// How ObjectWalk works: what one thread decodes with, and what the threads of
// one run share. For object_walk.cc and decoder.cc alone.
#pragma once

#include <tbb/task_group.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/sampled_clock.h"
#include "git/object_walk.h"

namespace leaksift {

inline constexpr size_t kCacheLine = 64;

// A run of siblings that are still to be made out of their base.
struct Branch {
  const DeltaForest* forest = nullptr;
  std::span<const uint32_t> children;
  ObjectType type = ObjectType::kNone;
  Buffer base;
  size_t base_size = 0;
  bool base_visited = false;
  NotePtr base_note;
};

class Walk;

// What one thread decodes with.
class Decoder {
 public:
  Decoder(Walk& walk, unsigned worker);

  void decode_tree(const DeltaForest& forest, uint32_t root);
  void decode_foreign(const DeltaForest& forest, const uint32_t& entry);
  void decode_loose(const LooseObject& object);
  void decode_branch(Branch branch);

  // Another copy of an object whose entry is damaged; false if there is none
  // that is wanted. `type`: of the damaged entry; if that is not known (kNone),
  // a copy of a type that is not wanted is another walk's to visit.
  bool visit_elsewhere(const DeltaForest& forest, uint32_t entry,
                       ObjectType type);

  ObjectWalkStats stats() const;

 private:
  struct Decoded {
    Buffer memory;
    size_t size = 0;
    bool visited = false;
    NotePtr note;
    bool streamed = false;   // the visitor has had it already
    bool recovered = false;  // from elsewhere: not by its delta
  };

  bool inflate(const DeltaForest& forest, uint32_t entry,
               const PackEntry& header, char* out);
  bool make_root(const DeltaForest& forest, uint32_t root, ObjectType type,
                 Decoded& out);
  bool make_child(const Branch& branch, uint32_t entry, Decoded& out);
  bool may_make(const Branch& branch, uint32_t entry, uint64_t size);
  bool make_large_child(const Branch& branch, uint32_t entry, ByteStream& bytes,
                        Decoded& out);
  bool stream(const DeltaForest& forest, uint32_t entry, ObjectType type,
              ByteStream& bytes, uint64_t size, Decoded& out);
  Streamed deliver(const DeltaForest& forest, uint32_t entry, ObjectType type,
                   ByteStream& bytes, uint64_t size, Decoded& out);
  Streamed deliver_copy(const DeltaForest& forest, uint32_t entry,
                        ObjectType type, Decoded& out);
  bool stream_to_visitor(const StreamedObject& object, ByteStream& bytes,
                         const std::string& where);
  void stream_loose(const ObjectId& id);
  bool recover(const DeltaForest& forest, uint32_t entry, ObjectType type,
               const char* what, Decoded& out);
  static uint64_t held_by(const Branch& branch) {
    const uint64_t base = branch.base.is_file() ? 0 : branch.base_size;
    return base + (branch.base_note ? branch.base_note->held_bytes() : 0);
  }
  static void prefetch_next(const Branch& branch);
  void push(Branch branch);
  void spill_waiting();
  void drop_waiting_notes();
  void drop_empty_branches();
  void descend(const DeltaForest& forest, uint32_t entry, ObjectType type,
               Decoded object);
  void share_if_others_idle();
  void visit(const DeltaForest& forest, uint32_t entry, ObjectType type,
             const DecodedDelta* delta, Decoded& object);
  bool is_worth_decoding(const DeltaForest& forest, uint32_t entry) const;
  void lose(const DeltaForest& forest, uint32_t entry, ObjectType type,
            SkipReason reason, const std::string& detail);

  alignas(kCacheLine) Walk& walk_;  // no two threads' in one line
  unsigned worker_;
  Inflater inflater_;
  BufferPool pool_;
  ObjectReader reader_;
  Buffer delta_;
  size_t delta_capacity_ = 0;
  std::vector<CopyRun> runs_;  // of the delta applied last
  std::vector<Branch> stack_;
  uint64_t held_ = 0;     // bytes of bases and notes in stack_ in memory
  const uint64_t share_;  // bytes: see share_of()
  uint64_t granted_ = 0;  // bytes that deltas may still make here
  ObjectWalkStats stats_;
  SampledClock inflate_clock_;
  SampledClock apply_clock_;
};

using Forests = std::vector<std::unique_ptr<DeltaForest>>;

// The work of one run.
class Walk {
 public:
  Walk(const ObjectStore& store, const ObjectNumbers& numbers,
       const Forests& forests, const ObjectWalkOptions& options,
       ObjectVisitor& visitor)
      : store_(store),
        numbers_(numbers),
        options_(options),
        visitor_(visitor),
        forests_(forests),
        delta_budget_(delta_budget_of(store, options)) {}

  ObjectWalkStats run();

  const ObjectStore& store() const { return store_; }
  const ObjectWalkOptions& options() const { return options_; }
  ObjectVisitor& visitor() { return visitor_; }

  bool wants_type(ObjectType type) const {
    return (options_.types & type_bit(type)) != 0;
  }
  // Losses whose type nobody knows are named by walks for blobs, so that of
  // several walks by type one does.
  bool names_untyped() const { return wants_type(ObjectType::kBlob); }
  // Is this the copy of the object that is to be visited?
  bool is_wanted(const DeltaForest& forest, uint32_t entry) const;
  bool is_wanted(const LooseObject& object) const;

  // Is anything of the tree of deltas to be visited?
  bool wants_any_of(const DeltaForest& forest, uint32_t root) const;

  // Bytes that deltas may make: at least `least`, or none where that is too
  // much in all. Where there is plenty more than that, so that threads do not
  // meet here for each of them.
  uint64_t grant(uint64_t least) {
    constexpr uint64_t kPlenty = 1 << 30;
    constexpr uint64_t kAtOnce = 1 << 20;
    uint64_t left = delta_budget_.load(std::memory_order_relaxed);
    uint64_t granted = 0;
    do {
      if (left < least) return 0;
      granted = left > kPlenty ? std::max(least, kAtOnce) : least;
    } while (!delta_budget_.compare_exchange_weak(left, left - granted,
                                                  std::memory_order_relaxed));
    return granted;
  }

  // Are there threads with nothing to do and no tree left to begin?
  bool others_idle() const {
    return all_dealt_.load(std::memory_order_relaxed) &&
           busy_.load(std::memory_order_relaxed) < options_.jobs;
  }
  void hand_over(Branch branch);

 private:
  static uint64_t delta_budget_of(const ObjectStore& store,
                                  const ObjectWalkOptions& options);
  void count_jobs();
  std::vector<uint64_t> job_sizes() const;
  void narrow_to_part();
  void take_jobs();
  void do_job(Decoder& decoder, size_t job);
  Decoder& decoder();

  // Of the object's first copy.
  uint32_t run_of(std::string_view raw_id) const {
    return numbers_.run_of(numbers_.find(raw_id.data()));
  }

  const ObjectStore& store_;
  const ObjectNumbers& numbers_;
  const ObjectWalkOptions& options_;
  ObjectVisitor& visitor_;

  const Forests& forests_;
  // Jobs are counted through: each forest's roots, then its foreign deltas;
  // then loose objects.
  std::vector<size_t> first_job_;
  size_t job_count_ = 0;
  // What all threads write to, apart from what they only read: with two of them
  // waiting for one line of the cache took 3 % of a scan.
  alignas(kCacheLine) std::atomic<uint64_t> delta_budget_;  // bytes
  std::atomic<size_t> next_job_{0};
  std::atomic<bool> all_dealt_{false};
  std::atomic<unsigned> busy_{0};
  alignas(kCacheLine) std::deque<Decoder> decoders_;
  tbb::task_group tasks_;
};

}  // namespace leaksift
