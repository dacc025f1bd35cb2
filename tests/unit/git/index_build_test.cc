#include "git/index_build.h"

#include <filesystem>

#include "support/catch.h"
#include "support/git/object_oracle.h"
#include "support/git/pack_writer.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

constexpr uint64_t kMax = uint64_t{1} << 30;

// The repository that holds nothing.
struct Nothing {
  GitFixture repo;
  ObjectStore store = ObjectStore::open(*open_repository(repo.path()));
};

BuiltIndex build(const TempDir& dir, const PackWriter& writer,
                 const ObjectStore& others, uint64_t max_bytes = kMax) {
  dir.write("x.pack", writer.pack());
  const auto pack = Pack::open_unindexed(dir / "x.pack", 0, HashKind::kSha1);
  REQUIRE(pack);
  return build_index(*pack, others, max_bytes);
}

}  // namespace

TEST_CASE("a built index is the one that git makes", "[git][index_build]") {
  const std::string hash = GENERATE("sha1", "sha256");
  const HashKind kind = hash == "sha1" ? HashKind::kSha1 : HashKind::kSha256;
  const GitFixture repo({"--object-format=" + hash});
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += "line " + std::to_string(i * 7919) + "\n";
    repo.write("file", text);
    repo.write("folder/" + std::to_string(i % 7), text.substr(text.size() / 2));
    repo.git({"add", "."});
    repo.git({"commit", "-q", "-m", std::to_string(i)});
  }
  const std::string by_offset = GENERATE("true", "false");
  repo.git({"-c", "repack.usedeltabaseoffset=" + by_offset, "repack", "-q",
            "-adf", "--depth=40"});
  const ObjectStore store = ObjectStore::open(*open_repository(repo.path()));
  REQUIRE(store.packs().size() == 1);
  const Pack& by_git = store.packs()[0];
  const auto pack = Pack::open_unindexed(by_git.path(), 0, kind);
  REQUIRE(pack);
  const Nothing nothing;
  const BuiltIndex built = build_index(*pack, nothing.store, kMax);
  CHECK(built.problems.empty());
  REQUIRE(built.index.count() == by_git.index().count());
  for (uint32_t i = 0; i < built.index.count(); ++i) {
    REQUIRE(built.index.id(i) == by_git.index().id(i));
    REQUIRE(built.index.offset(i) == by_git.index().offset(i));
    REQUIRE(built.index.find(built.index.raw_id(i)) == i);
  }
}

TEST_CASE("offsets behind two gigabytes have a place in a built index",
          "[git][index_build]") {
  const ObjectId a = id_of(ObjectType::kBlob, "a");
  const ObjectId b = id_of(ObjectType::kBlob, "b");
  const ObjectId c = id_of(ObjectType::kBlob, "c");
  const PackIndex index = PackIndex::of(
      {{a, uint64_t{5} << 30}, {b, 12}, {c, uint64_t{1} << 31}, {b, 4}},
      HashKind::kSha1);
  REQUIRE(index.count() == 3);
  auto offset = [&](const ObjectId& id) {
    const auto at = index.find(id.raw(HashKind::kSha1));
    REQUIRE(at);
    return index.offset(*at);
  };
  CHECK(offset(a) == uint64_t{5} << 30);
  CHECK(offset(b) == 4);
  CHECK(offset(c) == uint64_t{1} << 31);
}

TEST_CASE("a delta may come before its base, and name it by id",
          "[git][index_build]") {
  const Nothing nothing;
  const TempDir dir;
  const std::string base = "the base of it all";
  const std::string middle = base + ", and more";
  const std::string top = middle + " and more";
  PackWriter writer;
  const ObjectId top_id = id_of(ObjectType::kBlob, top);
  writer.add_id_delta(top_id, id_of(ObjectType::kBlob, middle),
                      simple_delta(middle, top));
  writer.add_id_delta(id_of(ObjectType::kBlob, middle),
                      id_of(ObjectType::kBlob, base),
                      simple_delta(base, middle));
  writer.add(ObjectType::kBlob, base);
  const BuiltIndex built = build(dir, writer, nothing.store);
  CHECK(built.problems.empty());
  CHECK(built.index.count() == 3);
  CHECK(built.index.find(top_id.raw(HashKind::kSha1)));
}

TEST_CASE("bases of a thin pack come out of the repository; others are named",
          "[git][index_build]") {
  const Nothing other;
  const std::string base = "a base that only the other repository has";
  other.repo.git({"hash-object", "-w", "--stdin"}, base);
  const ObjectStore store =
      ObjectStore::open(*open_repository(other.repo.path()));
  const TempDir dir;
  const ObjectId base_id = id_of(ObjectType::kBlob, base);
  const ObjectId one = id_of(ObjectType::kBlob, base + "1");
  PackWriter writer;
  const uint64_t at =
      writer.add_id_delta(one, base_id, simple_delta(base, base + "1"));
  writer.add_offset_delta(id_of(ObjectType::kBlob, base + "12"), at,
                          simple_delta(base + "1", base + "12"));
  CHECK(build(dir, writer, store).index.count() == 2);
  CHECK(build(dir, writer, store).problems.empty());

  const BuiltIndex without = build(dir, writer, other.store);
  CHECK(without.index.count() == 0);
  REQUIRE(without.problems.size() == 1);
  CHECK(without.problems[0].reason == SkipReason::kMissingObject);
  CHECK(without.problems[0].name == base_id.hex(HashKind::kSha1));
  CHECK(without.problems[0].detail.starts_with("the base of 2 objects"));
}

// Within a test's patience only if the deltas are not gone through for each.
TEST_CASE("many copies of a base of many deltas are indexed soon",
          "[git][index_build]") {
  constexpr int kCount = 40'000;
  const Nothing nothing;
  const TempDir dir;
  PackWriter writer;
  const ObjectId base = id_of(ObjectType::kBlob, "base");
  for (int i = 0; i < kCount; ++i) {
    writer.add(ObjectType::kBlob, "base");
    const std::string made = std::to_string(i);
    writer.add_id_delta(id_of(ObjectType::kBlob, made), base,
                        simple_delta("base", made));
  }
  const BuiltIndex built = build(dir, writer, nothing.store);
  CHECK(built.index.count() == kCount + 1);
  CHECK(built.problems.empty());
}

TEST_CASE("deltas in a circle, bombs and lies are named",
          "[git][index_build]") {
  const Nothing nothing;
  const TempDir dir;
  const ObjectId a = id_of(ObjectType::kBlob, "a");
  const ObjectId b = id_of(ObjectType::kBlob, "b");
  PackWriter writer;
  SECTION("in a circle") {
    writer.add_id_delta(a, b, simple_delta("b", "a"));
    writer.add_id_delta(b, a, simple_delta("a", "b"));
  }
  SECTION("a result beyond all measure") {
    const uint64_t at = writer.add(ObjectType::kBlob, "x");
    std::string bomb = delta_header(1, uint64_t{5} << 30);
    for (int i = 0; i < 2000; ++i) bomb += copy_op(0, 1);
    writer.add_offset_delta(a, at, bomb);
  }
  SECTION("for another base") {
    const uint64_t at = writer.add(ObjectType::kBlob, "x");
    writer.add_offset_delta(a, at, simple_delta("longer than it is", "y"));
  }
  SECTION("a base that begins nowhere") {
    const uint64_t at = writer.add(ObjectType::kBlob, "x");
    writer.add_offset_delta(a, at + 1, simple_delta("x", "y"));
  }
  SECTION("a size that is not the stream's") {
    writer.add_entry(a, PackWriter::entry_header(3, 7), "six ch");
  }
  SECTION("a type that is none") {
    writer.add_entry(a, PackWriter::entry_header(5, 3), "abc");
  }
  const BuiltIndex built = build(dir, writer, nothing.store, 1000);
  CHECK(!built.problems.empty());
  CHECK(built.index.count() <= 1);
}

TEST_CASE("objects over the limit are indexed by way of files",
          "[git][index_build]") {
  const Nothing nothing;
  const TempDir dir;
  const std::string large(5000, 'x');
  const ObjectId id = id_of(ObjectType::kBlob, large);
  PackWriter writer;
  writer.add(ObjectType::kBlob, large);
  const std::string made = large.substr(0, 3000) + "y";
  std::string delta = delta_header(5000, 3001);
  for (int i = 0; i < 2; ++i) delta += copy_op(0, 1500);
  delta += "\1y";
  writer.add_id_delta(id_of(ObjectType::kBlob, made), id, delta);
  writer.add_id_delta(id_of(ObjectType::kBlob, "small"),
                      id_of(ObjectType::kBlob, made),
                      delta_header(3001, 5) + "\5small");
  const BuiltIndex built = build(dir, writer, nothing.store, 1000);
  CHECK(built.problems.empty());
  CHECK(built.index.count() == 3);
  CHECK(built.index.find(id.raw(HashKind::kSha1)));
  CHECK(
      built.index.find(id_of(ObjectType::kBlob, "small").raw(HashKind::kSha1)));
}

TEST_CASE("a chain of 4095 deltas is indexed with two objects at a time",
          "[git][index_build]") {
  const Nothing nothing;
  const TempDir dir;
  PackWriter writer;
  std::string text = "0";
  uint64_t at = writer.add(ObjectType::kBlob, text);
  for (int i = 1; i <= 4095; ++i) {
    const std::string next = text + static_cast<char>('0' + i % 10);
    at = writer.add_offset_delta(id_of(ObjectType::kBlob, next), at,
                                 simple_delta(text, next));
    text = next;
  }
  const BuiltIndex built = build(dir, writer, nothing.store, 3 * 4096);
  CHECK(built.problems.empty());
  CHECK(built.index.count() == 4096);
}
