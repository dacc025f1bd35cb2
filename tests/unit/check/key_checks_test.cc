#include "check/key_text.h"
#include "core/digest.h"
#include "support/random.h"
#include "unit/check/look.h"

namespace leaksift {
namespace {

using namespace std::string_literals;

// --- Keys of small numbers, in the forms that real ones have

std::string be32(size_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> shift & 0xff);
  }
  return bytes;
}

std::string der(unsigned tag, const std::string& content) {
  std::string item(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    item += static_cast<char>(content.size());
  } else {
    item += "\x84" + be32(content.size());
  }
  return item + content;
}

std::string integer(uint64_t number) {
  std::string bytes(1, '\0');
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> shift & 0xff);
  }
  return der(2, bytes);
}

std::string rsa(uint64_t p, uint64_t q, uint64_t n) {
  return der(0x30, integer(0) + integer(n) + integer(65537) + integer(7) +
                       integer(p) + integer(q) + integer(1) + integer(2) +
                       integer(3));
}

constexpr uint64_t kP = 4294967279;
constexpr uint64_t kQ = 4294967231;
const std::string kRsa = rsa(kP, kQ, kP* kQ);

const std::string kP256 = der(6, "\x2a\x86\x48\xce\x3d\x03\x01\x07");

std::string ec(const std::string& curve) {
  return der(0x30, der(2, "\1") + der(4, std::string(32, 'k')) +
                       der(0xa0, curve) + der(0xa1, "public"));
}

std::string pkcs8(const std::string& algorithm, const std::string& key) {
  return der(0x30, der(2, "\0"s) + der(0x30, algorithm) + der(4, key));
}

const std::string kRsaId =
    der(6, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") + der(5, "");
const std::string kEcId = der(6, "\x2a\x86\x48\xce\x3d\x02\x01");

std::string pem(const std::string& label, const std::string& bytes) {
  std::string text = "-----BEGIN " + label + "-----\n";
  const std::string base64 = to_base64(bytes);
  for (size_t i = 0; i < base64.size(); i += 64) {
    text += base64.substr(i, 64) + "\n";
  }
  return text + "-----END " + label + "-----";
}

std::string ssh(const std::string& bytes) {
  return be32(bytes.size()) + bytes;
}

const std::string kSshPublic = ssh("ssh-ed25519") + ssh(std::string(32, 'p'));

std::string openssh(const std::string& cipher, const std::string& secret) {
  const std::string derivation = cipher == "none" ? "none" : "bcrypt";
  return "openssh-key-v1\0"s + ssh(cipher) + ssh(derivation) + ssh("") +
         be32(1) + ssh(kSshPublic) + ssh(secret);
}

// --- Tests

TEST_CASE("an Ed25519 key of RFC 8410 holds", "[check]") {
  const std::string base64 =
      "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";
  const CheckResult result =
      look("private-key", "-----BEGIN PRIVATE KEY-----\n" + base64 +
                              "\n-----END PRIVATE KEY-----");
  CHECK(result.proof == Proof::kHolds);
  CHECK(fact_of(result, "type") == "Ed25519");
  CHECK(fact_of(result, "encrypted") == "no");
  CHECK(proof_of("private-key", base64) == Proof::kHolds);
}

TEST_CASE("a key tells its type and size in every form", "[check]") {
  struct Form {
    std::string label;
    std::string bytes;
    std::string type;
    std::string bits;
  };
  const Form forms[] = {
      {"RSA PRIVATE KEY", kRsa, "RSA", "64"},
      {"PRIVATE KEY", pkcs8(kRsaId, kRsa), "RSA", "64"},
      {"EC PRIVATE KEY", ec(kP256), "EC", "256"},
      {"PRIVATE KEY", pkcs8(kEcId + kP256, ec("")), "EC", "256"},
      {"DSA PRIVATE KEY",
       der(0x30, integer(0) + integer(1023) + integer(5) + integer(2) +
                     integer(4) + integer(3)),
       "DSA", "10"},
      {"PRIVATE KEY",
       pkcs8(der(6, "\x2b\x65\x6e"), der(4, std::string(32, 'k'))), "X25519",
       "255"},
      {"OPENSSH PRIVATE KEY", openssh("none", "abcdabcd..."), "Ed25519", "255"},
      {"RSA PRIVATE KEY", openssh("none", "abcdabcd..."), "Ed25519", "255"},
  };
  for (const Form& form : forms) {
    const std::string text = pem(form.label, form.bytes);
    INFO(text);
    for (const std::string& secret : {text, to_base64(text)}) {
      const CheckResult result = look("private-key", secret);
      CHECK(result.proof == Proof::kHolds);
      CHECK(fact_of(result, "type") == form.type);
      CHECK(fact_of(result, "bits") == form.bits);
      CHECK(fact_of(result, "encrypted") == "no");
    }
  }
}

TEST_CASE("an RSA key whose primes do not make its modulus fails", "[check]") {
  CHECK(proof_of("private-key", to_base64(rsa(kP, kQ, kP * kQ + 2))) ==
        Proof::kFails);
  CHECK(proof_of("private-key", to_base64(rsa(0, 0, 0))) == Proof::kFails);
}

TEST_CASE("a key that is cut off or scrambled fails", "[check]") {
  for (const std::string& bytes :
       {kRsa, pkcs8(kRsaId, kRsa), pkcs8(kEcId + kP256, ec(""))}) {
    for (size_t size = 1; size < bytes.size() * 7 / 10; ++size) {
      INFO(size);
      CHECK(
          proof_of("private-key", pem("PRIVATE KEY", bytes.substr(0, size))) ==
          Proof::kFails);
    }
  }
  CHECK(proof_of("private-key", pem("RSA PRIVATE KEY",
                                    Random(1).bytes(1200))) == Proof::kFails);
  CHECK(proof_of("private-key",
                 pem("OPENSSH PRIVATE KEY", openssh("none", "abcdabce..."))) ==
        Proof::kFails);
}

TEST_CASE("what is as long as it says may be a key of another form",
          "[check]") {
  const std::string other = der(0x30, Random(1).bytes(300));
  for (const std::string& bytes :
       {other, other.substr(0, 240), other + std::string(60, 'x')}) {
    const CheckResult result = look("private-key", pem("PRIVATE KEY", bytes));
    CHECK(result.proof == Proof::kUnknown);
    CHECK(result.facts.empty());
  }
  CHECK(proof_of("private-key", pem("PRIVATE KEY", other.substr(0, 220))) ==
        Proof::kFails);
}

TEST_CASE("an encrypted key says so, and neither holds nor fails", "[check]") {
  const std::string scheme = der(6, "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d");
  const std::string old =
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
      "AES-128-CBC,0011\n\nAAAA\n-----END RSA PRIVATE KEY-----";
  for (const std::string& secret :
       {pem("ENCRYPTED PRIVATE KEY",
            der(0x30, der(0x30, scheme) + der(4, "secret"))),
        old, pem("OPENSSH PRIVATE KEY", openssh("aes256-ctr", "xx"))}) {
    INFO(secret);
    const CheckResult result = look("private-key", secret);
    CHECK(result.proof == Proof::kUnknown);
    CHECK(fact_of(result, "encrypted") == "yes");
  }
  CHECK(fact_of(look("private-key", old), "type") == "RSA");
}

TEST_CASE("a PKCS #12 store is told from a key", "[check]") {
  const CheckResult result = look(
      "private-key",
      to_base64(der(0x30, der(2, "\3") + der(0x30, "safe") + der(0x30, ""))));
  CHECK(result.proof == Proof::kUnknown);
  CHECK(fact_of(result, "type") == "PKCS #12");
}

TEST_CASE("a block that was only caught in part, or of another kind, is left",
          "[check]") {
  const std::string whole = pem("RSA PRIVATE KEY", kRsa);
  CHECK(proof_of("private-key", whole.substr(0, whole.find("-----END"))) ==
        Proof::kUnknown);
  CHECK(proof_of("private-key", pem("PGP PRIVATE KEY BLOCK", "x")) ==
        Proof::kUnknown);
}

TEST_CASE("what ends an OpenSSH key holds by itself", "[check]") {
  const auto end = [](const std::string& secret) {
    return to_base64(ssh(kSshPublic) + ssh(secret));
  };
  const CheckResult result = look("openssh-key", end("abcdabcd..."));
  CHECK(result.proof == Proof::kHolds);
  CHECK(fact_of(result, "type") == "Ed25519");
  CHECK(proof_of("openssh-key", end("abcdabce...")) == Proof::kFails);
  CHECK(proof_of("openssh-key", end("abcd")) == Proof::kFails);
}

TEST_CASE("a PuTTY key holds that is a row of numbers", "[check]") {
  const std::string number = ssh(Random(2).bytes(33));
  CHECK(proof_of("putty-key", to_base64(number)) == Proof::kHolds);
  const CheckResult rsa_key =
      look("putty-key", to_base64(number + number + number + number));
  CHECK(rsa_key.proof == Proof::kHolds);
  CHECK(fact_of(rsa_key, "type") == "RSA");
  CHECK(proof_of("putty-key", to_base64(number + number)) == Proof::kFails);
  CHECK(proof_of("putty-key", to_base64(number.substr(1))) == Proof::kFails);
  CHECK(proof_of("putty-key", to_base64(ssh(""))) == Proof::kFails);
}

TEST_CASE("a key is read however the source writes it", "[check]") {
  const std::string begin = "-----BEGIN RSA PRIVATE KEY-----";
  const std::string end = "-----END RSA PRIVATE KEY-----";
  const std::string base64 = to_base64(kRsa);
  const std::string a = base64.substr(0, 40);
  const std::string b = base64.substr(40);
  for (const std::string& text : {
           begin + "\\n" + a + "\\n" + b + "\\n" + end,
           begin + "\r\n" + a + "\r\n" + b + "\r\n" + end,
           begin + "\\r\\n" + a + "\\r\\n\\\n  " + b + "\\r\\n" + end,
           begin + "\\n\" +\n    \"" + a + "\\n\" +\n    \"" + b +
               "\\n\" + \"" + end,
           begin + "\\n'\nkey += '" + a + "'\nkey += '" + b + "\\n' // b\n'" +
               end,
           begin + "\n# " + a + "\n# " + b + "\n# " + end,
           begin + "\n// " + a + "\n// " + b + "\n// " + end,
           begin + "<br/>" + a + "<br>" + b + "&#10;" + end,
       }) {
    INFO(text);
    CHECK(proof_of("private-key", text) == Proof::kHolds);
  }
}

TEST_CASE("escapes of JSON stand for what they mean", "[check]") {
  CHECK(base64_of("ab\\u002Bc\\/d\\u003d") == "ab+c/d=");
  CHECK(base64_of("ab\\n+\\ncd") == "abcd");
  CHECK(base64_of("") == "");
}

}  // namespace
}  // namespace leaksift
