#include "git/object_id.h"

#include "core/digest.h"

namespace leaksift {

std::optional<ObjectId> ObjectId::from_hex(std::string_view hex) {
  if (hex.size() != 2 * kSha1Size && hex.size() != 2 * kSha256Size) {
    return std::nullopt;
  }
  ObjectId id;
  if (!decode_hex(hex, id.bytes_.data())) return std::nullopt;
  return id;
}

std::string ObjectId::hex(HashKind kind) const {
  return to_hex(raw(kind));
}

std::string_view to_string(ObjectType type) {
  switch (type) {
    case ObjectType::kCommit:
      return "commit";
    case ObjectType::kTree:
      return "tree";
    case ObjectType::kBlob:
      return "blob";
    case ObjectType::kTag:
      return "tag";
    case ObjectType::kNone:
      break;
  }
  return "object";
}

}  // namespace leaksift
