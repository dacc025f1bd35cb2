#include "core/digest.h"

// SHA1_Init and the like are called old there, but what is to be used in their
// place looks up the digest by its name first: 0.3 ms, which is a thirtieth of
// what a hook takes. And what it looks among becomes part of this program, a
// fifth of it (HMAC is made of these for the same reason).
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/sha.h>

#include <array>
#include <cassert>
#include <cstdlib>
#include <variant>

#include "core/big_endian.h"

namespace leaksift {
namespace {

// libcrypto fails here only when out of memory or built without the digest:
// nothing that a caller could mend.
void require(bool succeeded) {
  if (!succeeded) std::abort();
}

constexpr uint8_t kNoDigit = 0x80;

constexpr std::array<uint8_t, 256> kHexValues = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (uint8_t i = 0; i < 10; ++i) values['0' + i] = i;
  for (uint8_t i = 10; i < 16; ++i) {
    values['a' + i - 10] = i;
    values['A' + i - 10] = i;
  }
  return values;
}();

int hex_value(char c) {
  return kHexValues[static_cast<unsigned char>(c)];
}

constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<uint8_t, 256> kBase64Values = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (uint8_t i = 0; i < 64; ++i) {
    values[static_cast<unsigned char>(kBase64Digits[i])] = i;
  }
  values['-'] = values['+'];
  values['_'] = values['/'];
  return values;
}();

// Not SHA512(), which looks its digest up by name, too.
std::string sha512(const std::string& bytes) {
  SHA512_CTX context;
  std::array<unsigned char, SHA512_DIGEST_LENGTH> out;
  require(SHA512_Init(&context) == 1 &&
          SHA512_Update(&context, bytes.data(), bytes.size()) == 1 &&
          SHA512_Final(out.data(), &context) == 1);
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

// RFC 2104, of a digest that takes `block` bytes at a time.
template <typename Sha>
std::string hmac(Sha sha, size_t block, std::string_view key,
                 std::string_view message) {
  std::string inner(key);
  if (inner.size() > block) inner = sha(inner);
  inner.resize(block, '\0');
  std::string outer = inner;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  return sha(outer + sha(inner.append(message)));
}

// Four bytes of eight digits, each step for all of them: 100,000 refs are four
// million digits. False if there is another character among them.
bool decode_eight_digits(const char* digits, char* out) {
  constexpr uint64_t kEach = 0x0101010101010101;
  constexpr uint64_t kHigh = 0x80 * kEach;
  const uint64_t text = read_be64(digits);
  // A byte's high bit: is it at least the first of a range, and not beyond?
  const auto within = [](uint64_t bytes, char first, char last) {
    return (bytes + (0x80 - static_cast<uint64_t>(first)) * kEach) &
           ~(bytes + (0x7f - static_cast<uint64_t>(last)) * kEach);
  };
  const uint64_t ascii = text & ~kHigh;
  const uint64_t is_digit = within(ascii, '0', '9');
  const uint64_t is_letter = within(ascii | 0x20 * kEach, 'a', 'f');
  const bool good = ((is_digit | is_letter) & ~text & kHigh) == kHigh;

  uint64_t bits = (text & 0x0f * kEach) + 9 * (text >> 6 & kEach);
  bits = (bits | bits >> 4) & 0x00ff00ff00ff00ff;
  bits = (bits | bits >> 8) & 0x0000ffff0000ffff;
  write_be32(static_cast<uint32_t>(bits | bits >> 16), out);
  return good;
}

}  // namespace

struct Digest::Impl {
  std::variant<SHA_CTX, SHA256_CTX> context;

  void begin() {
    if (auto* sha1 = std::get_if<SHA_CTX>(&context)) {
      require(SHA1_Init(sha1) == 1);
    } else {
      require(SHA256_Init(std::get_if<SHA256_CTX>(&context)) == 1);
    }
  }
};

Digest::Digest(DigestKind kind) : impl_(std::make_unique<Impl>()) {
  if (kind == DigestKind::kSha256) impl_->context.emplace<SHA256_CTX>();
  impl_->begin();
}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::add(std::string_view bytes) {
  if (auto* sha1 = std::get_if<SHA_CTX>(&impl_->context)) {
    require(SHA1_Update(sha1, bytes.data(), bytes.size()) == 1);
  } else {
    require(SHA256_Update(std::get_if<SHA256_CTX>(&impl_->context),
                          bytes.data(), bytes.size()) == 1);
  }
}

std::string Digest::finish() {
  std::array<unsigned char, kSha256Size> out;
  size_t size = kSha256Size;
  if (auto* sha1 = std::get_if<SHA_CTX>(&impl_->context)) {
    require(SHA1_Final(out.data(), sha1) == 1);
    size = kSha1Size;
  } else {
    require(SHA256_Final(out.data(),
                         std::get_if<SHA256_CTX>(&impl_->context)) == 1);
  }
  impl_->begin();
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string sha256(std::string_view bytes) {
  Digest digest(DigestKind::kSha256);
  digest.add(bytes);
  return digest.finish();
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  return hmac(sha256, SHA256_CBLOCK, key, message);
}

std::string hmac_sha512(std::string_view key, std::string_view message) {
  return hmac(sha512, SHA512_CBLOCK, key, message);
}

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6;) {
      count -= 6;
      text.push_back(kBase64Digits[bits >> count & 63]);
    }
  }
  if (count > 0) text.push_back(kBase64Digits[bits << (6 - count) & 63]);
  text.resize((text.size() + 3) / 4 * 4, '=');
  return text;
}

std::string from_base64(std::string_view text) {
  const size_t digits = text.find_last_not_of('=') + 1;
  if (text.size() - digits > 2 || digits % 4 == 1) return {};
  std::string bytes;
  bytes.reserve(digits * 3 / 4);
  uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text.substr(0, digits)) {
    const uint8_t value = kBase64Values[static_cast<unsigned char>(c)];
    if (value == kNoDigit) return {};
    bits = bits << 6 | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xff));
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

bool decode_hex(std::string_view hex, char* out) {
  if (hex.size() % 2 != 0) return false;
  bool good = true;
  size_t i = 0;
  for (; hex.size() - i >= 8; i += 8) {
    good &= decode_eight_digits(hex.data() + i, out);
    out += 4;
  }
  int all = 0;
  for (; i < hex.size(); i += 2) {
    const int high = hex_value(hex[i]);
    const int low = hex_value(hex[i + 1]);
    all |= high | low;
    *out++ = static_cast<char>(high << 4 | low);
  }
  return good && (all & kNoDigit) == 0;
}

std::string from_hex(std::string_view hex) {
  std::string bytes(hex.size() / 2, 0);
  return decode_hex(hex, bytes.data()) ? bytes : std::string();
}

}  // namespace leaksift
