#include "check/checksum.h"
#include "core/digest.h"
#include "core/text.h"
#include "support/random.h"
#include "unit/check/look.h"

namespace leaksift {
namespace {

TEST_CASE("checksums are those of their publishers", "[check]") {
  // The "check" values of the catalogue of parametrised CRC algorithms.
  CHECK(crc32("123456789") == 0xcbf43926);
  CHECK(crc16("123456789") == 0x31c3);
  // SymCrypt, lib/marvin32.c: its halves there are 22c74339 and 492769bf.
  CHECK(marvin32("abc", 0xd53cd9cecd0893b7) == (0x22c74339 ^ 0x492769bf));
  // The same with whole words, from microsoft/security-utilities.
  CHECK(marvin32("abcdefghijklmnopqrstuvwxyz", 0xddddeeeeffff000) ==
        (0xa128eb7e ^ 0x7260aca2));
}

TEST_CASE("numbers are written with so many digits at least", "[check]") {
  CHECK(in_base(kBase62, 0, 6) == "000000");
  CHECK(in_base(kBase62, 61, 1) == "z");
  CHECK(in_base(kBase62, 62, 1) == "10");
  CHECK(in_base(kBase36, 0xffffffff, 7) == "1z141z3");
  CHECK(in_upper_hex(0xabcdef) == "00ABCDEF");
  CHECK(little_endian(0x01020304) == "\x04\x03\x02\x01");
}

TEST_CASE("base32 is that of RFC 4648", "[check]") {
  CHECK(from_base32("MZXW6YTBOI") == "foobar");
  CHECK(from_base32("MZXW6YQ") == "foob");
  CHECK(from_base32("mzxw").empty());
  CHECK(from_base32("MZX1").empty());
}

TEST_CASE("a GitHub token with one character changed fails", "[check]") {
  // A sample of TruffleHog's tests.
  holds_only_for("crc32-base62",
                 "ghp_"
                 "IwdMx9WFWRRfMhTYiaVjZ78Jfuamvn0YWRM0",
                 4);
  Random random(1);
  for (const char* prefix : {"gho_", "ghu_", "ghs_"}) {
    const std::string body = random.text(30, kBase62);
    holds_only_for("crc32-base62",
                   prefix + body + in_base(kBase62, crc32(body), 6), 4);
  }
}

TEST_CASE("npm's and Vercel's tokens have the checksum of GitHub's",
          "[check]") {
  // A sample of CredSweeper's tests.
  holds_only_for("crc32-base62",
                 "npm_"
                 "Alm0StFaK3t0kEN8uTval1DcRC32dc1Bscp5",
                 4);
  const std::string body = Random(2).text(50, kBase62);
  holds_only_for("crc32-base62",
                 "vcp_" + body + in_base(kBase62, crc32(body), 6), 4);
}

TEST_CASE("a Cloudflare token ends with the checksum of its body", "[check]") {
  // A sample of TruffleHog's tests.
  holds_only_for("crc32-hex",
                 "cfut_"
                 "ZE4CrcFhEIDXk9vL2sTLeARsFp2ZZYbydVDhhIUq8573bbfe",
                 5);
}

TEST_CASE("the underscore before a checksum belongs to neither side",
          "[check]") {
  const std::string body = Random(3).text(32, kBase36);
  const std::string sum = ascii_lower(in_upper_hex(crc32(body)));
  holds_only_for("crc32-hex", "zpka_" + body + sum, 5);
  CHECK(proof_of("crc32-hex", "zpka_" + body + "_" + sum) == Proof::kHolds);
}

TEST_CASE("an Atlassian token ends with the checksum of all before it",
          "[check]") {
  Random random(4);
  for (const char* prefix : {"ATATT3xFfGF0", "ATCTT3xFfGN0"}) {
    const std::string body = prefix + random.text(171, kBase62) + "=";
    holds_only_for("atlassian", body + in_upper_hex(crc32(body)), 0);
  }
  // A sample of CredSweeper's tests.
  holds_only_for("atlassian",
                 "ATBB"
                 "cCe6fczW96Vzwgvb4r8F2gZS54D591C4",
                 0);
}

TEST_CASE("a Grafana token with one character changed fails", "[check]") {
  // Grafana's own test of its generator, and a sample of CredSweeper's.
  for (const char* body : {"yscW25imSKJIuav8z"
                           "F37RZmnbiDvB05G_fcaaf58a",
                           "ThisI5NtTheTok3nYou8reLo0k1ngF0r_0a2a3df7"}) {
    const std::string secret = std::string("glsa_") + body;
    CHECK(proof_of("grafana", secret) == Proof::kHolds);
    for (size_t i = 5; i < secret.size(); ++i) {
      if (secret[i] == '_') continue;
      CHECK(proof_of("grafana", changed(secret, i)) == Proof::kFails);
    }
  }
}

// As GitLab's generator (lib/authn/token_field/generator/routable_token.rb).
std::string routable(const std::string& prefix, bool with_version) {
  const std::string payload = "o:1\nu:2y";
  std::string text =
      to_base64(Random(5).bytes(16) + payload + static_cast<char>(8));
  text.resize(text.find_last_not_of('=') + 1);
  const std::string size = in_base(kBase36, text.size(), 2);
  const std::string body = prefix + text + (with_version ? ".01." : ".") + size;
  return body + in_base(kBase36, crc32(body), 7);
}

TEST_CASE("a routable GitLab token with one character changed fails",
          "[check]") {
  for (const bool with_version : {true, false}) {
    for (const char* prefix : {"glpat-", "glrt-t1_"}) {
      const std::string token = routable(prefix, with_version);
      INFO(token);
      CHECK(proof_of("gitlab", token) == Proof::kHolds);
      CHECK(proof_of("gitlab", changed(token, 9)) == Proof::kFails);
      CHECK(proof_of("gitlab", changed(token, token.size() - 1)) ==
            Proof::kFails);
    }
  }
}

TEST_CASE("an older token without a checksum neither holds nor fails",
          "[check]") {
  CHECK(proof_of("gitlab", "glpat-" + Random(6).text(20, kBase62)) ==
        Proof::kUnknown);
  CHECK(proof_of("confluent", Random(6).text(64, kBase62)) == Proof::kUnknown);
}

TEST_CASE("a Confluent secret ends with the checksum of its body", "[check]") {
  const std::string body = Random(7).text(54, kBase62);
  const std::string sum = to_base64(little_endian(crc32(body)));
  holds_only_for("confluent", "cflt" + body + sum.substr(0, 6), 4);
}

TEST_CASE("NATS and Stellar seeds carry a checksum", "[check]") {
  // NATS' documentation of nkeys; Stellar's of its SDKs.
  holds_only_for("base32-crc16",
                 "SUACSSL3UAHUDXKFSNVUZRF5UHPM"
                 "WZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY",
                 1);
  holds_only_for("base32-crc16",
                 "SCZANGBA5YHTNYVVV4C3U252E2B6"
                 "P6F5T3U6MM63WBSBZATAQI3EBTQ4",
                 1);
}

TEST_CASE("an AWS key id tells the account", "[check]") {
  // Tal Be'ery, "A short note on AWS KEY ID" (2023).
  const CheckResult result = look("aws-key-id",
                                  "ASIA"
                                  "QNZGKIQY56JQ7WML");
  CHECK(result.proof == Proof::kUnknown);
  CHECK(fact_of(result, "account") == "029608264753");
}

TEST_CASE("an AWS key id of an impossible account fails", "[check]") {
  CHECK(proof_of("aws-key-id", "AKIA7777777777777777") == Proof::kFails);
}

TEST_CASE("an AWS key id of the time before 2018 tells nothing", "[check]") {
  const CheckResult result = look("aws-key-id", "AKIAIOSFODNN7EXAMPLE");
  CHECK(result.proof == Proof::kUnknown);
  CHECK(result.facts.empty());
}

}  // namespace
}  // namespace leaksift
