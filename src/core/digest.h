// Cryptographic digests: the door to libcrypto.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace leaksift {

enum class DigestKind { kSha1, kSha256 };

inline constexpr size_t kSha1Size = 20;
inline constexpr size_t kSha256Size = 32;

// A digest under construction; reusable after finish(). Not thread-safe.
class Digest {
 public:
  explicit Digest(DigestKind kind);
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;

  void add(std::string_view bytes);

  // The raw digest (20 or 32 bytes) of what was added since the last call.
  std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// 32 raw bytes.
std::string sha256(std::string_view bytes);

// HMAC (RFC 2104), 32 and 64 raw bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);
std::string hmac_sha512(std::string_view key, std::string_view message);

// RFC 4648, padded.
std::string to_base64(std::string_view bytes);

// The bytes that `text` spells in either alphabet of RFC 4648, padded or not;
// empty when it is no base64. Bits beyond the last byte are not looked at.
std::string from_base64(std::string_view text);

// Lower-case hexadecimal, two digits a byte.
std::string to_hex(std::string_view bytes);

// The bytes that `hex` (either case) spells; empty when it is not hexadecimal
// or has an odd length.
std::string from_hex(std::string_view hex);
// The same, to `out`, of hex.size() / 2 bytes.
bool decode_hex(std::string_view hex, char* out);

}  // namespace leaksift
