#include "check/base58.h"
#include "check/bech32.h"
#include "check/keccak.h"
#include "check/number.h"
#include "core/digest.h"
#include "core/text.h"

namespace leaksift {
namespace {

constexpr size_t kHash160 = 20;  // bytes

// A version byte and a hash: to a public key or a script, on the main network
// and those for tests.
bool is_base58_address(std::string_view text) {
  const std::string bytes = from_base58check(text);
  constexpr std::string_view kVersions("\x00\x05\x6f\xc4", 4);
  return bytes.size() == 1 + kHash160 &&
         kVersions.find(bytes.front()) != std::string_view::npos;
}

// The first character of the data is the version of the witness program: 0 goes
// with Bech32, all others with Bech32m.
CheckResult btc_address(std::string_view secret) {
  const size_t separator = secret.rfind('1');
  const std::string prefix = ascii_lower(
      secret.substr(0, separator == std::string_view::npos ? 0 : separator));
  if (prefix != "bc" && prefix != "tb" && prefix != "bcrt") {
    return {proof_of(is_base58_address(secret)), {}};
  }
  const std::string_view data = secret.substr(separator + 1);
  const bool first_version = data.starts_with('q') || data.starts_with('Q');
  return {proof_of(bech32_kind(secret) ==
                   (first_version ? Bech32::kBech32 : Bech32::kBech32m)),
          {}};
}

// EIP-55: a letter is in upper case if the hash of the address in lower case
// has a digit of eight or more there. In one case there is no check.
CheckResult eth_address(std::string_view secret) {
  constexpr size_t kDigits = 2 * kHash160;
  if (secret.size() != 2 + kDigits || from_hex(secret.substr(2)).empty()) {
    return {Proof::kFails, {}};
  }
  const std::string_view address = secret.substr(2);
  const std::string lower = ascii_lower(address);
  const std::string hash = to_hex(keccak_256(lower));
  bool has_lower = false;
  bool has_upper = false;
  bool right = true;
  for (size_t i = 0; i < kDigits; ++i) {
    if (is_digit(address[i])) continue;
    const bool upper = is_upper(address[i]);
    (upper ? has_upper : has_lower) = true;
    right = right && upper == (hash[i] >= '8');
  }
  if (!has_lower || !has_upper) return {};
  return {proof_of(right), {}};
}

}  // namespace

std::vector<Check> coin_addresses() {
  return {{"btc-address", btc_address}, {"eth-address", eth_address}};
}

}  // namespace leaksift
