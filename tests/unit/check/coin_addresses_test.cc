#include "check/base58.h"
#include "check/bech32.h"
#include "check/check.h"
#include "check/keccak.h"
#include "core/digest.h"
#include "support/catch.h"

namespace leaksift {
namespace {

Proof proof_of(std::string_view check, std::string_view address) {
  const Check* found = find_check(check);
  REQUIRE(found != nullptr);
  return found->look(address).proof;
}

TEST_CASE("Keccak-256 is what Ethereum's yellow paper calls KEC") {
  CHECK(to_hex(keccak_256("")) ==
        "c5d2460186f7233c927e7db2dcc703c0"
        "e500b653ca82273b7bfad8045d85a470");
  CHECK(to_hex(keccak_256("abc")) ==
        "4e03657aea45a94fc7d47ba826c8d667"
        "c0d1e6e33a64a036ec44f58fa12d6c45");
  // Longer than what is taken in at once; worked out by a program that
  // agrees with Python's hashlib on SHA3-256.
  CHECK(to_hex(keccak_256(std::string(200, 'a'))) ==
        "96ea54061def936c4be90b518992fdc6"
        "f12f535068a256229aca54267b4d084d");
}

TEST_CASE("Base58Check text is what it wraps, if its check bytes are right") {
  // Bitcoin's genesis block pays to this one.
  const std::string_view address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
  CHECK(to_hex(from_base58check(address)) ==
        "0062e907b15cbf27d5425399ebf6f0fb50ebb88f18");
  CHECK(from_base58check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb").empty());
  CHECK(from_base58check("1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a").empty());
  CHECK(from_base58check("").empty());
  CHECK(from_base58check(std::string(5000, 'z')).empty());
}

TEST_CASE("Bech32 and Bech32m are told apart") {
  // BIP 173 and BIP 350, test vectors
  CHECK(bech32_kind("A12UEL5L") == Bech32::kBech32);
  CHECK(bech32_kind("?1ezyfcl") == Bech32::kBech32);
  CHECK(bech32_kind("A1LQFN3A") == Bech32::kBech32m);
  CHECK(bech32_kind("split1checkupstagehandshakeupstreamerranterredcaperredlc44"
                    "5v") == Bech32::kBech32m);
  CHECK(bech32_kind("A12uEL5L") == Bech32::kNone);
  CHECK(bech32_kind("pzry9x0s0muk") == Bech32::kNone);
  CHECK(bech32_kind("1pzry9x0s0muk") == Bech32::kNone);
  CHECK(bech32_kind("de1lg7wt\xff") == Bech32::kNone);
}

TEST_CASE("an address of Bitcoin carries the checksum of its kind") {
  for (const std::string_view address :
       {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",  // genesis block
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",  // Bitcoin wiki: Address
        "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",  // the same: test network
        // BIP 173 and BIP 350
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"}) {
    INFO(address);
    CHECK(proof_of("btc-address", address) == Proof::kHolds);
  }
  for (const std::string_view address :
       {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "1A1zP1eP5QGefi2DMPTfTL5SLmv7",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        // BIP 350: invalid, the checksum of the other kind
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", ""}) {
    INFO(address);
    CHECK(proof_of("btc-address", address) == Proof::kFails);
  }
}

TEST_CASE("an address of Ethereum is checked by its capitals") {
  // EIP-55
  for (const std::string_view address :
       {"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"}) {
    INFO(address);
    CHECK(proof_of("eth-address", address) == Proof::kHolds);
  }
  // The first with one letter in the wrong case, then without any check.
  CHECK(proof_of("eth-address", "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed") ==
        Proof::kFails);
  CHECK(proof_of("eth-address", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed") ==
        Proof::kUnknown);
  CHECK(proof_of("eth-address", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae") ==
        Proof::kFails);
}

}  // namespace
}  // namespace leaksift
