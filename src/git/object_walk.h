// Decodes every object of a store, each once, on all cores.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/coverage.h"
#include "core/memory.h"
#include "core/ranked_set.h"
#include "git/byte_stream.h"
#include "git/delta.h"
#include "git/delta_forest.h"
#include "git/object_numbers.h"
#include "git/object_store.h"

namespace leaksift {

// What a visitor wants to remember of an object until the objects made out of
// it have come.
class ObjectNote {
 public:
  virtual ~ObjectNote() = default;
  // What it takes beside itself. Where notes that wait take too much, they are
  // let go: what is made out of their objects comes without a DecodedDelta.
  virtual uint64_t held_bytes() const { return 0; }
};
using NotePtr = std::shared_ptr<const ObjectNote>;

// How an object came out of another one that was visited just before.
struct DecodedDelta {
  std::span<const CopyRun> runs;  // in order; all else was inserted
  uint64_t base_size = 0;
  const ObjectNote* base_note = nullptr;  // what visit() returned for it
};

// One object as it is decoded. Valid during the call it is handed to.
struct DecodedObject {
  ObjectType type = ObjectType::kNone;
  std::string_view raw_id;
  std::string_view bytes;
  // Null for a whole object, and for one whose base was not visited.
  const DecodedDelta* delta = nullptr;
  // Are others made out of it, so that its note will be asked for?
  bool is_base = false;
};

// An object that is too large to be held, and whose bytes come as a stream.
struct StreamedObject {
  ObjectType type = ObjectType::kNone;
  std::string_view raw_id;
  uint64_t size = 0;
};

// What became of a streamed object.
enum class Streamed : uint8_t { kVisited, kDamaged, kRefused };

// Receives objects in an order that is not defined, from several threads at
// once; calls with the same `worker` never overlap.
class ObjectVisitor {
 public:
  virtual ~ObjectVisitor() = default;

  // Null: nothing to remember.
  virtual NotePtr visit(unsigned worker, const DecodedObject& object) = 0;

  // The same for an object that is over what a thread may hold. Where the bytes
  // turn out to be damaged on the way, nothing of it is to be kept: kDamaged.
  // kRefused: the visitor needs objects whole; this one is named as kTooLarge.
  virtual Streamed visit_stream(unsigned, const StreamedObject&, ByteStream&) {
    return Streamed::kRefused;
  }

  // An object that could not be decoded. It and what is made out of it are
  // lost, nothing else is.
  virtual void skip(unsigned worker, Skipped entry) = 0;
};

struct ObjectWalkOptions {
  unsigned jobs = 1;
  // Which types are decoded: bit 1 << ObjectType.
  unsigned types = 0x1e;
  // What all threads together may hold of objects. Objects over a share of it
  // come as streams; bases that wait for their deltas, and of which there are
  // too many, wait in temporary files.
  uint64_t memory = kDefaultMemory;
  // An object over this that is made by a delta, or by which others are, is
  // named as kTooLarge: a delta of a few bytes can claim any size.
  uint64_t max_object_bytes = uint64_t{4} << 30;
  // Deltas may make so many bytes in all, and delta_growth times what the packs
  // have: more than zlib alone can make of them, and ten times what histories
  // come to. What is over that is named as kTooLarge. Which objects those are
  // depends on the order, with several threads.
  uint64_t delta_bytes = uint64_t{4} << 30;
  uint64_t delta_growth = 2048;
  // A walk may be one of several over the same packs, `part` from 0 on, in as
  // many processes or machines: each visits its part, and no object is visited
  // or decoded twice. Parts are of like size by what packs have of `types`.
  uint32_t part = 0;
  uint32_t parts = 1;
  // Unless empty, objects for which it is false are decoded only where others
  // need them as a base, and not visited. Called from several threads.
  std::function<bool(std::string_view raw_id)> wanted;
};

inline constexpr unsigned type_bit(ObjectType type) {
  return 1U << static_cast<unsigned>(type);
}

struct ObjectWalkStats {
  uint64_t objects = 0;
  uint64_t packed_bytes = 0;   // zlib streams
  uint64_t logical_bytes = 0;  // objects
  uint64_t inflate_ns = 0;
  uint64_t apply_ns = 0;

  void merge(const ObjectWalkStats& other);
};

// Objects are decoded along the trees of deltas: from each whole object depth
// first, every zlib stream inflated once, every delta applied once, holding
// only the objects on the way down. Trees are dealt out to `jobs` threads; a
// thread that runs out takes a branch off one that is still busy. An object
// that is in several packs, or also loose, is visited once; where one copy is
// damaged, the others are tried.
class ObjectWalk {
 public:
  // Reads the packs' entry headers, with `jobs` threads: 14 bytes of memory per
  // object, 18 with several packs. `store` must outlive the walk.
  explicit ObjectWalk(const ObjectStore& store, unsigned jobs = 1);
  ~ObjectWalk();

  const ObjectStore& store() const { return store_; }

  // Can be called several times. Lost objects whose type is not known come with
  // every call whose `types` have blobs.
  ObjectWalkStats run(const ObjectWalkOptions& options,
                      ObjectVisitor& visitor) const;

  // Numbers of all objects.
  const std::shared_ptr<const ObjectNumbers>& numbers() const {
    return numbers_;
  }
  // Those of packed objects of `type`, and of loose objects, whose type is not
  // known before they are read.
  RankedSet numbers_of(ObjectType type) const;

 private:
  const ObjectStore& store_;
  std::shared_ptr<const ObjectNumbers> numbers_;
  std::vector<std::unique_ptr<DeltaForest>> forests_;
};

}  // namespace leaksift
