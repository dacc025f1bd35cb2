// Checksums at the end of tokens. Each is the algorithm that the maker
// publishes, and was tried on published tokens.
#include <array>

#include "check/check.h"
#include "check/checksum.h"
#include "check/result.h"
#include "core/digest.h"
#include "core/text.h"

namespace leaksift {
namespace {

struct Parts {
  std::string_view body;
  std::string_view end;
};

// The last `size` bytes apart from the rest; nothing where there is no rest.
Parts cut_end(std::string_view text, size_t size) {
  if (text.size() <= size) return {};
  return {text.substr(0, text.size() - size), text.substr(text.size() - size)};
}

std::string_view behind_underscore(std::string_view token) {
  return token.substr(token.find('_') + 1);
}

// GitHub, npm, Vercel: prefix_, random part, its CRC in six digits.
CheckResult crc32_base62(std::string_view secret) {
  const auto [body, end] = cut_end(behind_underscore(secret), 6);
  if (body.empty()) return unknown();
  return holds_if(end == in_base(kBase62, crc32(body), 6));
}

// Cloudflare, Zuplo: prefix_, random part, perhaps another underscore, its CRC.
CheckResult crc32_hex(std::string_view secret) {
  auto [body, end] = cut_end(behind_underscore(secret), 8);
  if (body.ends_with('_')) body.remove_suffix(1);
  if (body.empty()) return unknown();
  return holds_if(end == ascii_lower(in_upper_hex(crc32(body))));
}

// Atlassian's ATATT, ATCTT and ATBB: the CRC of all that stands before it.
CheckResult atlassian(std::string_view secret) {
  const auto [body, end] = cut_end(secret, 8);
  if (body.empty()) return unknown();
  return holds_if(end == in_upper_hex(crc32(body)));
}

// The CRC of all before the last underscore, its lowest byte first.
CheckResult grafana(std::string_view secret) {
  const auto [body, end] = cut_end(secret, 9);
  if (body.empty() || end.front() != '_') return unknown();
  return holds_if(ascii_lower(end.substr(1)) ==
                  to_hex(little_endian(crc32(body))));
}

// Routable tokens: payload, a dot, perhaps a version and a dot, the payload's
// length in two digits, the CRC of all this in seven.
CheckResult gitlab(std::string_view secret) {
  const auto [body, end] = cut_end(secret, 7);
  if (body.find('.') == std::string_view::npos) return unknown();
  return holds_if(end == in_base(kBase36, crc32(body), 7));
}

CheckResult confluent(std::string_view secret) {
  constexpr std::string_view kPrefix = "cflt";
  const auto [body, end] = cut_end(secret, 6);
  if (!body.starts_with(kPrefix)) return unknown();
  const uint32_t crc = crc32(body.substr(kPrefix.size()));
  return holds_if(to_base64(little_endian(crc)) == std::string(end) + "==");
}

// Stellar and NATS: base32 that ends with a CRC of 16 bits.
CheckResult base32_crc16(std::string_view secret) {
  const std::string bytes = from_base32(secret);
  const auto [body, end] = cut_end(bytes, 2);
  if (body.empty()) return fails();
  return holds_if(end == little_endian(crc16(body)).substr(0, 2));
}

// Not a checksum, but a number with a range: key ids since 2018 hold the
// account's, which has twelve decimal digits. Of made-up ids one in eleven
// fails.
CheckResult aws_key_id(std::string_view secret) {
  constexpr size_t kPrefix = 4;
  constexpr uint64_t kAccounts = 1'000'000'000'000;
  if (secret.size() <= kPrefix) return unknown();
  const std::string bytes = from_base32(secret.substr(kPrefix));
  if (bytes.size() < 6) return fails();
  uint64_t number = 0;
  for (const char c : bytes.substr(0, 6)) {
    number = number << 8 | static_cast<unsigned char>(c);
  }
  constexpr uint64_t kNewForm = uint64_t{1} << 47;
  if ((number & kNewForm) == 0) return unknown();
  const uint64_t account = (number & (kNewForm - 1)) >> 7;
  if (account >= kAccounts) return fails();
  return {Proof::kUnknown, {{"account", in_base("0123456789", account, 12)}}};
}

constexpr std::array kChecks = {
    Check{"atlassian", atlassian},
    Check{"aws-key-id", aws_key_id},
    Check{"base32-crc16", base32_crc16},
    Check{"confluent", confluent},
    Check{"crc32-base62", crc32_base62},
    Check{"crc32-hex", crc32_hex},
    Check{"gitlab", gitlab},
    Check{"grafana", grafana},
};

}  // namespace

std::span<const Check> token_checks() {
  return kChecks;
}

}  // namespace leaksift
