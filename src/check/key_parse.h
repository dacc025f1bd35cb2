// Reads private keys in their binary forms: ASN.1 (DER) and those of SSH.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "check/check.h"

namespace leaksift {

struct PrivateKey {
  // Unknown: it is encrypted, or of a form that is not known here.
  Proof proof = Proof::kUnknown;
  std::string type;   // "RSA", "EC", "Ed25519", "PKCS #12"; empty: not told
  unsigned bits = 0;  // of the modulus or of the curve; 0: not told
  std::optional<bool> encrypted;
};

// PKCS #1, #8 (also encrypted) and #12, SEC 1, DSA's own form; an RSA key
// fails whose primes do not make its modulus. What is none of them is of
// another form if it is as long as it says, give or take a quarter; otherwise
// nothing.
std::optional<PrivateKey> parse_der_key(std::string_view bytes);

// What "openssh-key-v1" begins.
std::optional<PrivateKey> parse_openssh_key(std::string_view bytes);

// Its end: one key that is not encrypted, as public and as private key.
std::optional<PrivateKey> parse_openssh_pair(std::string_view bytes);

// The private part of a PuTTY key that is not encrypted.
std::optional<PrivateKey> parse_putty_key(std::string_view bytes);

}  // namespace leaksift
