// Which contents have been seen, so that each is scanned once.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/hash.h"
#include "pipeline/blob_scanner.h"

namespace leaksift {

// A content that has something in it, and where it stands.
struct ContentFindings {
  std::vector<BlobMatch> matches;
  std::vector<std::string> paths;
  uint32_t cut_line = 0;  // as of BlobScanner
  uint64_t dropped = 0;   // matches that were too many to be held
};

// Safe to use from several threads. Remembers the paths only of contents with
// findings: 40 bytes for each of the others.
class ContentTable {
 public:
  // `bytes`: what the matches of all contents together may take; those of the
  // first stay in any case. Which are dropped depends on the order.
  explicit ContentTable(uint64_t bytes) : budget_(bytes) {}

  // True if the caller is the first to come with this content and is to scan
  // it, then to call set_result(). Else the path has been noted.
  bool claim(const Hash128& hash, uint64_t size, const std::string& path);

  void set_result(const Hash128& hash, const std::string& path,
                  std::vector<BlobMatch> matches, uint32_t cut_line);

  // Has a large file of this size come before? It may be the same then, which
  // is worth a look before scanning.
  bool is_new_size(uint64_t size);

  uint64_t contents() const;
  uint64_t bytes() const;

  // The contents with findings, in the order of their first paths.
  std::vector<ContentFindings> take();

 private:
  enum class State : uint8_t { kScanning, kClean, kFindings };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Hash128, State, Hash128Hasher> states;
    std::unordered_map<Hash128, ContentFindings, Hash128Hasher> findings;
    uint64_t bytes = 0;
  };

  Shard& shard(const Hash128& hash) { return shards_[hash.high % kShards]; }

  static constexpr size_t kShards = 64;
  const uint64_t budget_;
  std::atomic<uint64_t> held_{0};
  std::array<Shard, kShards> shards_;
  std::mutex sizes_mutex_;
  std::unordered_set<uint64_t> sizes_;
};

}  // namespace leaksift
