#include "hook/slots.h"

#include <signal.h>

#include <chrono>
#include <filesystem>

#include "support/catch.h"
#include "support/processes.h"
#include "support/temp_dir.h"

using namespace leaksift;
using namespace std::chrono_literals;

namespace {

std::optional<FileHandle> slot_in(const TempDir& dir, uint32_t count,
                                  std::chrono::milliseconds patience = 0ms) {
  auto slot = take_slot(dir / "state", count,
                        std::chrono::steady_clock::now() + patience);
  REQUIRE(slot);
  return *std::move(slot);
}

}  // namespace

TEST_CASE("there are as many slots as were asked for", "[hook][slots]") {
  const TempDir dir;
  std::optional<FileHandle> first = slot_in(dir, 2);
  const std::optional<FileHandle> second = slot_in(dir, 2);
  REQUIRE(first);
  REQUIRE(second);
  CHECK_FALSE(slot_in(dir, 2, 20ms));
  CHECK(slot_in(dir, 3));
  first.reset();
  CHECK(slot_in(dir, 2));
}

TEST_CASE("whoever waits gets the slot of who dies", "[hook][slots]") {
  const TempDir dir;
  const pid_t holder = in_process([&] {
    const std::optional<FileHandle> slot = slot_in(dir, 1);
    dir.write("taken", "");
    ::pause();
    return true;
  });
  while (!std::filesystem::exists(dir / "taken")) ::usleep(1000);
  CHECK_FALSE(slot_in(dir, 1));
  ::kill(holder, SIGKILL);
  CHECK(slot_in(dir, 1, 5s));
  wait_for(holder);
}

TEST_CASE("a slot that cannot be opened is an error", "[hook][slots]") {
  const TempDir dir;
  dir.write("state/slot.1/in", "a folder in the way");
  const auto slot =
      take_slot(dir / "state", 1, std::chrono::steady_clock::now());
  REQUIRE_FALSE(slot);
  CHECK_THAT(slot.error().message(), Catch::Contains("slot.1"));
}
