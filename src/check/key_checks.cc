#include <array>

#include "check/check.h"
#include "check/key_parse.h"
#include "check/key_text.h"
#include "check/result.h"
#include "core/digest.h"

namespace leaksift {
namespace {

CheckResult result_of(const std::optional<PrivateKey>& key) {
  if (!key) return fails();
  CheckResult result;
  result.proof = key->proof;
  if (!key->type.empty()) result.facts.push_back({"type", key->type});
  if (key->bits > 0) {
    result.facts.push_back({"bits", std::to_string(key->bits)});
  }
  if (key->encrypted) {
    result.facts.push_back({"encrypted", *key->encrypted ? "yes" : "no"});
  }
  return result;
}

CheckResult pem_key(std::string_view text) {
  const Pem pem = parse_pem(text);
  if (pem.encrypted) {
    const std::string_view label = pem.label;
    PrivateKey key;
    key.encrypted = true;
    if (label.starts_with("RSA ")) key.type = "RSA";
    if (label.starts_with("EC ")) key.type = "EC";
    if (label.starts_with("DSA ")) key.type = "DSA";
    return result_of(key);
  }
  // What was only caught in part, or is of another kind (PGP, SSH2).
  if (!pem.complete || !pem.label.ends_with("PRIVATE KEY") ||
      pem.label.starts_with("SSH2")) {
    return unknown();
  }
  // OpenSSH's form is also met under other labels.
  const std::string bytes = from_base64(pem.base64);
  return result_of(bytes.starts_with("openssh-key-v1")
                       ? parse_openssh_key(bytes)
                       : parse_der_key(bytes));
}

// PEM, or base64 of it, or base64 of DER.
CheckResult private_key(std::string_view secret) {
  constexpr std::string_view kPemBegins = "-----BEGIN ";
  if (secret.find(kPemBegins) != std::string_view::npos) return pem_key(secret);
  const std::string bytes =
      from_base64(secret.substr(0, secret.size() / 4 * 4));
  if (bytes.starts_with(kPemBegins)) return pem_key(bytes);
  return result_of(parse_der_key(bytes));
}

CheckResult openssh_key(std::string_view secret) {
  return result_of(parse_openssh_pair(from_base64(base64_of(secret))));
}

CheckResult putty_key(std::string_view secret) {
  return result_of(parse_putty_key(from_base64(base64_of(secret))));
}

constexpr std::array kChecks = {
    Check{"openssh-key", openssh_key},
    Check{"private-key", private_key},
    Check{"putty-key", putty_key},
};

}  // namespace

std::span<const Check> key_checks() {
  return kChecks;
}

}  // namespace leaksift
