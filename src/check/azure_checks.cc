// Checksums of Azure's keys, as Microsoft publishes them
// (github.com/microsoft/security-utilities).
#include <algorithm>
#include <array>

#include "check/check.h"
#include "check/checksum.h"
#include "check/result.h"
#include "core/big_endian.h"
#include "core/digest.h"

namespace leaksift {
namespace {

struct Service {
  std::string_view signature;
  std::array<std::string_view, 5> seeds;  // eight letters each
  // Were keys published that have one of the checksums? Only then does a key
  // fail that has none of them.
  bool confirmed = false;
};

constexpr std::array<Service, 13> kServices = {{
    {"+ABa", {"AbAcct00"}},
    {"+ACR", {"ACRDflt0"}},
    {"+AEh", {"Send0000", "Listen00", "Manage00", "System00", "Unknown0"}},
    {"+AMC", {"Classic0"}},
    {"+ARm", {"Send0000", "Listen00", "Manage00", "System00", "Unknown0"}},
    {"+ASb", {"Send0000", "Listen00", "Manage00", "System00", "Unknown0"}},
    {"+ASt", {"Default0"}, true},
    {"ACDb",
     {"MastRW00", "MastRO00", "SystRW00", "SystRO00", "Resour00"},
     true},
    {"AIoT", {"IoTHub00", "DpsKey00", "Device00"}},
    {"AZEG", {"SendRecv"}},
    {"AzCa", {"Access00"}},
    {"AzFu", {"Functi00", "Master00", "System00"}},
    {"AzSe", {"Query000", "PAdmin00"}},
}};

uint32_t checksum_of(std::string_view bytes, std::string_view seed) {
  return marvin32(bytes, read_be64(seed.data()));
}

// Before its checksum of 32 bits (six digits of base64) a key has a signature
// of four digits that tells the service.
CheckResult azure_key(std::string_view secret) {
  const size_t digits = secret.find_last_not_of('=') + 1;
  if (digits < 10) return unknown();
  const std::string_view signature = secret.substr(digits - 10, 4);
  const auto service =
      std::find_if(kServices.begin(), kServices.end(),
                   [&](const Service& s) { return s.signature == signature; });
  if (service == kServices.end()) return unknown();
  const std::string bytes = from_base64(secret);
  if (bytes.size() <= 4) return fails();
  const std::string_view body(bytes.data(), bytes.size() - 4);
  const std::string_view end = std::string_view(bytes).substr(body.size());
  const bool holds = std::any_of(
      service->seeds.begin(), service->seeds.end(), [&](std::string_view seed) {
        return !seed.empty() && end == little_endian(checksum_of(body, seed));
      });
  return holds || service->confirmed ? holds_if(holds) : unknown();
}

// The checksum's bytes read as one number, the first byte the highest, in
// base62; short ones are filled up behind.
std::string padded_base62(std::string_view bytes) {
  const std::string_view rest =
      bytes.substr(std::min(bytes.find_first_not_of('\0'), bytes.size()));
  uint64_t number = 0;
  for (const char c : rest) {
    number = number << 8 | static_cast<unsigned char>(c);
  }
  std::string text(bytes.size() - rest.size(), '0');
  text += in_base(kBase62, number, 0);
  text.resize(6, '0');
  return text;
}

// Common annotated security keys, of 84 characters or (with the whole
// checksum) 88. The checksum stands in base64 or in base62.
CheckResult azure_annotated_key(std::string_view secret) {
  constexpr size_t kBody = 80;
  if (secret.size() != kBody + 4 && secret.size() != kBody + 8) {
    return unknown();
  }
  const std::string body = from_base64(secret.substr(0, kBody));
  const std::string end = from_base64(secret.substr(kBody));
  if (body.empty() || end.empty()) return fails();
  const std::string sum = little_endian(checksum_of(body, "Default0"));
  return holds_if(sum.starts_with(end) ||
                  from_base64(padded_base62(sum)).starts_with(end));
}

constexpr std::array kChecks = {
    Check{"azure-annotated-key", azure_annotated_key},
    Check{"azure-key", azure_key},
};

}  // namespace

std::span<const Check> azure_checks() {
  return kChecks;
}

}  // namespace leaksift
