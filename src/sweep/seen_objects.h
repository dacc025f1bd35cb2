// Objects that earlier scans have seen: files of sorted ids.
//
// A segment: "LSSEEN01", the number of ids and the size of one (8 and 4 bytes,
// little-endian), 4 bytes of zero, a checksum of all ids (XXH3-64, 8 bytes),
// then the ids in ascending order, each once. 20 or 32 bytes for each object,
// exact. A segment is written once and never changed, so that it may be shared,
// copied to another machine, and read while others are made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "git/object_id.h"
#include "git/object_store.h"
#include "leaksift/result.h"

namespace leaksift {

// Immutable and safe to share between threads.
class SeenSegment {
 public:
  // Fails on what is no segment, or has another size than it says.
  static Result<SeenSegment> open(const std::string& path);

  // Are the ids those that were written? Reads all of them: 20 ms for nine
  // million.
  Status verify(const std::string& path) const;

  // Writes a segment with a name of its own into `folder`, whole and on the
  // disk, and returns the name. It says what it holds: the same ids, the same
  // name.
  // REQUIRES: `ids` are sorted, each once
  static Result<std::string> write(const std::string& folder,
                                   const std::vector<ObjectId>& ids,
                                   HashKind hash);

  // The segments in `folder` with these names as one, in a new file.
  // REQUIRES: all are of ids of one size
  static Result<std::string> merge(const std::string& folder,
                                   const std::vector<std::string>& names);

  size_t id_bytes() const { return id_bytes_; }
  uint64_t count() const { return count_; }
  std::string_view raw_id(uint64_t position) const {
    return ids_.substr(position * id_bytes_, id_bytes_);
  }
  // The first position from `from` on whose id is not below `raw_id`. Quick for
  // one that is near.
  uint64_t lower_bound(std::string_view raw_id, uint64_t from) const;

 private:
  SeenSegment() = default;

  MappedFile file_;
  std::string_view ids_;
  uint64_t checksum_ = 0;
  size_t id_bytes_ = 0;
  uint64_t count_ = 0;
};

// All segments of a store. Immutable and safe to share between threads.
class SeenObjects {
 public:
  // Those of `names` in `folder` whose ids are of `hash`. A segment that is not
  // there (another machine has it) holds nothing; what is no segment is an
  // error. Their ids are taken as they are: verify_segments() comes first.
  static Result<SeenObjects> open(const std::string& folder,
                                  const std::vector<std::string>& names,
                                  HashKind hash);

  bool holds(std::string_view raw_id) const;

  // Objects of the store that no segment holds, sorted, each once.
  std::vector<ObjectId> unseen_in(const ObjectStore& store) const;

 private:
  std::vector<const SeenSegment*> likely_first(
      const std::vector<std::string_view>& ids) const;

  std::vector<SeenSegment> segments_;  // large ones first
};

// Fails on the first of `names` in `folder` that is damaged.
Status verify_segments(const std::string& folder,
                       const std::vector<std::string>& names);

// Which of some segments, by the numbers of their ids, are to be merged into
// one, so that there are never many: each is to have twice as many ids as all
// smaller ones together. Indexes; none or two at least.
std::vector<size_t> segments_to_merge(const std::vector<uint64_t>& counts);

}  // namespace leaksift
