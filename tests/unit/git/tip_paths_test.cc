#include "git/tip_paths.h"

#include <map>
#include <string>

#include "git/repository.h"
#include "support/catch.h"
#include "support/git_fixture.h"

namespace leaksift {
namespace {

ObjectId id_at(const GitFixture& fixture, const std::string& spec) {
  const std::string hex = fixture.git({"rev-parse", spec});
  return ObjectId::from_hex(hex.substr(0, 40)).value();
}

TEST_CASE("a path stands in a tree where git says that it does") {
  const GitFixture fixture;
  fixture.write("a", "1");
  fixture.write("d/e/f", "2");
  fixture.write("d/g", "3");
  fixture.git({"add", "."});
  fixture.git({"commit", "-qm", "first"});
  fixture.write("d/e/f", "4");
  fixture.git({"rm", "-q", "a"});
  fixture.git({"add", "."});
  fixture.git({"commit", "-qm", "second"});
  const auto repository = open_repository(fixture.path());
  REQUIRE(repository);
  const ObjectStore store = ObjectStore::open(*repository);
  ObjectReader reader(store, 1 << 20, 1 << 20);
  for (const std::string commit : {"HEAD", "HEAD~1"}) {
    TipPaths paths(reader, HashKind::kSha1);
    std::map<size_t, bool> wanted;
    auto add = [&](const std::string& path, const std::string& object,
                   bool stands) {
      wanted[paths.add(path, id_at(fixture, object))] = stands;
    };
    const bool second = commit == "HEAD";
    add("a", "HEAD~1:a", !second);
    add("d/e/f", "HEAD:d/e/f", second);
    add("d/e/f", "HEAD~1:d/e/f", !second);
    add("d/g", "HEAD:d/g", true);
    add("d/e", "HEAD:d/e", second);
    add("g", "HEAD:d/g", false);
    add("d/g/h", "HEAD:d/g", false);
    paths.look(id_at(fixture, commit + "^{tree}"));
    for (const auto& [number, stands] : wanted) {
      INFO(commit << " " << number);
      CHECK(paths.stands(number) == stands);
    }
  }
}

TEST_CASE("a path with a mask stands where the masked name does") {
  const GitFixture fixture;
  fixture.write("keys/id-1234567890abcdef.txt", "1");
  fixture.git({"add", "."});
  fixture.git({"commit", "-qm", "first"});
  const auto repository = open_repository(fixture.path());
  REQUIRE(repository);
  const ObjectStore store = ObjectStore::open(*repository);
  ObjectReader reader(store, 1 << 20, 1 << 20);
  TipPaths paths(reader, HashKind::kSha1);
  const ObjectId blob = id_at(fixture, "HEAD:keys/id-1234567890abcdef.txt");
  const size_t same = paths.add("keys/id-1234****.txt", blob);
  const size_t other_end = paths.add("keys/id-1234****.pem", blob);
  const size_t other_blob =
      paths.add("keys/id-1234****.txt", id_at(fixture, "HEAD"));
  paths.look(id_at(fixture, "HEAD^{tree}"));
  CHECK(paths.stands(same));
  CHECK(!paths.stands(other_end));
  CHECK(!paths.stands(other_blob));
}

}  // namespace
}  // namespace leaksift
