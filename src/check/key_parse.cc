#include "check/key_parse.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/big_endian.h"

namespace leaksift {
namespace {

using namespace std::string_view_literals;

PrivateKey plain(std::string_view type, unsigned bits = 0) {
  return {Proof::kHolds, std::string(type), bits, false};
}

PrivateKey encrypted(std::string_view type, unsigned bits = 0) {
  return {Proof::kUnknown, std::string(type), bits, true};
}

// --- Numbers of many bytes, the highest first

std::string_view without_zeros(std::string_view number) {
  return number.substr(std::min(number.find_first_not_of('\0'), number.size()));
}

unsigned bits_of(std::string_view number) {
  number = without_zeros(number);
  if (number.empty()) return 0;
  const auto first = static_cast<unsigned char>(number[0]);
  return static_cast<unsigned>((number.size() - 1) * 8) +
         static_cast<unsigned>(std::bit_width(unsigned{first}));
}

constexpr uint64_t kPrime = 4294967291;  // below 2^32: products fit

uint64_t remainder_of(std::string_view number) {
  uint64_t rest = 0;
  for (const char c : number) {
    rest = (rest << 8 | static_cast<unsigned char>(c)) % kPrime;
  }
  return rest;
}

// Is it so for the remainders? For made-up numbers it is not.
bool is_product(std::string_view product, std::string_view a,
                std::string_view b) {
  return remainder_of(a) * remainder_of(b) % kPrime == remainder_of(product) &&
         !without_zeros(product).empty();
}

// --- DER

enum Tag : unsigned char {
  kInteger = 0x02,
  kOctets = 0x04,
  kObjectId = 0x06,
  kSequence = 0x30,
  kParameters = 0xa0,  // [0] of an EC key
};

struct DerItem {
  unsigned char tag;
  std::string_view content;
};

struct DerHead {
  unsigned char tag;
  size_t size;  // of the content
};

// Takes the head of an item off `bytes`.
std::optional<DerHead> take_head(std::string_view& bytes) {
  constexpr size_t kMostSizeBytes = 4;
  if (bytes.size() < 2) return std::nullopt;
  const auto tag = static_cast<unsigned char>(bytes[0]);
  size_t size = static_cast<unsigned char>(bytes[1]);
  bytes.remove_prefix(2);
  if (size >= 0x80) {
    const size_t count = size & 0x7f;
    if (count == 0 || count > kMostSizeBytes || count > bytes.size()) {
      return std::nullopt;
    }
    size = 0;
    for (const char c : bytes.substr(0, count)) {
      size = size << 8 | static_cast<unsigned char>(c);
    }
    bytes.remove_prefix(count);
  }
  return DerHead{tag, size};
}

// Takes one item off `bytes`; nothing where none is whole.
std::optional<DerItem> take_item(std::string_view& bytes) {
  const std::optional<DerHead> head = take_head(bytes);
  if (!head || head->size > bytes.size()) return std::nullopt;
  const DerItem item{head->tag, bytes.substr(0, head->size)};
  bytes.remove_prefix(head->size);
  return item;
}

std::optional<std::string_view> take(std::string_view& bytes, Tag tag) {
  const std::optional<DerItem> item = take_item(bytes);
  if (!item || item->tag != tag) return std::nullopt;
  return item->content;
}

struct Algorithm {
  std::string_view id;  // of the object identifier
  std::string_view type;
  unsigned bits;  // 0: its numbers tell
};

constexpr std::array<Algorithm, 15> kAlgorithms = {{
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"sv, "RSA", 0},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"sv, "RSA", 0},
    {"\x2a\x86\x48\xce\x38\x04\x01"sv, "DSA", 0},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01"sv, "DH", 0},
    {"\x2a\x86\x48\xce\x3d\x02\x01"sv, "EC", 0},
    {"\x2b\x65\x6e"sv, "X25519", 255},
    {"\x2b\x65\x6f"sv, "X448", 448},
    {"\x2b\x65\x70"sv, "Ed25519", 255},
    {"\x2b\x65\x71"sv, "Ed448", 448},
    // Curves.
    {"\x2a\x86\x48\xce\x3d\x03\x01\x01"sv, "EC", 192},
    {"\x2a\x86\x48\xce\x3d\x03\x01\x07"sv, "EC", 256},
    {"\x2b\x81\x04\x00\x0a"sv, "EC", 256},
    {"\x2b\x81\x04\x00\x21"sv, "EC", 224},
    {"\x2b\x81\x04\x00\x22"sv, "EC", 384},
    {"\x2b\x81\x04\x00\x23"sv, "EC", 521},
}};

const Algorithm* find_algorithm(std::string_view id) {
  const auto found =
      std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                   [&](const Algorithm& a) { return a.id == id; });
  return found != kAlgorithms.end() ? &*found : nullptr;
}

// A version was read. RSA: n, e, d, p, q and three more. DSA: p, q, g, y, x.
std::optional<PrivateKey> parse_integers(std::string_view rest) {
  std::vector<std::string_view> numbers;
  while (!rest.empty()) {
    const auto number = take(rest, kInteger);
    if (!number) break;  // a further prime, or what somebody put behind
    numbers.push_back(*number);
  }
  if (numbers.size() == 5) return plain("DSA", bits_of(numbers[0]));
  if (numbers.size() < 8) return std::nullopt;
  PrivateKey key = plain("RSA", bits_of(numbers[0]));
  if (!is_product(numbers[0], numbers[3], numbers[4])) {
    key.proof = Proof::kFails;
  }
  return key;
}

// A version was read: the key, and perhaps the curve.
std::optional<PrivateKey> parse_ec(std::string_view rest) {
  const auto number = take(rest, kOctets);
  if (!number || number->empty()) return std::nullopt;
  PrivateKey key = plain("EC");
  if (auto parameters = take(rest, kParameters)) {
    if (const auto id = take(*parameters, kObjectId)) {
      if (const Algorithm* curve = find_algorithm(*id)) key.bits = curve->bits;
    }
  }
  return key;
}

std::optional<PrivateKey> parse_pkcs1_or_ec(std::string_view bytes) {
  auto content = take(bytes, kSequence);
  if (!content || !take(*content, kInteger)) return std::nullopt;
  if (content->starts_with(static_cast<char>(kOctets))) {
    return parse_ec(*content);
  }
  return parse_integers(*content);
}

// A version was read: algorithm and key.
std::optional<PrivateKey> parse_pkcs8(std::string_view rest) {
  auto description = take(rest, kSequence);
  const auto inner = take(rest, kOctets);
  if (!description || !inner) return std::nullopt;
  const auto id = take(*description, kObjectId);
  if (!id) return std::nullopt;
  const Algorithm* algorithm = find_algorithm(*id);
  if (algorithm == nullptr) return plain({});
  if (algorithm->type != "RSA" && algorithm->type != "EC") {
    return plain(algorithm->type, algorithm->bits);
  }
  std::optional<PrivateKey> key = parse_pkcs1_or_ec(*inner);
  if (!key || key->type != algorithm->type) return std::nullopt;
  if (key->bits == 0) {
    if (const auto named = take(*description, kObjectId)) {
      if (const Algorithm* curve = find_algorithm(*named)) {
        key->bits = curve->bits;
      }
    }
  }
  return key;
}

// --- SSH

// Takes a size of four bytes and so many bytes off `bytes`.
std::optional<std::string_view> take_string(std::string_view& bytes) {
  constexpr size_t kSize = 4;
  if (bytes.size() < kSize) return std::nullopt;
  const size_t size = read_be32(bytes.data());
  if (size > bytes.size() - kSize) return std::nullopt;
  const std::string_view taken = bytes.substr(kSize, size);
  bytes.remove_prefix(kSize + size);
  return taken;
}

// What a public key says of itself: its kind first, then its numbers.
PrivateKey described_by(std::string_view public_key) {
  const std::string_view kind = take_string(public_key).value_or("");
  if (kind == "ssh-rsa") {
    (void)take_string(public_key);  // the exponent
    return plain("RSA", bits_of(take_string(public_key).value_or("")));
  }
  if (kind == "ssh-dss") {
    return plain("DSA", bits_of(take_string(public_key).value_or("")));
  }
  if (kind == "ssh-ed25519") return plain("Ed25519", 255);
  if (kind == "ecdsa-sha2-nistp256") return plain("EC", 256);
  if (kind == "ecdsa-sha2-nistp384") return plain("EC", 384);
  if (kind == "ecdsa-sha2-nistp521") return plain("EC", 521);
  return plain({});
}

// A form that is known here.
std::optional<PrivateKey> parse_known_der(std::string_view bytes) {
  constexpr std::string_view kPkcs12Version = "\3";
  auto content = take(bytes, kSequence);
  if (!content) return std::nullopt;
  const std::optional<DerItem> first = take_item(*content);
  if (!first || content->empty()) return std::nullopt;
  if (first->tag == kObjectId) return PrivateKey{};  // of a TPM
  if (first->tag == kSequence) {                     // how it is encrypted
    std::string_view description = first->content;
    if (!take(description, kObjectId) || !take(*content, kOctets)) {
      return std::nullopt;
    }
    return encrypted({});
  }
  if (first->tag != kInteger) return std::nullopt;
  switch (static_cast<unsigned char>((*content)[0])) {
    case kSequence:
      if (first->content == kPkcs12Version) {
        return encrypted("PKCS #12");
      }
      return parse_pkcs8(*content);
    case kOctets:
      return parse_ec(*content);
    default:
      return parse_integers(*content);
  }
}

// Is it a DER sequence of about the size that it says, give or take a quarter?
bool is_nearly_whole(std::string_view bytes) {
  const std::optional<DerHead> head = take_head(bytes);
  if (!head || head->tag != kSequence) return false;
  const size_t size = bytes.size();
  return size >= head->size - head->size / 4 &&
         size <= head->size + head->size / 4 && size > 0;
}

}  // namespace

std::optional<PrivateKey> parse_der_key(std::string_view bytes) {
  std::optional<PrivateKey> key = parse_known_der(bytes);
  if (!key && is_nearly_whole(bytes)) key.emplace();
  return key;
}

std::optional<PrivateKey> parse_openssh_pair(std::string_view bytes) {
  const auto public_key = take_string(bytes);
  const auto secret = take_string(bytes);
  if (!public_key || !secret || secret->size() < 8) return std::nullopt;
  // A random number stands there twice, to tell a wrong passphrase.
  if (secret->substr(0, 4) != secret->substr(4, 4)) return std::nullopt;
  return described_by(*public_key);
}

std::optional<PrivateKey> parse_openssh_key(std::string_view bytes) {
  constexpr std::string_view kMagic = "openssh-key-v1\0"sv;
  constexpr size_t kCount = 4;
  if (!bytes.starts_with(kMagic)) return std::nullopt;
  bytes.remove_prefix(kMagic.size());
  const auto cipher = take_string(bytes);
  const auto derivation = take_string(bytes);
  const auto options = take_string(bytes);
  if (!cipher || !derivation || !options || bytes.size() < kCount) {
    return std::nullopt;
  }
  bytes.remove_prefix(kCount);
  if (*cipher == "none") return parse_openssh_pair(bytes);
  const auto public_key = take_string(bytes);
  if (!public_key || !take_string(bytes)) return std::nullopt;
  const PrivateKey key = described_by(*public_key);
  return encrypted(key.type, key.bits);
}

// RSA has d, p, q and an inverse; all others have one number.
std::optional<PrivateKey> parse_putty_key(std::string_view bytes) {
  unsigned count = 0;
  for (; !bytes.empty(); ++count) {
    const auto number = take_string(bytes);
    if (!number || number->empty()) return std::nullopt;
  }
  if (count == 4) return plain("RSA");
  if (count == 1) return plain({});
  return std::nullopt;
}

}  // namespace leaksift
