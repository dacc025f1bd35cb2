// What the bytes of a secret tell about it without asking anybody: check
// digits, checksums, structure that parses.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace leaksift {

// kFails: it has the shape, but not what every real one has. kUnknown: nothing
// was there to be checked (an older form of the token without a checksum).
enum class Proof { kUnknown, kHolds, kFails };
std::string_view to_string(Proof proof);  // "unknown", "holds", "fails"

// Something that a reader wants to know and that is no part of the secret:
// {"algorithm", "HS256"}, {"expires", "2026-01-31"}, {"encrypted", "yes"}.
struct Fact {
  std::string name;   // lower case, words with spaces
  std::string value;  // printable; never the secret or a part of it

  friend bool operator==(const Fact&, const Fact&) = default;
};

struct CheckResult {
  Proof proof = Proof::kUnknown;
  std::vector<Fact> facts;
};

// Looks at a secret of at most some thousand bytes, in time linear in them. A
// function of the bytes alone (not of the clock); safe on any input.
struct Check {
  std::string_view name;  // as rule files say: checksum = "luhn"
  CheckResult (*look)(std::string_view secret);
};

// Nothing if no check has this name.
const Check* find_check(std::string_view name);

// All of them, in the order of their names.
const std::vector<Check>& all_checks();

// The families; only check.cc asks.
std::span<const Check> digit_checks();      // check digits of numbers
std::span<const Check> token_checks();      // checksums that end a token
std::span<const Check> azure_checks();      // the same, of Azure's keys
std::span<const Check> structure_checks();  // tokens that are made of parts
std::span<const Check> key_checks();        // private keys
std::span<const Check> wallet_checks();     // keys and seeds of wallets

}  // namespace leaksift
