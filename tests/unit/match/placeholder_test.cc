#include "match/placeholder.h"

#include "support/catch.h"
#include "support/random.h"

using namespace leaksift;

TEST_CASE("what documentation puts in a secret's place is a placeholder",
          "[match][placeholder]") {
  for (const std::string text : {"AKIAIOSFODNN7EXAMPLE",
                                 "your_token_here",
                                 "YOUR-API-KEY",
                                 "xxxxxxxxxxxxxxxx",
                                 "changeme",
                                 "<token>",
                                 "${TOKEN}",
                                 "{{ token }}",
                                 "$(get-token)",
                                 "#{token}",
                                 "%(token)s",
                                 "%TOKEN%",
                                 "sk_test_*****",
                                 "abcdefghijklmnop",
                                 "1234567890abcdef",
                                 "ghp_00000000000000000000",
                                 "ababababababab",
                                 "insert-token",
                                 "sk-.....",
                                 "***REMOVED***",
                                 "***REMOVED-0123456789ab***"}) {
    INFO(text);
    CHECK(is_placeholder(text));
  }
}

TEST_CASE("nothing but words for passwords and counting is a placeholder",
          "[match][placeholder]") {
  for (const std::string text :
       {"test", "MySecret", "test-pass123", "admin1", "proxypassword", "key1",
        "hunter42", "123456", "567890", "abc123", "Password123!",
        "db_user:pass"}) {
    INFO(text);
    CHECK(is_placeholder(text));
  }
}

TEST_CASE("what was cut off, and runs of one character, are placeholders",
          "[match][placeholder]") {
  CHECK(is_placeholder("ops_eyJhbGciOiJFUzI1NiJ9..."));
  CHECK(is_placeholder("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.signature"));
  CHECK(is_placeholder("xoxc-888888888888-999999999999-fffffffffffffff0a1"));
  CHECK_FALSE(is_placeholder("k00000000-4f8b2c7d9e1a-3b5c7d9e0f2a-1a2b3c"));
}

TEST_CASE("weak passwords that somebody chose are no placeholders",
          "[match][placeholder]") {
  for (const std::string text :
       {"admin739", "P@ssw0rd", "testament", "acme-test", "password-of-ann",
        "19750412", "Tr0ub4dor", "pass 7x", "!?"}) {
    INFO(text);
    CHECK_FALSE(is_placeholder(text));
  }
}

TEST_CASE("what an RFC prints is a placeholder, what resembles it is none",
          "[match][placeholder]") {
  CHECK(is_placeholder("mF_9.B5f-4.1JqM"));
  CHECK_FALSE(is_placeholder("mF_9.B5f-4.1JqN"));
}

TEST_CASE("what is half one character is a placeholder",
          "[match][placeholder]") {
  CHECK(is_placeholder("MIIE\nXXXXXXXX\nXXXXXXXX\nq7Rt"));
  CHECK_FALSE(is_placeholder("MIIE\nXXXX9wK2\nXXXXb3Lm\nq7Rt"));
}

TEST_CASE("what only looks a little like a placeholder is none",
          "[match][placeholder]") {
  for (const std::string text :
       {"", "a", "<>", "${}", "%%", "${ACME", "aaaa", "xxxx", "1234", "135792",
        "100% sure%", "AKIA0000000Q7RT2ZWBM5KD9"}) {
    INFO(text);
    CHECK_FALSE(is_placeholder(text));
  }
}

TEST_CASE("random secrets are no placeholders", "[match][placeholder]") {
  Random random(1);
  const std::string_view base64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  int placeholders = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string hex = random.text(32, "0123456789abcdef");
    const std::string token = random.text(random.between(16, 60), base64);
    if (is_placeholder(hex) || is_placeholder(token)) ++placeholders;
  }
  CHECK(placeholders <= 2);
}

TEST_CASE("in a long key block words turn up by chance",
          "[match][placeholder]") {
  const std::string key =
      Random(2).text(1000, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
  CHECK(is_placeholder(key.substr(0, 200) + "EXAMPLE"));
  CHECK_FALSE(is_placeholder(key + "EXAMPLE"));
  CHECK(is_placeholder(key.substr(0, 100) + std::string(200, '0')));
}

TEST_CASE("a number that only counts is a specimen, one that repeats is not",
          "[match][placeholder]") {
  for (const std::string text :
       {"12345678Z", "123-456-782", "756.1234.5678.97", "111222333",
        "111.444.777-35", "123-456-32-18"}) {
    INFO(text);
    CHECK(is_specimen(text));
  }
  for (const std::string text :
       {"888-999-80-53", "666789666", "2762 77977 7", "04.30.27-777.94"}) {
    INFO(text);
    CHECK_FALSE(is_specimen(text));
  }
}
