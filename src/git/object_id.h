// Names of git objects.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "core/big_endian.h"

namespace leaksift {

// The hash that a repository names its objects by.
enum class HashKind : uint8_t { kSha1, kSha256 };

inline constexpr size_t id_size(HashKind kind) {
  return kind == HashKind::kSha1 ? 20 : 32;
}

// 20 or 32 bytes; the rest is zero. The size is the repository's business.
class ObjectId {
 public:
  static constexpr size_t kMaxSize = 32;

  ObjectId() = default;
  // REQUIRES: raw.size() <= kMaxSize
  explicit ObjectId(std::string_view raw) { raw.copy(bytes_.data(), kMaxSize); }
  // From 40 or 64 hexadecimal digits.
  static std::optional<ObjectId> from_hex(std::string_view hex);
  // From as many digits as this hash has.
  static std::optional<ObjectId> from_hex(std::string_view hex, HashKind kind) {
    if (hex.size() != 2 * id_size(kind)) return std::nullopt;
    return from_hex(hex);
  }

  std::string_view raw(HashKind kind) const {
    return {bytes_.data(), id_size(kind)};
  }
  std::string hex(HashKind kind) const;
  bool is_null() const { return *this == ObjectId(); }

  friend bool operator==(const ObjectId&, const ObjectId&) = default;
  friend std::strong_ordering operator<=>(const ObjectId& a,
                                          const ObjectId& b) {
    const uint64_t mine = first_bytes(a);
    const uint64_t other = first_bytes(b);
    if (mine != other) return mine <=> other;
    return std::memcmp(a.bytes_.data(), b.bytes_.data(), kMaxSize) <=> 0;
  }

 private:
  static uint64_t first_bytes(const ObjectId& id) {
    return read_be64(id.bytes_.data());
  }

  std::array<char, kMaxSize> bytes_{};
};

// Ids are hashes already. Not for tables that an attacker may fill: ids can be
// chosen to share eight bytes.
struct ObjectIdHasher {
  size_t operator()(const ObjectId& id) const {
    size_t value;
    std::memcpy(&value, id.raw(HashKind::kSha1).data() + 4, sizeof value);
    return value;
  }
};

enum class ObjectType : uint8_t {
  kNone = 0,
  kCommit = 1,
  kTree = 2,
  kBlob = 3,
  kTag = 4,
};
std::string_view to_string(ObjectType type);

}  // namespace leaksift
