#include "unit/check/look.h"

namespace leaksift {
namespace {

TEST_CASE("a wallet's key with one character changed fails", "[check]") {
  // The Bitcoin wiki on the wallet import format, BIP-32 (test vector 1), and
  // the XRP Ledger's documentation (the master seed of its genesis account).
  holds_only_for("base58check",
                 "5HueCGU8rMjxEXxiPuD5BDku4Mk"
                 "FqeZyd4dZ1jvhTVqvbTLvyTJ",
                 0);
  holds_only_for("base58check",
                 "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPP"
                 "qjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
                 0);
  holds_only_for("base58check-xrp",
                 "snoPBrXtMeMy"
                 "MHUVTgbuqAfg1SUTb",
                 0);
}

TEST_CASE("an age or Nostr key with one character changed fails", "[check]") {
  // age's tests (32 times the letter B), NIP-19.
  std::string identity = "AGE-SECRET-KEY-1";
  for (int i = 0; i < 6; ++i) identity += "GFPYYSJZ";
  const CheckResult result = look("bech32", identity + "GFPQ4EGAEX");
  CHECK(result.proof == Proof::kHolds);
  const std::string nsec =
      "nsec1vl029mgpspedva04g90vltkh6fvh"
      "240zqtv9k0t9af8935ke9laqsnlfe5";
  CHECK(proof_of("bech32", nsec) == Proof::kHolds);
  for (size_t i = 5; i < nsec.size(); ++i) {
    std::string other = nsec;
    other[i] = other[i] == 'q' ? 'p' : 'q';
    CHECK(proof_of("bech32", other) == Proof::kFails);
  }
}

TEST_CASE("a key holds neither by Bech32m nor with its checksum in other case",
          "[check]") {
  // BIP-350, BIP-173.
  CHECK(proof_of("bech32", "a1lqfn3a") == Proof::kFails);
  CHECK(proof_of("bech32", "a12uel5l") == Proof::kHolds);
  CHECK(proof_of("bech32", "a12UEL5L") == Proof::kFails);
}

TEST_CASE("a seed phrase holds with its checksum", "[check]") {
  // Trezor's vectors of BIP-39: 12, 18 and 24 words.
  for (const char* phrase :
       {"legal winner thank year wave sausage worth useful legal winner thank "
        "yellow",
        "gravity machine north sort system female filter attitude volume fold "
        "club stay feature office ecology stable narrow fog",
        "hamster diagram private dutch cause delay private meat slide toddler "
        "razor book happy fancy gospel tennis maple dilemma loan word shrug "
        "inflict delay length"}) {
    INFO(phrase);
    CHECK(proof_of("bip39", phrase) == Proof::kHolds);
  }
  CHECK(proof_of("bip39",
                 "LEGAL winner thank year wave sausage worth useful "
                 "legal winner thank yellow") == Proof::kHolds);
}

TEST_CASE("a seed phrase fails with a word changed, or another number of them",
          "[check]") {
  const std::string begins =
      "legal winner thank year wave sausage worth useful legal winner thank ";
  for (const char* end : {"year", "yello", "", "yellow yellow", "yellow "}) {
    INFO(end);
    CHECK(proof_of("bip39", begins + end) == Proof::kFails);
  }
}

TEST_CASE("a seed phrase of Electrum holds by its own rule", "[check]") {
  // Electrum's tests of its mnemonics.
  CHECK(proof_of("bip39",
                 "wild father tree among universe such mobile favorite target "
                 "dynamic credit identify") == Proof::kHolds);
}

}  // namespace
}  // namespace leaksift
