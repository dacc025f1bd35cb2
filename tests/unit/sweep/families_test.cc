#include "sweep/families.h"

#include <string>

#include "git/repository.h"
#include "support/catch.h"
#include "support/git_fixture.h"

namespace leaksift {
namespace {

void commit_some(const GitFixture& fixture, const std::string& name,
                 int count) {
  for (int i = 0; i < count; ++i) {
    fixture.write(name, name + std::to_string(i));
    fixture.git({"add", "."});
    fixture.git({"commit", "-qm", name + std::to_string(i)});
  }
}

std::vector<ObjectId> sample(const std::string& path) {
  const auto repository = open_repository(path);
  REQUIRE(repository);
  return sample_of(*repository);
}

TEST_CASE("a fork is of the family of what it was forked from") {
  const GitFixture origin;
  commit_some(origin, "a", 40);
  const GitFixture stranger;
  commit_some(stranger, "b", 40);
  const std::string fork = origin.around() / "fork";
  origin.git_in("/", {"clone", "-q", origin.path(), fork});
  const GitFixture empty;
  const std::vector<std::vector<ObjectId>> samples = {
      sample(stranger.path()), sample(origin.path()), sample(empty.path()),
      sample(fork)};
  const std::vector<std::vector<size_t>> families = {{0}, {1, 3}, {2}};
  CHECK(find_families(samples) == families);
}

TEST_CASE("a sample does not depend on how objects are packed") {
  const GitFixture fixture;
  commit_some(fixture, "a", 60);
  const std::vector<ObjectId> loose = sample(fixture.path());
  CHECK(loose.size() == 64);
  fixture.git({"gc", "-q"});
  CHECK(sample(fixture.path()) == loose);
}

TEST_CASE("an empty file in common makes no family") {
  const GitFixture a;
  const GitFixture b;
  for (const GitFixture* fixture : {&a, &b}) {
    fixture->write("empty", "");
    commit_some(*fixture, fixture == &a ? "a" : "b", 2);
  }
  CHECK(find_families({sample(a.path()), sample(b.path())}).size() == 2);
}

}  // namespace
}  // namespace leaksift
