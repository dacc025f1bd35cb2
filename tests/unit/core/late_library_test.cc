#include "core/late_library.h"

#include <cstdlib>

#include "support/catch.h"

namespace leaksift {
namespace {

TEST_CASE("a function is found in a library that is there",
          "[core][late_library]") {
  const LateLibrary library("libc.so.6");
  int (*absolute)(int) = nullptr;
  REQUIRE(library.find("abs", absolute));
  CHECK(absolute(-3) == 3);
}

TEST_CASE("what is not there is told, and is null", "[core][late_library]") {
  int (*absolute)(int) = &::abs;
  CHECK_FALSE(LateLibrary("libc.so.6").find("no_such_function", absolute));
  CHECK(absolute == nullptr);
  CHECK_FALSE(LateLibrary("libno-such.so.1").find("abs", absolute));
  CHECK(absolute == nullptr);
}

}  // namespace
}  // namespace leaksift
