#include "findings/fingerprint.h"

#include "support/catch.h"

using namespace leaksift;

namespace {

Occurrence at(const std::string& path, uint32_t line,
              const std::string& blob = "") {
  Occurrence occurrence;
  occurrence.path = path;
  occurrence.begin = {line, 1};
  occurrence.blob = blob;
  return occurrence;
}

}  // namespace

TEST_CASE("a fingerprint is the same in every version of leaksift",
          "[findings][fingerprint]") {
  // HMAC-SHA256("leaksift fingerprint 1", "acme-token\0fake-secret").
  CHECK(fingerprint_of("acme-token", Secret("fake-secret")) ==
        "4fb7e1fe778d7437b83552857e4d6b7f");
}

TEST_CASE("a fingerprint tells rules and secrets apart",
          "[findings][fingerprint]") {
  const std::string one = fingerprint_of("rule", Secret("secret"));
  CHECK(is_fingerprint(one));
  CHECK(one != fingerprint_of("rule", Secret("Secret")));
  CHECK(one != fingerprint_of("rule2", Secret("secret")));
  CHECK(fingerprint_of("ab", Secret("c")) != fingerprint_of("a", Secret("bc")));
}

TEST_CASE("an occurrence keeps its id when lines move and files change",
          "[findings][fingerprint]") {
  const std::string id = occurrence_id("f", at("a/b.env", 3, "11"), 0);
  CHECK(is_fingerprint(id));
  CHECK(id == occurrence_id("f", at("a/b.env", 90, "22"), 0));
  CHECK(id == occurrence_id("f", at("a/b.env", 3), 0));
}

TEST_CASE("an occurrence's id tells secrets, paths and repeats apart",
          "[findings][fingerprint]") {
  const std::string id = occurrence_id("f", at("a", 1), 0);
  CHECK(id != occurrence_id("g", at("a", 1), 0));
  CHECK(id != occurrence_id("f", at("b", 1), 0));
  CHECK(id != occurrence_id("f", at("a", 1), 1));
  // A file may be called like an object.
  CHECK(occurrence_id("f", at("", 1, "abc"), 0) !=
        occurrence_id("f", at("abc", 1), 0));
  CHECK(occurrence_id("f", at("", 1, "abc"), 0) !=
        occurrence_id("f", at("", 1, "abd"), 0));
}

TEST_CASE("only 32 lower-case hexadecimal digits are a fingerprint",
          "[findings][fingerprint]") {
  CHECK(is_fingerprint("0123456789abcdef0123456789abcdef"));
  CHECK_FALSE(is_fingerprint("0123456789ABCDEF0123456789ABCDEF"));
  CHECK_FALSE(is_fingerprint("0123456789abcdef0123456789abcde"));
  CHECK_FALSE(is_fingerprint("g123456789abcdef0123456789abcdef"));
  CHECK_FALSE(is_fingerprint(""));
}
