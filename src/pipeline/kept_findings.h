// What was found in the objects of a history, as much of it as may be held.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "core/coverage.h"
#include "git/object_id.h"
#include "pipeline/blob_scanner.h"

namespace leaksift {

// What was found in one object.
struct ObjectFindings {
  ObjectId id;
  ObjectType type = ObjectType::kNone;
  std::vector<BlobMatch> matches;
  bool in_lfs = false;  // in the LFS object that the blob points to
};

// A pack of 3 MB can stand for 200 versions of 50,000 secrets each, which as
// findings took 18 GB. Where there is too much, the objects with the lowest ids
// stay: the same ones in whatever order they come. Thread-safe.
class KeptFindings {
 public:
  // `bytes`: what all together may take. The lowest object stays in any case.
  KeptFindings(HashKind hash, uint64_t bytes) : hash_(hash), budget_(bytes) {}

  void add(ObjectFindings object);

  // In the order of ids. What is still to come has nothing to do with it.
  std::vector<ObjectFindings> take();
  // Names what did not stay, as kTooLarge.
  Coverage take_coverage();

 private:
  void drop(const ObjectFindings& object);

  const HashKind hash_;
  const uint64_t budget_;
  std::mutex mutex_;
  std::vector<ObjectFindings> heap_;  // the highest id on top
  uint64_t held_ = 0;
  std::optional<ObjectId> lowest_dropped_;
  Coverage coverage_;
};

}  // namespace leaksift
