// All objects of a repository: packs and loose files, of its alternates too.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/coverage.h"
#include "core/file.h"
#include "core/memory.h"
#include "git/buffer.h"
#include "git/byte_stream.h"
#include "git/delta.h"
#include "git/inflate.h"
#include "git/object_id.h"
#include "git/pack.h"
#include "git/repository.h"
#include "leaksift/result.h"

namespace leaksift {

// A loose object: one file objects/ab/cdef....
struct LooseObject {
  ObjectId id;
  uint32_t dir = 0;  // index into ObjectStore::object_dirs()
};

// How loose objects are found. A server may have a hundred thousand of them,
// and a push asks for a few.
enum class LooseFiles : uint8_t {
  kListed,  // all at once
  kProbed,  // one by one, when asked for: loose() is empty then
};

// Immutable and safe to share between threads.
class ObjectStore {
 public:
  // What cannot be read (a damaged index, a pack's objects behind damage) is
  // named in problems() and left out; the rest goes on. A pack without an index
  // is read as a whole to make one.
  //
  // `lenders`: stores of other repositories, in which bases of deltas are
  // looked for that this one lacks. `memory`: what may be held of objects while
  // an index is made.
  static ObjectStore open(
      const Repository& repository,
      std::vector<std::shared_ptr<const ObjectStore>> lenders = {},
      uint64_t memory = kDefaultMemory, LooseFiles loose = LooseFiles::kListed);

  HashKind hash() const { return hash_; }
  const std::vector<std::string>& object_dirs() const { return dirs_; }
  // In the order of object folders, then of names.
  const std::deque<Pack>& packs() const { return packs_; }
  // Entries of all packs.
  size_t packed_count() const;
  // Sorted by id, each once; an object that is in a pack too is still listed.
  const std::vector<LooseObject>& loose() const { return loose_; }
  const std::vector<Skipped>& problems() const { return problems_; }
  // A partial clone: objects that are referred to may be missing by design.
  bool promised() const { return promised_; }

  struct PackedAt {
    uint32_t pack = 0;
    uint32_t position = 0;  // in the pack's index
  };
  // The first copy from pack `first_pack` on.
  std::optional<PackedAt> find_packed(std::string_view raw_id,
                                      uint32_t first_pack = 0) const;
  bool holds(const ObjectId& id) const;
  // What is to be read of it: the inflated bytes of its entry (a delta's, not
  // those of what it makes), or a loose file's; 0 where it is not held.
  uint64_t stored_bytes(const ObjectId& id) const;
  // The store that lends the object; null if none does.
  const ObjectStore* lender_of(const ObjectId& id) const;
  std::string loose_path(const LooseObject& object) const;
  std::optional<LooseObject> find_loose(const ObjectId& id) const;
  // The files that are there with this name: of several object folders there
  // may be one in each.
  std::vector<LooseObject> loose_copies(const ObjectId& id) const;

 private:
  void add_packs(const std::string& dir);
  void add_unindexed(const std::string& path, uint64_t offset);
  void add_file(const std::string& path);
  void index_packs(uint64_t memory);
  void add_loose(const std::string& dir, uint32_t index);

  HashKind hash_ = HashKind::kSha1;
  LooseFiles loose_files_ = LooseFiles::kListed;
  std::vector<std::string> dirs_;
  std::deque<Pack> packs_;
  std::vector<LooseObject> loose_;
  std::vector<std::shared_ptr<const ObjectStore>> lenders_;
  std::vector<Pack> unindexed_;
  std::vector<Skipped> problems_;
  bool promised_ = false;
};

struct Object {
  ObjectType type = ObjectType::kNone;
  Buffer memory;
  size_t size = 0;

  std::string_view bytes() const { return {memory.data(), size}; }
};

// The type and size in the header of an inflated loose object, and where its
// content begins; nothing if it is no such header.
struct LooseHeader {
  ObjectType type = ObjectType::kNone;
  uint64_t size = 0;
  size_t content = 0;
};
inline constexpr size_t kMaxLooseHeader = 40;
std::optional<LooseHeader> read_loose_header(std::string_view inflated);

// The content of a loose object that is too large to be held.
class LooseStream : public ByteStream {
 public:
  static Result<LooseStream> open(const ObjectStore& store,
                                  const LooseObject& object);

  const LooseHeader& header() const { return header_; }
  std::optional<size_t> read(char* out, size_t size) override {
    return content_.read(out, size);
  }

 private:
  LooseStream(MappedFile file, const LooseHeader& header);

  MappedFile file_;
  LooseHeader header_;
  InflateStream content_;
};

// Keeps objects of packs by their places, those that were asked for last. Not
// thread-safe.
class ObjectCache {
 public:
  using Place = std::pair<const Pack*, uint64_t>;  // offset

  explicit ObjectCache(uint64_t max_bytes) : max_bytes_(max_bytes) {}

  // Null: not kept (any more). Valid until the next call.
  const Object* find(const Place& place);
  void add(const Place& place, const Object& object);

 private:
  struct PlaceHasher {
    size_t operator()(const Place& place) const;
  };
  using Generation = std::unordered_map<Place, Object, PlaceHasher>;

  // When the young ones have half of the bytes, the old ones go.
  uint64_t max_bytes_;
  uint64_t young_bytes_ = 0;
  Generation young_;
  Generation old_;
};

// Reads single objects, out of order. Not thread-safe: each thread has its
// own. For all objects at once ObjectWalk is many times faster.
class ObjectReader {
 public:
  // Objects over `max_bytes` are refused. `cache_bytes`: of objects of packs
  // that are kept, for who reads many that are made out of one another.
  ObjectReader(const ObjectStore& store, uint64_t max_bytes,
               uint64_t cache_bytes = 0);

  // Also what is only lent. Fails if the object is missing, or damaged wherever
  // it is; the message names it.
  Result<Object> read(const ObjectId& id);

  // The loose object's file, or else a copy. Fails as read() does.
  Result<Object> read_loose(const LooseObject& object);

  // Why the last read() or read_loose() failed: kMissingObject, kCorrupt, or,
  // over max_bytes, kTooLarge.
  SkipReason failure() const { return failure_; }

 private:
  // An entry on the way from an object to what it is made out of.
  struct Link {
    const Pack* pack = nullptr;
    uint64_t offset = 0;
    PackEntry entry;
  };
  struct Failure {
    SkipReason reason = SkipReason::kCorrupt;
    std::string what;
  };

  Error damaged(std::string_view what);
  Error too_large();
  Result<Object> read_file(const LooseObject& object);
  Result<Object> read_packed(ObjectStore::PackedAt at);
  // The object that the one at `at` is made out of in the end, and by which
  // deltas, the last one first. Where that fails, what is left in `chain` fails
  // with it.
  Result<Object> follow(ObjectStore::PackedAt at, std::vector<Link>& chain);
  // Where the base of a delta is: in a pack (`next`), or it is read.
  std::optional<Result<Object>> find_base(const Link& link, Link& next);
  Result<Object> inflate_whole(const Link& link);
  Result<Object> apply(const Object& base, const Link& link);

  ObjectReader& reader_of(const ObjectStore& lender);

  const ObjectStore& store_;
  uint64_t max_bytes_;
  uint64_t cache_bytes_;
  size_t max_chain_;
  Inflater inflater_;
  BufferPool pool_;
  std::vector<CopyRun> runs_;
  ObjectCache cache_;
  std::map<const ObjectStore*, std::unique_ptr<ObjectReader>> lenders_;
  SkipReason failure_ = SkipReason::kMissingObject;
  // By pack and offset: so that all that is made out of a damaged entry costs
  // one look each.
  std::map<std::pair<const Pack*, uint64_t>, std::shared_ptr<const Failure>>
      failed_;
};

}  // namespace leaksift
