#include "sweep/seen_objects.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>

#include "git/repository.h"
#include "support/catch.h"
#include "support/git_fixture.h"
#include "support/temp_dir.h"

namespace leaksift {
namespace {

std::vector<ObjectId> some_ids(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::set<ObjectId> ids;
  while (ids.size() < count) {
    std::string raw(id_size(HashKind::kSha1), '\0');
    for (char& byte : raw) byte = static_cast<char>(random());
    ids.emplace(raw);
  }
  return {ids.begin(), ids.end()};
}

std::string write(const TempDir& dir, const std::vector<ObjectId>& ids) {
  const auto name = SeenSegment::write(dir.path(), ids, HashKind::kSha1);
  REQUIRE(name);
  return *name;
}

bool holds(const SeenObjects& seen, const ObjectId& id) {
  return seen.holds(id.raw(HashKind::kSha1));
}

TEST_CASE("a segment holds what was written and nothing else") {
  const TempDir dir;
  const std::vector<ObjectId> ids = some_ids(1000, 1);
  const auto seen =
      SeenObjects::open(dir.path(), {write(dir, ids)}, HashKind::kSha1);
  REQUIRE(seen);
  for (const ObjectId& id : ids) REQUIRE(holds(*seen, id));
  for (const ObjectId& id : some_ids(1000, 2)) REQUIRE(!holds(*seen, id));
}

TEST_CASE("a segment takes 20 bytes for an object") {
  const TempDir dir;
  const std::string name = write(dir, some_ids(10'000, 1));
  const auto size = std::filesystem::file_size(dir / name);
  CHECK(size <= 10'000 * 20 + 100);
}

TEST_CASE("the same ids make the same file") {
  const TempDir dir;
  CHECK(write(dir, some_ids(10, 1)) == write(dir, some_ids(10, 1)));
  CHECK(write(dir, some_ids(10, 1)) != write(dir, some_ids(10, 2)));
}

TEST_CASE("merged segments hold what each of them held") {
  const TempDir dir;
  std::vector<ObjectId> a = some_ids(500, 1);
  std::vector<ObjectId> b = some_ids(700, 2);
  b.insert(b.end(), a.begin(), a.begin() + 100);
  std::sort(b.begin(), b.end());
  const auto merged =
      SeenSegment::merge(dir.path(), {write(dir, a), write(dir, b)});
  REQUIRE(merged);
  const auto segment = SeenSegment::open(dir / *merged);
  REQUIRE(segment);
  CHECK(segment->count() == 1200);
  const auto seen = SeenObjects::open(dir.path(), {*merged}, HashKind::kSha1);
  REQUIRE(seen);
  for (const ObjectId& id : a) REQUIRE(holds(*seen, id));
  for (const ObjectId& id : b) REQUIRE(holds(*seen, id));
}

TEST_CASE(
    "a damaged segment is an error and never says that it saw something") {
  const TempDir dir;
  const std::string name = write(dir, some_ids(100, 1));
  std::string bytes;
  {
    std::ifstream in(dir / name, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (const size_t at : {size_t{0}, size_t{9}, size_t{17}, size_t{25},
                          size_t{40}, bytes.size() - 1}) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    std::ofstream(dir / name, std::ios::binary) << changed;
    const Status whole = verify_segments(dir.path(), {name});
    REQUIRE(!whole);
    CHECK(whole.error().message().find(name) != std::string::npos);
    CHECK(!SeenSegment::merge(dir.path(), {name, name}));
  }
  std::ofstream(dir / name, std::ios::binary) << bytes.substr(0, 100);
  CHECK(!SeenObjects::open(dir.path(), {name}, HashKind::kSha1));
}

TEST_CASE("a segment that another machine has holds nothing here") {
  const TempDir dir;
  const auto seen =
      SeenObjects::open(dir.path(), {"0123.seen"}, HashKind::kSha1);
  REQUIRE(seen);
  CHECK(!holds(*seen, some_ids(1, 1)[0]));
}

TEST_CASE("what a store has and no segment holds is unseen") {
  const GitFixture fixture;
  for (int i = 0; i < 20; ++i) {
    fixture.write("file" + std::to_string(i), std::to_string(i));
    fixture.git({"add", "."});
    fixture.git({"commit", "-qm", "c" + std::to_string(i)});
    if (i == 10) fixture.git({"gc", "-q"});
  }
  const auto repository = open_repository(fixture.path());
  REQUIRE(repository);
  const ObjectStore store = ObjectStore::open(*repository);
  const TempDir dir;
  const auto none = SeenObjects::open(dir.path(), {}, HashKind::kSha1);
  REQUIRE(none);
  const std::vector<ObjectId> all = none->unseen_in(store);
  const auto counted = fixture.git(
      {"cat-file", "--batch-all-objects", "--batch-check=x", "--unordered"});
  CHECK(all.size() ==
        static_cast<size_t>(std::count(counted.begin(), counted.end(), 'x')));
  std::vector<ObjectId> odd;
  std::vector<ObjectId> even;
  for (size_t i = 0; i < all.size(); ++i) {
    (i % 2 == 0 ? even : odd).push_back(all[i]);
  }
  const auto half =
      SeenObjects::open(dir.path(), {write(dir, odd)}, HashKind::kSha1);
  REQUIRE(half);
  CHECK(half->unseen_in(store) == even);
}

TEST_CASE("segments are merged so that each is twice what all smaller are") {
  CHECK(segments_to_merge({}).empty());
  CHECK(segments_to_merge({5}).empty());
  CHECK(segments_to_merge({100, 10, 40}).empty());
  CHECK(segments_to_merge({100, 10, 10}) == std::vector<size_t>{1, 2});
  CHECK(segments_to_merge({1, 1, 1, 1000}) == std::vector<size_t>{0, 1, 2});
  std::vector<uint64_t> counts;
  for (uint64_t i = 0; i < 10'000; ++i) {
    counts.push_back(1 + i % 100);
    const std::vector<size_t> merge = segments_to_merge(counts);
    uint64_t sum = 0;
    std::vector<uint64_t> rest;
    for (size_t k = 0; k < counts.size(); ++k) {
      if (std::find(merge.begin(), merge.end(), k) == merge.end()) {
        rest.push_back(counts[k]);
      } else {
        sum += counts[k];
      }
    }
    if (sum != 0) rest.push_back(sum);
    counts = rest;
    REQUIRE(counts.size() <= 20);
  }
}

}  // namespace
}  // namespace leaksift
