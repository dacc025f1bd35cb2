#include "core/text.h"

#include "support/catch.h"

using namespace leaksift;

TEST_CASE("the nearest word is asked for, if one is near", "[core][text]") {
  CHECK(did_you_mean("hisotry", {"scan", "history"}) ==
        "; did you mean 'history'?");
  CHECK(did_you_mean("SCAN", {"scan", "history"}) == "; did you mean 'scan'?");
  CHECK(did_you_mean("log", {"scan", "history"}).empty());
  CHECK(did_you_mean("log", {"scan"}, "; see --help") == "; see --help");
}
