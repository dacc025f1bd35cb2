#include "core/digest.h"

#include "support/catch.h"

using namespace leaksift;

TEST_CASE("bytes in base64 are those of RFC 4648", "[core][digest]") {
  CHECK(to_base64("").empty());
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foo") == "Zm9v");
  CHECK(to_base64("foob") == "Zm9vYg==");
  CHECK(to_base64("\xff\xfe\xfd") == "//79");
}
