#include "check/base58.h"

#include <algorithm>

#include "core/digest.h"

namespace leaksift {
namespace {

constexpr size_t kLongestText = 128;
constexpr size_t kCheckBytes = 4;

// False if `text` has a character that is none of the alphabet.
bool decode(std::string_view text, std::string& bytes) {
  bytes.clear();  // the last byte first, until the end
  for (const char c : text) {
    const size_t digit = kBase58.find(c);
    if (digit == std::string_view::npos) return false;
    size_t carry = digit;
    for (char& byte : bytes) {
      carry += static_cast<uint8_t>(byte) * kBase58.size();
      byte = static_cast<char>(carry & 0xff);
      carry >>= 8;
    }
    if (carry > 0) bytes.push_back(static_cast<char>(carry));
  }
  // Each leading 1 is a byte of zeros.
  const size_t zeros = std::min(text.find_first_not_of('1'), text.size());
  bytes.append(zeros, '\0');
  std::reverse(bytes.begin(), bytes.end());
  return true;
}

}  // namespace

std::string from_base58check(std::string_view text) {
  std::string bytes;
  if (text.size() > kLongestText || !decode(text, bytes)) return {};
  if (bytes.size() <= kCheckBytes) return {};
  const size_t size = bytes.size() - kCheckBytes;
  const std::string sum =
      sha256(sha256(std::string_view(bytes).substr(0, size)));
  if (bytes.compare(size, kCheckBytes, sum, 0, kCheckBytes) != 0) return {};
  bytes.resize(size);
  return bytes;
}

}  // namespace leaksift
