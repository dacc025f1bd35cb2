// The ids of objects, from their content.
#pragma once

#include <string>
#include <string_view>

#include "core/digest.h"
#include "git/object_id.h"

namespace leaksift {

inline DigestKind digest_kind(HashKind kind) {
  return kind == HashKind::kSha1 ? DigestKind::kSha1 : DigestKind::kSha256;
}

// What is hashed in front of an object's `size` bytes.
inline void add_object_header(Digest& digest, ObjectType type, uint64_t size) {
  std::string header(to_string(type));
  header += " " + std::to_string(size);
  header.push_back('\0');
  digest.add(header);
}

// An object's id, raw: the hash of its type, its size and its bytes.
inline std::string object_hash(Digest& digest, ObjectType type,
                               std::string_view bytes) {
  add_object_header(digest, type, bytes.size());
  digest.add(bytes);
  return digest.finish();
}

}  // namespace leaksift
