#include "check/checksum.h"
#include "core/digest.h"
#include "support/random.h"
#include "unit/check/look.h"

namespace leaksift {
namespace {

uint64_t seed_of(std::string_view text) {
  uint64_t seed = 0;
  for (const char c : text) seed = seed << 8 | static_cast<unsigned char>(c);
  return seed;
}

// As microsoft/security-utilities makes them: `size` random bytes, the
// signature before the last six digits, and there the checksum.
std::string azure_key(size_t size, const std::string& signature,
                      std::string_view seed, Random& random) {
  std::string text = to_base64(random.bytes(size));
  const size_t digits = text.find_last_not_of('=') + 1;
  text.replace(digits - 10, 4, signature);
  std::string bytes = from_base64(text);
  // The signature ends inside a byte: the checksum takes the rest of it.
  bytes.resize(size - 4);
  bytes += little_endian(marvin32(bytes, seed_of(seed)));
  return to_base64(bytes);
}

TEST_CASE("an Azure storage key with one character changed fails", "[check]") {
  Random random(1);
  const std::string key = azure_key(64, "+ASt", "Default0", random);
  REQUIRE(key.substr(76, 4) == "+ASt");
  CHECK(proof_of("azure-key", key) == Proof::kHolds);
  for (size_t i = 0; i < 85; ++i) {
    if (i >= 76 && i < 80) continue;
    INFO(i << " " << key);
    CHECK(proof_of("azure-key", changed(key, i)) == Proof::kFails);
  }
}

TEST_CASE("every service has its own seeds", "[check]") {
  Random random(2);
  for (const char* seed : {"MastRW00", "MastRO00"}) {
    CHECK(proof_of("azure-key", azure_key(64, "ACDb", seed, random)) ==
          Proof::kHolds);
  }
  CHECK(proof_of("azure-key", azure_key(64, "ACDb", "Default0", random)) ==
        Proof::kFails);
  CHECK(proof_of("azure-key", azure_key(32, "AIoT", "DpsKey00", random)) ==
        Proof::kHolds);
  CHECK(proof_of("azure-key", azure_key(39, "+ACR", "ACRDflt0", random)) ==
        Proof::kHolds);
  CHECK(proof_of("azure-key", azure_key(40, "AzFu", "Functi00", random)) ==
        Proof::kHolds);
}

TEST_CASE("a key of a service whose checksum nobody confirmed does not fail",
          "[check]") {
  Random random(3);
  CHECK(proof_of("azure-key", azure_key(32, "AzCa", "Access00", random)) ==
        Proof::kHolds);
  CHECK(proof_of("azure-key", azure_key(32, "AzCa", "Unknown0", random)) ==
        Proof::kUnknown);
}

TEST_CASE("a key without a known signature neither holds nor fails",
          "[check]") {
  CHECK(proof_of("azure-key", to_base64(Random(4).bytes(64))) ==
        Proof::kUnknown);
  CHECK(proof_of("azure-key", "") == Proof::kUnknown);
}

TEST_CASE("an annotated key has its checksum in base64 or in base62",
          "[check]") {
  const std::string body =
      std::string(52, 'A') + "JQQJ99AGAAAAAAAAAAAAAAAAABCD";
  // A key of microsoft/security-utilities' benchmarks.
  CHECK(proof_of("azure-annotated-key", body + "TZJ9JA==") == Proof::kHolds);
  CHECK(proof_of("azure-annotated-key", body + "TZJ9") == Proof::kHolds);
  const uint32_t sum = marvin32(from_base64(body), seed_of("Default0"));
  const std::string as_base62 = in_base(kBase62, __builtin_bswap32(sum), 0);
  CHECK(proof_of("azure-annotated-key", body + as_base62.substr(0, 4)) ==
        Proof::kHolds);
  CHECK(proof_of("azure-annotated-key", body + "TZJA") == Proof::kFails);
  CHECK(proof_of("azure-annotated-key", changed(body, 3) + "TZJ9") ==
        Proof::kFails);
  CHECK(proof_of("azure-annotated-key", body) == Proof::kUnknown);
}

}  // namespace
}  // namespace leaksift
