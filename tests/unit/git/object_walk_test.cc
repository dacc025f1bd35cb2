#include "git/object_walk.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "support/catch.h"
#include "support/git/object_oracle.h"
#include "support/git/pack_writer.h"

using namespace leaksift;

namespace {

// The longest chain that git verify-pack counts in the only pack.
int longest_chain(const GitFixture& repo) {
  const std::vector<std::string> stems = pack_stems(repo / ".git");
  REQUIRE(stems.size() == 1);
  int longest = 0;
  for (const std::string& line :
       lines_of(repo.git({"verify-pack", "-s", stems[0] + ".idx"}))) {
    std::sscanf(line.c_str(), "chain length = %d:", &longest);
  }
  return longest;
}

// Leaves `note` at each object that others are made out of, and counts.
class Marks : public ObjectVisitor {
 public:
  explicit Marks(NotePtr note) : note_(std::move(note)) {}

  NotePtr visit(unsigned, const DecodedObject& object) override {
    ++objects;
    deltas += object.delta != nullptr ? 1 : 0;
    unmarked += object.delta != nullptr && !object.delta->base_note ? 1 : 0;
    unused += object.is_base ? 0 : 1;
    return object.is_base ? note_ : nullptr;
  }
  void skip(unsigned, Skipped) override {}

  int objects = 0;
  int deltas = 0;
  int unmarked = 0;
  int unused = 0;

 private:
  NotePtr note_;
};

// Checks of each delta that it is made out of what its base was.
class DeltaChecker : public ObjectVisitor {
 public:
  explicit DeltaChecker(unsigned jobs) : counts_(jobs) {}

  struct Remembered : ObjectNote {
    std::string bytes;
  };
  struct Counts {
    size_t deltas = 0;
    size_t wrong = 0;
    uint64_t copied = 0;
  };

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    if (object.delta != nullptr) check(counts_[worker], object);
    auto note = std::make_shared<Remembered>();
    note->bytes = object.bytes;
    return note;
  }
  void skip(unsigned worker, Skipped) override { ++counts_[worker].wrong; }

  Counts total() const {
    Counts all;
    for (const Counts& counts : counts_) {
      all.deltas += counts.deltas;
      all.wrong += counts.wrong;
      all.copied += counts.copied;
    }
    return all;
  }

 private:
  static void check(Counts& counts, const DecodedObject& object) {
    const auto& base =
        static_cast<const Remembered*>(object.delta->base_note)->bytes;
    ++counts.deltas;
    bool right = base.size() == object.delta->base_size;
    for (const CopyRun& run : object.delta->runs) {
      right = right && object.bytes.substr(run.to, run.size) ==
                           std::string_view(base).substr(run.from, run.size);
      counts.copied += run.size;
    }
    counts.wrong += right ? 0 : 1;
  }

  std::vector<Counts> counts_;
};

// Two packs, some objects in both, and loose ones, some of them packed too.
void make_mixed_store(const GitFixture& repo) {
  repo.write("a", "first\n");
  repo.git({"add", "."});
  repo.git({"commit", "-qm", "one"});
  repo.git({"tag", "-am", "a tag", "v1"});
  repo.git({"repack", "-q"});  // keeps loose objects
  repo.write("b", "second\n");
  repo.git({"add", "."});
  repo.git({"commit", "-qm", "two"});
  repo.git({"pack-objects", "-q", "--all", repo / ".git/objects/pack/pack"});
  repo.write("c", "third\n");
  repo.git({"add", "."});
}

}  // namespace

TEST_CASE("chains of deltas of any length are decoded to what git has",
          "[git][object_walk]") {
  const GitFixture repo;
  repo.git({"-c", "fastimport.unpackLimit=0", "fast-import", "--quiet",
            "--depth=4095"},
           changing_file(4500));
  CHECK(longest_chain(repo) == 4095);
  check_all_objects(repo, repo.path());
  // Near its limit git repack finds deltas not worth their while.
  for (const auto& [depth, reached] :
       {std::pair(0, 0), {1, 1}, {50, 45}, {250, 230}, {4095, 2000}}) {
    CAPTURE(depth);
    repo.git({"-c", "pack.threads=1", "repack", "-adfq", "--window=2",
              "--depth=" + std::to_string(depth)});
    const int longest = longest_chain(repo);
    CHECK(longest >= reached);
    CHECK(longest <= depth);
    check_all_objects(repo, repo.path());
  }
}

TEST_CASE("every delta comes with its base's note and what it copied",
          "[git][object_walk]") {
  const GitFixture repo;
  repo.git({"fast-import", "--quiet"}, changing_file(600));
  repo.git({"repack", "-adfq", "--depth=20"});
  const ObjectStore store = store_at(repo.path());
  for (const unsigned jobs : {1U, 4U}) {
    DeltaChecker checker(jobs);
    ObjectWalkOptions options;
    options.jobs = jobs;
    ObjectWalk(store).run(options, checker);
    CHECK(checker.total().wrong == 0);
    CHECK(checker.total().deltas > 500);
    CHECK(checker.total().copied > 500 * 30);
  }
}

TEST_CASE("an object in several packs, or loose too, is visited once",
          "[git][object_walk]") {
  const std::string format = GENERATE("sha1", "sha256");
  const GitFixture repo({"--object-format=" + format});
  make_mixed_store(repo);
  const ObjectStore store = store_at(repo.path());
  REQUIRE(store.packs().size() == 2);
  REQUIRE(store.loose().size() > 3);
  size_t copies = store.loose().size();
  for (const Pack& pack : store.packs()) copies += pack.index().count();
  REQUIRE(copies > listing_by_git(repo, repo.path()).size() + 4);
  check_all_objects(repo, repo.path());
}

TEST_CASE("a walk by type delivers the objects of these types",
          "[git][object_walk]") {
  const GitFixture repo;
  make_mixed_store(repo);
  const ObjectStore store = store_at(repo.path());
  Listing all = listing_by_git(repo, repo.path());
  for (const auto type : {ObjectType::kCommit, ObjectType::kTree,
                          ObjectType::kBlob, ObjectType::kTag}) {
    ObjectWalkOptions options;
    options.types = type_bit(type);
    Listing expected = all;
    std::erase_if(expected, [&](const auto& entry) {
      return !entry.second.starts_with(to_string(type));
    });
    REQUIRE(!expected.empty());
    CHECK(listing(walk_objects(store, options)) == expected);
  }
}

TEST_CASE("a walk for wanted objects decodes their bases, but delivers them",
          "[git][object_walk]") {
  const GitFixture repo;
  repo.git({"fast-import", "--quiet"}, changing_file(300));
  repo.git({"repack", "-adfq", "--depth=100"});
  const ObjectStore store = store_at(repo.path());
  const auto is_wanted = [](std::string_view raw_id) {
    return static_cast<uint8_t>(raw_id[3]) % 8 == 0;
  };
  ObjectWalkOptions options;
  options.jobs = 3;
  options.wanted = is_wanted;
  Listing expected = listing_by_git(repo, repo.path());
  std::erase_if(expected, [&](const auto& entry) {
    return !is_wanted(ObjectId::from_hex(entry.first)->raw(store.hash()));
  });
  const WalkedObjects walked = walk_objects(store, options);
  CHECK(listing(walked) == expected);
  CHECK(expected.size() > 10);
  for (const auto& [id, object] : walked.objects) {
    CHECK(id_of(object.type, object.bytes).hex(HashKind::kSha1) == id);
  }
}

TEST_CASE("the parts of a walk visit each object once, and are of like size",
          "[git][object_walk]") {
  const GitFixture repo;
  repo.git({"fast-import", "--quiet"}, changing_file(600));
  repo.git({"repack", "-adfq", "--depth=20"});
  make_mixed_store(repo);
  const ObjectStore store = store_at(repo.path());
  const WalkedObjects whole = walk_objects(store);
  for (const uint32_t parts : {2U, 3U, 7U}) {
    std::map<std::string, WalkedObject> together;
    size_t most = 0;
    for (uint32_t part = 0; part < parts; ++part) {
      ObjectWalkOptions options;
      options.part = part;
      options.parts = parts;
      WalkedObjects walked = walk_objects(store, options);
      CHECK(walked.twice.empty());
      CHECK(walked.skipped.empty());
      most = std::max(most, walked.objects.size());
      const size_t before = together.size();
      const size_t more = walked.objects.size();
      together.merge(walked.objects);
      CHECK(together.size() == before + more);
    }
    CHECK(together == whole.objects);
    CHECK(most < whole.objects.size());
  }
}

TEST_CASE("a walk does not decode trees of deltas of which nothing is wanted",
          "[git][object_walk]") {
  const GitFixture repo;
  repo.git({"fast-import", "--quiet"}, changing_file(300));
  repo.git({"repack", "-adfq", "--depth=100"});
  const ObjectStore store = store_at(repo.path());
  ObjectWalkOptions options;
  options.wanted = [](std::string_view) { return false; };
  const WalkedObjects walked = walk_objects(store, options);
  CHECK(walked.objects.empty());
  class Nobody : public ObjectVisitor {
    NotePtr visit(unsigned, const DecodedObject&) override { return nullptr; }
    void skip(unsigned, Skipped) override {}
  } nobody;
  CHECK(ObjectWalk(store).run(options, nobody).objects == 0);
}

TEST_CASE("objects that others are made out of are marked as bases",
          "[git][object_walk]") {
  const GitFixture repo;
  repo.git({"fast-import", "--quiet"}, changing_file(300));
  repo.git({"repack", "-adfq", "--depth=20"});
  Marks marks(std::make_shared<ObjectNote>());
  ObjectWalk(store_at(repo.path())).run({}, marks);
  CHECK(marks.deltas > 100);
  CHECK(marks.unmarked == 0);
  CHECK(marks.unused > 100);
}

TEST_CASE("notes that take too much are let go, and no object is lost by that",
          "[git][object_walk]") {
  struct HeavyNote : ObjectNote {
    uint64_t held_bytes() const override { return uint64_t{1} << 40; }
  };
  const GitFixture repo;
  repo.git({"fast-import", "--quiet"}, changing_file(300));
  repo.git({"repack", "-adfq", "--depth=20"});
  const ObjectStore store = store_at(repo.path());
  Marks heavy(std::make_shared<HeavyNote>());
  ObjectWalk(store).run({}, heavy);
  Marks light(std::make_shared<ObjectNote>());
  ObjectWalk(store).run({}, light);
  CHECK(heavy.objects == light.objects);
  CHECK(heavy.deltas > 0);
  CHECK(heavy.deltas < light.deltas);
  CHECK(heavy.unmarked == 0);
}

TEST_CASE("ids by type are those that git lists", "[git][object_walk]") {
  const GitFixture repo;
  make_mixed_store(repo);
  repo.git({"repack", "-adq"});
  repo.git({"prune"});
  const ObjectStore store = store_at(repo.path());
  REQUIRE(store.loose().empty());
  const ObjectWalk walk(store);
  Listing listed;
  for (const auto type : {ObjectType::kCommit, ObjectType::kTree,
                          ObjectType::kBlob, ObjectType::kTag}) {
    walk.numbers_of(type).for_each([&](uint32_t number) {
      const ObjectId id(walk.numbers()->raw_id(number));
      listed[id.hex(HashKind::kSha1)] = to_string(type);
    });
  }
  Listing expected = listing_by_git(repo, repo.path());
  for (auto& [id, text] : expected) text.resize(text.find(' '));
  CHECK(listed == expected);
}

TEST_CASE("an object over the limit is named, and those made of it",
          "[git][object_walk]") {
  const GitFixture repo;
  const std::string large(5000, 'x');
  PackWriter writer;
  writer.add(ObjectType::kBlob, "small");
  const uint64_t base = writer.add(ObjectType::kBlob, large);
  const ObjectId small_again = id_of(ObjectType::kBlob, large.substr(0, 9));
  writer.add_offset_delta(small_again, base,
                          simple_delta(large, large.substr(0, 9)));
  writer.write(repo.around(), "repo/.git/objects/pack/pack-a");
  const ObjectStore store = store_at(repo.path());
  ObjectWalkOptions options;
  options.memory = 4 * 4000;
  options.max_object_bytes = 4999;
  const WalkedObjects walked = walk_objects(store, options);
  CHECK(walked.objects.size() == 1);
  CHECK(walked.skipped_as(SkipReason::kTooLarge).size() == 2);
  CHECK(walked.skipped.size() == 2);
  options.memory = kDefaultMemory;
  CHECK(walk_objects(store, options).objects.size() == 3);
}

TEST_CASE("deltas make so much in all, and what is over that is named",
          "[git][object_walk]") {
  constexpr size_t kDeltas = 200;
  constexpr size_t kSize = 200'000;
  const GitFixture repo;
  const std::string zeros(kSize, '0');
  PackWriter writer;
  const uint64_t base = writer.add(ObjectType::kBlob, zeros);
  for (size_t i = 0; i < kDeltas; ++i) {
    const std::string mark = std::to_string(1000 + i);
    const std::string text = zeros.substr(4) + mark;
    writer.add_offset_delta(id_of(ObjectType::kBlob, text), base,
                            simple_delta(zeros, text));
  }
  writer.write(repo.around(), "repo/.git/objects/pack/pack-a");
  const ObjectStore store = store_at(repo.path());
  const uint64_t packed = store.packs()[0].bytes().size();
  ObjectWalkOptions options;
  CHECK(walk_objects(store, options).objects.size() == kDeltas + 1);
  options.delta_bytes = 1'000'000;
  options.delta_growth = 10;
  const uint64_t made = (options.delta_bytes + 10 * packed) / kSize;
  REQUIRE(made < kDeltas);
  for (const unsigned jobs : {1U, 4U}) {
    options.jobs = jobs;
    const WalkedObjects walked = walk_objects(store, options);
    CHECK(walked.objects.size() == made + 1);
    CHECK(walked.skipped_as(SkipReason::kTooLarge).size() == kDeltas - made);
  }
}

TEST_CASE("a delta that declares 2 GiB is not believed before it is applied",
          "[git][object_walk]") {
  const GitFixture repo;
  PackWriter writer;
  const uint64_t base = writer.add(ObjectType::kBlob, "a base");
  const ObjectId huge = id_of(ObjectType::kBlob, "huge");
  writer.add_offset_delta(huge, base,
                          delta_header(6, uint64_t{2} << 30) + copy_op(0, 6));
  writer.write(repo.around(), "repo/.git/objects/pack/pack-a");
  const ObjectStore store = store_at(repo.path());
  const WalkedObjects walked = walk_objects(store);
  CHECK(walked.objects.size() == 1);
  REQUIRE(walked.skipped.size() == 1);
  // The visitor of this test wants objects whole.
  CHECK(walked.skipped[0].reason == SkipReason::kTooLarge);
  CHECK(walked.skipped[0].name == huge.hex(HashKind::kSha1));

  ObjectReader reader(store, uint64_t{1} << 30);
  const Result<Object> object = reader.read(huge);
  REQUIRE_FALSE(object);
  CHECK(object.error().message() == "object " + huge.hex(HashKind::kSha1) +
                                        ": larger than the memory budget");
}
