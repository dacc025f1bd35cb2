#include "core/text.h"

#include "support/catch.h"
#include "support/command.h"

using namespace leaksift;

TEST_CASE("the nearest word is asked for, if one is near", "[core][text]") {
  CHECK(did_you_mean("hisotry", {"scan", "history"}) ==
        "; did you mean 'history'?");
  CHECK(did_you_mean("SCAN", {"scan", "history"}) == "; did you mean 'scan'?");
  CHECK(did_you_mean("log", {"scan", "history"}).empty());
  CHECK(did_you_mean("log", {"scan"}, "; see --help") == "; see --help");
}

TEST_CASE("a shell takes a quoted word as it is", "[core][text]") {
  for (const std::string word :
       {"", "plain", "it's", "'", "$(id) `id` \\ \"x\" *\n\t", "-n"}) {
    const Ran ran =
        run_command({"sh", "-c", "printf '<%s>' " + shell_word(word)}, "/");
    CHECK(ran.out == "<" + word + ">");
  }
}
