#include "hook/careful_name.h"

#include "support/catch.h"

using namespace leaksift;

TEST_CASE("names of words and short numbers stay as they are",
          "[hook][careful]") {
  for (const char* name :
       {"refs/heads/main", "refs/heads/feature/ABC-1234_fix.login", "",
        "refs/tags/v2.40.1-rc2", "refs/heads/2026-11-24", "/", "a//b"}) {
    CHECK(careful_name(name) == name);
  }
}

TEST_CASE("what may be a secret is taken out of a name", "[hook][careful]") {
  CHECK(careful_name("refs/heads/fix-ab12cd34") == "refs/heads/fix-***");
  CHECK(careful_name("refs/heads/password=hunter") == "refs/heads/***");
  CHECK(careful_name("refs/heads/AbCdEfGhIjKlMnOpQr") == "refs/heads/***");
  CHECK(careful_name("refs/heads/4111-1111-1111-1111") ==
        "refs/heads/***-***-***-***");
  CHECK(careful_name("refs/heads/" + std::string(9, '1')) == "refs/heads/***");
  CHECK(careful_name("refs/heads/p\xc3\xa4ss") == "refs/heads/***");
  CHECK(careful_name("it is not a1b2c3d4e5") == "it is not ***");
}
