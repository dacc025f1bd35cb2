// Pointers of Git LFS: small blobs that stand for files kept elsewhere
// (git-lfs, docs/spec.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace leaksift {

struct LfsPointer {
  std::string oid;    // SHA-256 of the file, 64 lower-case digits
  uint64_t size = 0;  // of the file, as the pointer says

  // Where a repository keeps the file, from its common folder:
  // "lfs/objects/ab/cd/abcd…".
  std::string stored_at() const;
};

// Longer blobs are none, says the specification.
inline constexpr size_t kMaxLfsPointer = 1023;

// What `blob` says if it is a pointer of version 1, or of the version before
// that had another name. Unknown keys (extensions) are passed over.
std::optional<LfsPointer> parse_lfs_pointer(std::string_view blob);

}  // namespace leaksift
