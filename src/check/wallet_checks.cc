// Keys and seeds of wallets.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "check/base58.h"
#include "check/bech32.h"
#include "check/check.h"
#include "check/result.h"
#include "core/digest.h"
#include "core/text.h"

namespace leaksift {
namespace {

#include "check/bip39_words.inc"

// WIF, extended keys (BIP-32), Tezos.
CheckResult base58check(std::string_view secret) {
  return holds_if(!from_base58check(secret).empty());
}

// The XRP Ledger has the same with its digits in another order.
CheckResult base58check_xrp(std::string_view secret) {
  constexpr std::string_view kXrp =
      "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
  std::string text;
  for (const char c : secret) {
    const size_t value = kXrp.find(c);
    if (value == std::string_view::npos) return fails();
    text += kBase58[value];
  }
  return base58check(text);
}

// Keys may be longer than the addresses that BIP-173 is about.
CheckResult bech32(std::string_view secret) {
  return holds_if(bech32_kind(secret) == Bech32::kBech32);
}

// --- Seed phrases

const std::vector<std::string_view>& bip39_words() {
  static const std::vector<std::string_view> kWords = split(kBip39Words, ' ');
  return kWords;
}

// Electrum takes the same words, but has no checksum in them: their HMAC
// begins with the kind of wallet.
bool is_electrum_seed(std::string_view phrase) {
  const std::string sum = to_hex(hmac_sha512("Seed version", phrase));
  return sum.starts_with("01") || sum.starts_with("100") ||
         sum.starts_with("101") || sum.starts_with("102");
}

// Eleven bits a word. Behind 32 bits for every three words the rest, at most
// eight, are those that the SHA-256 of the others begins with.
// REQUIRES: 12 to 24 numbers, three at a time.
bool has_checksum(const std::vector<uint32_t>& numbers) {
  const size_t sum_bits = numbers.size() / 3;
  std::string bytes;
  uint32_t bits = 0;
  unsigned count = 0;
  for (const uint32_t number : numbers) {
    bits = bits << 11 | number;
    for (count += 11; count >= 8; count -= 8) {
      bytes.push_back(static_cast<char>(bits >> (count - 8) & 0xff));
    }
  }
  if (count > 0) bytes.push_back(static_cast<char>(bits << (8 - count) & 0xff));
  const size_t entropy = numbers.size() * 4 / 3;
  const auto given = static_cast<unsigned char>(bytes[entropy]);
  const auto right =
      static_cast<unsigned char>(sha256(bytes.substr(0, entropy))[0]);
  return given >> (8 - sum_bits) == right >> (8 - sum_bits);
}

// Seed phrases in English.
CheckResult bip39(std::string_view secret) {
  constexpr size_t kMostWords = 24;
  const std::string phrase = ascii_lower(secret);
  const auto words = split(phrase, ' ');
  if (words.size() < 12 || words.size() > kMostWords || words.size() % 3 != 0) {
    return fails();
  }
  const auto& all = bip39_words();
  std::vector<uint32_t> numbers;
  for (const std::string_view word : words) {
    const auto found = std::lower_bound(all.begin(), all.end(), word);
    if (found == all.end() || *found != word) return fails();
    numbers.push_back(static_cast<uint32_t>(found - all.begin()));
  }
  return holds_if(has_checksum(numbers) || is_electrum_seed(phrase));
}

constexpr std::array kChecks = {
    Check{"base58check", base58check},
    Check{"base58check-xrp", base58check_xrp},
    Check{"bech32", bech32},
    Check{"bip39", bip39},
};

}  // namespace

std::span<const Check> wallet_checks() {
  return kChecks;
}

}  // namespace leaksift
