#include "findings/fingerprint.h"

#include <algorithm>

#include "core/digest.h"

namespace leaksift {
namespace {

// Changing a key or what is hashed orphans every baseline and ignore file.
constexpr std::string_view kFingerprintKey = "leaksift fingerprint 1";
constexpr std::string_view kOccurrenceKey = "leaksift occurrence 1";

std::string short_hmac(std::string_view key, std::string_view message) {
  return to_hex(hmac_sha256(key, message).substr(0, kFingerprintDigits / 2));
}

}  // namespace

std::string fingerprint_of(std::string_view rule_id, const Secret& secret) {
  std::string message(rule_id);
  message.push_back('\0');
  message += secret.reveal();
  return short_hmac(kFingerprintKey, message);
}

std::string occurrence_id(std::string_view fingerprint,
                          const Occurrence& occurrence, uint64_t ordinal) {
  // The number comes before the name, which may hold any byte but NUL.
  std::string message(fingerprint);
  message.push_back('\0');
  message += std::to_string(ordinal);
  message.push_back('\0');
  const std::string& path = occurrence.path_for_ids();
  message += path.empty() ? "object" : "path";
  message.push_back('\0');
  message += path.empty() ? occurrence.blob : path;
  return short_hmac(kOccurrenceKey, message);
}

bool is_fingerprint(std::string_view text) {
  return text.size() == kFingerprintDigits &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace leaksift
