#include "core/digest.h"

#include "support/catch.h"

using namespace leaksift;

TEST_CASE("hexadecimal is read in either case, and nothing else is",
          "[core][digest]") {
  constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
  // Of each length up to that of two ids, so that what is read eight at a time
  // and what is left over are both met.
  for (size_t length = 0; length <= 128; length += 2) {
    std::string hex;
    std::string bytes;
    for (size_t i = 0; i < length; ++i) {
      hex += kDigits[(i * 7 + length) % kDigits.size()];
    }
    for (size_t i = 0; i < length; i += 2) {
      bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    CAPTURE(hex);
    CHECK(from_hex(hex) == bytes);
    std::vector<char> out(length / 2);
    for (size_t at = 0; at < length; ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string other = hex;
        other[at] = static_cast<char>(c);
        const bool digit = kDigits.find(other[at]) != kDigits.npos;
        if (decode_hex(other, out.data()) != digit) {
          FAIL("byte " << c << " at " << at);
        }
      }
    }
    CHECK_FALSE(decode_hex(hex + "0", out.data()));
  }
}

TEST_CASE("bytes in base64 are those of RFC 4648", "[core][digest]") {
  CHECK(to_base64("").empty());
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foo") == "Zm9v");
  CHECK(to_base64("foob") == "Zm9vYg==");
  CHECK(to_base64("\xff\xfe\xfd") == "//79");
}

TEST_CASE("base64 of either alphabet is read, padded or not",
          "[core][digest]") {
  CHECK(from_base64("Zg==") == "f");
  CHECK(from_base64("Zg") == "f");
  CHECK(from_base64("Zm8=") == "fo");
  CHECK(from_base64("Zm9v") == "foo");
  CHECK(from_base64("//79") == "\xff\xfe\xfd");
  CHECK(from_base64("__79") == "\xff\xfe\xfd");
  const std::string all = [] {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    return bytes;
  }();
  CHECK(from_base64(to_base64(all)) == all);
}

TEST_CASE("what is no base64 is not read", "[core][digest]") {
  for (const char* text : {"", "=", "==", "Z", "Zm9vY", "Zg===", "Zm 9v",
                           "Zm9v\n", "Z=g=", "Zm9v!"}) {
    INFO(text);
    CHECK(from_base64(text).empty());
  }
}

TEST_CASE("digests are those of their standards", "[core][digest]") {
  // FIPS 180-2, appendix B.1; RFC 4231, test case 2.
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(hmac_sha512("Jefe", "what do ya want for nothing?")) ==
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  // RFC 4231, test case 6: a key that is longer than a block.
  const std::string key(131, '\xaa');
  const std::string message =
      "Test Using Larger Than Block-Size Key - Hash Key First";
  CHECK(to_hex(hmac_sha256(key, message)) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(to_hex(hmac_sha512(key, message)) ==
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
        "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}
