// leaksift on its own repository, as whoever looks at it first will run it.
#include <filesystem>

#include "cli/program.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

const std::string kSources = LEAKSIFT_SOURCES;

void check_clean(const Ran& ran) {
  CAPTURE(ran.out, ran.err);
  CHECK(ran.exit_code == 0);
}

}  // namespace

TEST_CASE("our own tree has no secrets", "[cli][own]") {
  check_clean(run_program({"scan", kSources}));
}

TEST_CASE("our own tree has nothing that a pack looks for", "[cli][own]") {
  check_clean(run_program({"scan", kSources, "--pack", "pii,pci,phi,python"}));
}

// Of what is checked out: other branches answer for themselves. The history
// may be cut off, in CI, and is not there at all in a tarball.
TEST_CASE("our own history has no secrets", "[cli][own]") {
  if (!std::filesystem::exists(kSources + "/.git")) return;
  check_clean(
      run_program({"history", kSources, "--range", "HEAD", "--verify-deltas"}));
}
