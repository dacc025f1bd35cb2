// Deltas whose base is not in their own pack. git completes such packs when it
// fetches them, but what it reads it must not be the only one to.
#include "git/object_walk.h"
#include "support/catch.h"
#include "support/git/object_oracle.h"
#include "support/git/pack_writer.h"

using namespace leaksift;

namespace {

const std::string kBase = "the base of it all, long enough to copy from";
const std::string kChild = kBase + ", a child";
const std::string kGrandchild = kBase + ", a child of a child";

ObjectId blob_id(std::string_view bytes) {
  return id_of(ObjectType::kBlob, bytes);
}

std::string blob_hex(std::string_view bytes) {
  return blob_id(bytes).hex(HashKind::kSha1);
}

void add_delta(PackWriter& writer, std::string_view base,
               std::string_view result) {
  writer.add_id_delta(blob_id(result), blob_id(base),
                      simple_delta(base, result));
}

void write_pack(const GitFixture& repo, const PackWriter& writer,
                const std::string& name) {
  writer.write(repo.around(), "repo/.git/objects/pack/pack-" + name);
}

void check_objects(const GitFixture& repo,
                   const std::vector<std::string>& contents) {
  const ObjectStore store = store_at(repo.path());
  const WalkedObjects walked = walk_objects(store);
  CHECK(walked.objects.size() == contents.size());
  CHECK(walked.skipped.empty());
  ObjectReader reader(store, 1 << 20);
  for (const std::string& content : contents) {
    const auto object = walked.objects.find(blob_hex(content));
    REQUIRE(object != walked.objects.end());
    CHECK(object->second.bytes == content);
    CHECK(object->second.type == ObjectType::kBlob);
    const Result<Object> single = reader.read(blob_id(content));
    REQUIRE(single);
    CHECK(single->bytes() == content);
  }
}

}  // namespace

TEST_CASE("a delta against an object of another pack is decoded, in any order",
          "[git][foreign_delta]") {
  const bool base_first = GENERATE(true, false);
  const GitFixture repo;
  PackWriter whole, thin;
  whole.add(ObjectType::kBlob, kBase);
  add_delta(thin, kBase, kChild);
  add_delta(thin, kChild, kGrandchild);
  write_pack(repo, whole, base_first ? "a" : "b");
  write_pack(repo, thin, base_first ? "b" : "a");
  check_objects(repo, {kBase, kChild, kGrandchild});
}

TEST_CASE("a chain of deltas may go from pack to pack",
          "[git][foreign_delta]") {
  const GitFixture repo;
  PackWriter first, second, third;
  add_delta(first, kChild, kGrandchild);
  add_delta(second, kBase, kChild);
  third.add(ObjectType::kBlob, kBase);
  write_pack(repo, first, "a");
  write_pack(repo, second, "b");
  write_pack(repo, third, "c");
  check_objects(repo, {kBase, kChild, kGrandchild});
}

TEST_CASE("a delta against a loose object is decoded", "[git][foreign_delta]") {
  const GitFixture repo;
  repo.git({"hash-object", "-w", "--stdin"}, kBase);
  PackWriter thin;
  add_delta(thin, kBase, kChild);
  write_pack(repo, thin, "a");
  check_objects(repo, {kBase, kChild});
}

TEST_CASE("a thin pack that git completed is like any other",
          "[git][foreign_delta]") {
  const GitFixture repo;
  repo.git({"hash-object", "-w", "--stdin"}, kBase);
  PackWriter thin;
  add_delta(thin, kBase, kChild);
  repo.git({"index-pack", "--stdin", "--fix-thin"}, thin.pack());
  check_all_objects(repo, repo.path());
  check_objects(repo, {kBase, kChild});
}

TEST_CASE("deltas whose base is nowhere are named as missing it",
          "[git][foreign_delta]") {
  const GitFixture repo;
  PackWriter thin;
  thin.add(ObjectType::kBlob, "another one");
  add_delta(thin, kBase, kChild);
  add_delta(thin, kChild, kGrandchild);
  write_pack(repo, thin, "a");
  const ObjectStore store = store_at(repo.path());
  const WalkedObjects walked = walk_objects(store);
  CHECK(walked.objects.size() == 1);
  CHECK(walked.skipped.size() == 2);
  CHECK(walked.skipped_as(SkipReason::kMissingObject).size() == 2);
  for (const Skipped& entry : walked.skipped) {
    const bool is_child = entry.name == blob_hex(kChild);
    CHECK((is_child || entry.name == blob_hex(kGrandchild)));
    CHECK((entry.detail.find(blob_hex(kBase)) != std::string::npos) ==
          is_child);
  }

  ObjectReader reader(store, 1 << 20);
  const Result<Object> child = reader.read(blob_id(kGrandchild));
  REQUIRE_FALSE(child);
  CHECK(child.error().message() == "object " + blob_hex(kGrandchild) +
                                       ": its delta base " + blob_hex(kBase) +
                                       " is missing");
}

TEST_CASE("a walk without blobs leaves it to others to name what is missing",
          "[git][foreign_delta]") {
  const GitFixture repo;
  PackWriter thin;
  add_delta(thin, kBase, kChild);
  write_pack(repo, thin, "a");
  ObjectWalkOptions options;
  options.types = type_bit(ObjectType::kTree) | type_bit(ObjectType::kCommit);
  CHECK(walk_objects(store_at(repo.path()), options).skipped.empty());
  options.types = type_bit(ObjectType::kBlob);
  CHECK(walk_objects(store_at(repo.path()), options).skipped.size() == 1);
}

TEST_CASE("a delta against a damaged object of another pack is damaged",
          "[git][foreign_delta]") {
  const GitFixture repo;
  PackWriter broken, thin;
  broken.add_entry(blob_id(kBase), PackWriter::entry_header(3, 7), kBase);
  add_delta(thin, kBase, kChild);
  write_pack(repo, broken, "a");
  write_pack(repo, thin, "b");
  const WalkedObjects walked = walk_objects(store_at(repo.path()));
  CHECK(walked.objects.empty());
  CHECK(walked.skipped_as(SkipReason::kCorrupt).size() == 2);
}

TEST_CASE("deltas in a circle through two packs end", "[git][foreign_delta]") {
  const GitFixture repo;
  PackWriter first, second;
  first.add(ObjectType::kBlob, "another one");
  add_delta(first, kBase, kChild);
  add_delta(second, kChild, kBase);
  write_pack(repo, first, "a");
  write_pack(repo, second, "b");
  const WalkedObjects walked = walk_objects(store_at(repo.path()));
  CHECK(walked.objects.size() == 1);
  CHECK(walked.skipped_as(SkipReason::kCorrupt).size() == 2);
}

TEST_CASE("what can only be made out of a lost object is taken from elsewhere",
          "[git][foreign_delta]") {
  const GitFixture repo;
  PackWriter broken, thin, good;
  broken.add_entry(blob_id(kBase), PackWriter::entry_header(3, 7), kBase);
  add_delta(broken, kBase, kChild);
  add_delta(thin, "nowhere", kGrandchild);
  good.add(ObjectType::kBlob, kChild);
  good.add(ObjectType::kBlob, kGrandchild);
  write_pack(repo, broken, "a");
  write_pack(repo, thin, "b");
  write_pack(repo, good, "c");
  const WalkedObjects walked = walk_objects(store_at(repo.path()));
  CHECK(listing(walked) ==
        Listing{{blob_hex(kChild), "blob " + std::to_string(kChild.size())},
                {blob_hex(kGrandchild),
                 "blob " + std::to_string(kGrandchild.size())}});
  CHECK(walked.skipped_as(SkipReason::kCorrupt) ==
        std::vector{blob_hex(kBase)});
  CHECK(walked.skipped.size() == 1);
}

TEST_CASE("walks by type find a tree whose packed copy is damaged",
          "[git][foreign_delta]") {
  const GitFixture repo;
  const std::string tree = "100644 a" + std::string(21, '\0');
  const ObjectId id = id_of(ObjectType::kTree, tree);
  PackWriter broken, good;
  const bool thinly = GENERATE(true, false);
  if (thinly) {
    broken.add_id_delta(id, blob_id("nowhere"), simple_delta("nowhere", tree));
  } else {
    broken.add_entry(id, std::string(1, '\0'), tree);
  }
  good.add(ObjectType::kTree, tree);
  write_pack(repo, broken, "a");
  write_pack(repo, good, "b");
  size_t found = 0;
  for (const ObjectType type : {ObjectType::kBlob, ObjectType::kTree}) {
    ObjectWalkOptions options;
    options.types = type_bit(type);
    const WalkedObjects walked = walk_objects(store_at(repo.path()), options);
    CHECK(walked.skipped.empty());
    found += walked.objects.size();
  }
  CHECK(found == 1);
}

// Within a test's patience only if each of them is looked at once.
TEST_CASE("many deltas in a circle, or out of one damaged object, end soon",
          "[git][foreign_delta]") {
  constexpr int kCount = 30'000;
  const GitFixture repo;
  const bool in_circle = GENERATE(true, false);
  const auto number = [](int i) { return blob_id(std::to_string(i)); };
  const std::string delta = simple_delta("a", "a");
  PackWriter writer;
  if (!in_circle) writer.add_entry(number(0), std::string(1, '\0'), "a");
  for (int i = in_circle ? 0 : 1; i < kCount; ++i) {
    const int base = in_circle ? (i + 1) % kCount : i - 1;
    writer.add_id_delta(number(i), number(base), delta);
  }
  write_pack(repo, writer, "a");
  const WalkedObjects walked = walk_objects(store_at(repo.path()));
  CHECK(walked.objects.empty());
  CHECK(walked.skipped_as(SkipReason::kCorrupt).size() == kCount);
}
