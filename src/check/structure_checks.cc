// Tokens that are made of parts: JSON Web Tokens, macaroons, JSON in base64.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>

#include "check/check.h"
#include "check/json_object.h"
#include "check/result.h"
#include "core/digest.h"
#include "core/text.h"

namespace leaksift {
namespace {

// How an object begins in base64: {" of all objects but those with blanks.
constexpr std::string_view kObjectBegins = "eyJ";

std::optional<JsonObject> object_in_base64(std::string_view text) {
  return JsonObject::parse(from_base64(text));
}

bool all_of(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

// --- JSON Web Tokens

// The fewest characters of a signature; 0 for algorithms not known here. RSA
// keys have 1024 bits at least.
size_t least_signature(std::string_view algorithm) {
  struct Least {
    std::string_view algorithm;
    size_t size;
  };
  constexpr std::array<Least, 13> kLeast = {{{"HS256", 43},
                                             {"HS384", 64},
                                             {"HS512", 86},
                                             {"RS256", 171},
                                             {"RS384", 171},
                                             {"RS512", 171},
                                             {"PS256", 171},
                                             {"PS384", 171},
                                             {"PS512", 171},
                                             {"ES256", 86},
                                             {"ES384", 128},
                                             {"ES512", 176},
                                             {"EdDSA", 86}}};
  const auto found = std::find_if(
      kLeast.begin(), kLeast.end(),
      [&](const Least& least) { return least.algorithm == algorithm; });
  return found != kLeast.end() ? found->size : 0;
}

// "2026-01-31"; empty for what is no time of the years 1970 to 9999.
std::string date_of(int64_t seconds) {
  constexpr int64_t kYear10000 = 253'402'300'800;
  if (seconds < 0 || seconds >= kYear10000) return {};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(
      std::chrono::sys_seconds{std::chrono::seconds{seconds}})};
  std::array<char, 16> text{};
  std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

// The host of a URL, empty for anything else.
std::string host_of(std::string_view url) {
  constexpr size_t kLongest = 253;
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view rest = url.substr(scheme + 3);
  std::string host = ascii_lower(rest.substr(0, rest.find_first_of("/?#:")));
  if (host.size() > kLongest ||
      !all_of(host, "abcdefghijklmnopqrstuvwxyz0123456789.-")) {
    return {};
  }
  return host;
}

void add_fact(CheckResult& result, std::string_view name, std::string value) {
  if (!value.empty()) {
    result.facts.push_back({std::string(name), std::move(value)});
  }
}

void add_algorithm(CheckResult& result, std::string_view algorithm) {
  constexpr size_t kLongest = 24;
  const bool shown =
      algorithm.size() <= kLongest &&
      all_of(
          algorithm,
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-");
  if (shown) add_fact(result, "algorithm", std::string(algorithm));
}

CheckResult signed_jwt(std::string_view algorithm, std::string_view payload,
                       std::string_view signature) {
  CheckResult result;
  add_algorithm(result, algorithm);
  const std::optional<JsonObject> claims = object_in_base64(payload);
  if (!claims || equal_ignoring_case(algorithm, "none") ||
      signature.size() < least_signature(algorithm)) {
    result.proof = Proof::kFails;
  }
  if (!claims) return result;
  add_fact(result, "expires", date_of(claims->number("exp").value_or(-1)));
  add_fact(result, "issuer", host_of(claims->text("iss")));
  return result;
}

// What is well made may still be an example: without the key nobody can tell
// whether its signature is right, so it is never said to hold.
CheckResult jwt(std::string_view secret) {
  std::string decoded;
  if (secret.starts_with("ZXlK")) {  // in base64 once more
    decoded = from_base64(secret.substr(0, secret.size() / 4 * 4));
    secret = decoded;
  }
  const size_t start = secret.find(kObjectBegins);
  if (start == std::string_view::npos) return fails();
  const auto parts = split(secret.substr(start), '.');
  const std::optional<JsonObject> header = object_in_base64(parts[0]);
  if (!header || header->text("alg").empty()) return fails();
  if (parts.size() == 3) {
    return signed_jwt(header->text("alg"), parts[1], parts[2]);
  }
  CheckResult result;
  add_algorithm(result, header->text("alg"));
  const bool encrypted = parts.size() == 5 && !header->text("enc").empty();
  if (!encrypted) result.proof = Proof::kFails;
  return result;
}

// A prefix, perhaps, an object in base64, and perhaps a signature. As with a
// JSON Web Token the object proves nothing, but without it the token is none.
CheckResult base64_json(std::string_view secret) {
  const size_t start = secret.find(kObjectBegins);
  if (start == std::string_view::npos) return fails();
  secret.remove_prefix(start);
  const std::string_view object = secret.substr(0, secret.find_first_of("._"));
  return object_in_base64(object) ? unknown() : fails();
}

// --- Macaroons

// A number of 7 bits a byte, the lowest first; nothing where it does not end.
std::optional<size_t> take_number(std::string_view& bytes) {
  size_t number = 0;
  for (unsigned shift = 0; shift < 28 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes[0]);
    bytes.remove_prefix(1);
    number |= size_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return number;
  }
  return std::nullopt;
}

constexpr size_t kMacaroonSignature = 32;

// Version 2: fields of a type, a size and bytes; type 0 ends a section. The
// last field is the signature, behind the empty section that ends the caveats.
bool is_macaroon_2(std::string_view bytes) {
  constexpr size_t kSignatureType = 6;
  char before = '\2';
  while (bytes.size() > 1) {
    const std::optional<size_t> type = take_number(bytes);
    if (!type) return false;
    if (*type == 0) {
      before = '\0';
      continue;
    }
    const std::optional<size_t> size = take_number(bytes);
    if (!size || *size > bytes.size()) return false;
    if (*type == kSignatureType) {
      return before == '\0' && *size == kMacaroonSignature &&
             bytes.size() == *size;
    }
    before = '\2';
    bytes.remove_prefix(*size);
  }
  return false;
}

// Version 1: packets of four hexadecimal digits for their size, a name, a
// blank, a value and a line end; the last one is the signature.
bool is_macaroon_1(std::string_view bytes) {
  constexpr size_t kSizeDigits = 4;
  while (bytes.size() > kSizeDigits) {
    size_t size = 0;
    const char* digits_end = bytes.data() + kSizeDigits;
    const auto [end, error] =
        std::from_chars(bytes.data(), digits_end, size, 16);
    if (end != digits_end || size <= kSizeDigits || size > bytes.size()) {
      return false;
    }
    const std::string_view packet =
        bytes.substr(kSizeDigits, size - kSizeDigits);
    if (!packet.ends_with('\n')) return false;
    constexpr std::string_view kSignature = "signature ";
    if (packet.starts_with(kSignature)) {
      return packet.size() == kSignature.size() + kMacaroonSignature + 1 &&
             bytes.size() == size;
    }
    bytes.remove_prefix(size);
  }
  return false;
}

CheckResult macaroon(std::string_view secret) {
  constexpr std::string_view kPypi = "pypi-";
  if (secret.starts_with(kPypi)) secret.remove_prefix(kPypi.size());
  const std::string bytes = from_base64(secret);
  return holds_if(bytes.starts_with('\2')
                      ? is_macaroon_2(std::string_view(bytes).substr(1))
                      : is_macaroon_1(bytes));
}

constexpr std::array kChecks = {
    Check{"base64-json", base64_json},
    Check{"jwt", jwt},
    Check{"macaroon", macaroon},
};

}  // namespace

std::span<const Check> structure_checks() {
  return kChecks;
}

}  // namespace leaksift
