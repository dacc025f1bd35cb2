// What damage costs: the object it hits and what is made out of that, by name,
// and nothing else.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>

#include "git/delta_forest.h"
#include "git/verify.h"
#include "support/catch.h"
#include "support/git/object_oracle.h"
#include "support/git/pack_writer.h"

using namespace leaksift;

namespace {

// A repository with one pack that has chains of deltas.
struct Packed {
  GitFixture repo;
  std::string stem;
  std::string pack;
  WalkedObjects whole;

  Packed() {
    repo.git({"fast-import", "--quiet"}, changing_file(40));
    // One thread, so that the pack is the same every time.
    repo.git({"-c", "pack.threads=1", "repack", "-adfq", "--depth=8"});
    stem = pack_stems(repo / ".git").at(0);
    pack = read_bytes(stem + ".pack");
    whole = walk_objects(store_at(repo.path()));
  }

  ObjectStore store_with_pack(std::string_view bytes) const {
    overwrite(stem + ".pack", bytes);
    return store_at(repo.path());
  }
};

// The entry and all made out of it, as ids.
std::set<std::string> tree_of(const DeltaForest& forest, uint32_t entry) {
  std::set<std::string> ids;
  std::vector<uint32_t> pending{entry};
  while (!pending.empty()) {
    const uint32_t at = pending.back();
    pending.pop_back();
    ids.insert(forest.pack()
                   .index()
                   .id(forest.index_position(at))
                   .hex(HashKind::kSha1));
    const auto children = forest.children(at);
    pending.insert(pending.end(), children.begin(), children.end());
  }
  return ids;
}

// Delivered and lost objects are together those of the whole pack, each once,
// and what is delivered is right.
void check_is_divided(const WalkedObjects& damaged,
                      const WalkedObjects& whole) {
  CHECK(damaged.twice.empty());
  CHECK(damaged.objects.size() + damaged.skipped.size() ==
        whole.objects.size());
  for (const Skipped& entry : damaged.skipped) {
    CHECK(whole.objects.count(entry.name) == 1);
    CHECK(damaged.objects.count(entry.name) == 0);
  }
}

std::set<std::string> names(const std::vector<Skipped>& skipped) {
  std::set<std::string> all;
  for (const Skipped& entry : skipped) all.insert(entry.name);
  return all;
}

}  // namespace

TEST_CASE("a broken zlib stream costs its object and those made out of it",
          "[git][damage]") {
  const Packed packed;
  const ObjectStore intact = store_at(packed.repo.path());
  const DeltaForest forest(intact.packs()[0]);
  size_t with_children = 0;
  for (uint32_t entry = 0; entry < forest.size(); ++entry) {
    CAPTURE(entry);
    // The last bytes of an entry are its stream's Adler-32.
    std::string bytes = packed.pack;
    bytes[forest.end(entry) - 1] ^= 0x55;
    const WalkedObjects damaged = walk_objects(packed.store_with_pack(bytes));
    const std::set<std::string> lost = tree_of(forest, entry);
    CHECK(names(damaged.skipped) == lost);
    CHECK(damaged.skipped_as(SkipReason::kCorrupt).size() == lost.size());
    check_is_divided(damaged, packed.whole);
    for (const auto& [id, object] : damaged.objects) {
      const bool same = object == packed.whole.objects.at(id);
      CHECK(same);
    }
    with_children += lost.size() > 1 ? 1 : 0;
  }
  CHECK(with_children > 5);
}

TEST_CASE("a broken entry header costs its object and those made out of it",
          "[git][damage]") {
  const Packed packed;
  const ObjectStore intact = store_at(packed.repo.path());
  const DeltaForest forest(intact.packs()[0]);
  for (uint32_t entry = 0; entry < forest.size(); ++entry) {
    CAPTURE(entry);
    std::string bytes = packed.pack;
    // Type 5 is no type.
    bytes[forest.offset(entry)] =
        static_cast<char>((bytes[forest.offset(entry)] & 0x8f) | 0x50);
    const WalkedObjects damaged = walk_objects(packed.store_with_pack(bytes));
    CHECK(names(damaged.skipped) == tree_of(forest, entry));
    check_is_divided(damaged, packed.whole);
  }
}

TEST_CASE("whatever byte of a pack changes, every object is delivered or named",
          "[git][damage]") {
  const Packed packed;
  size_t harmless = 0;
  for (size_t at = 12; at < packed.pack.size() - 20; at += 29) {
    CAPTURE(at);
    std::string bytes = packed.pack;
    // All bits: the last ones of a zlib stream may say nothing.
    bytes[at] = static_cast<char>(~bytes[at]);
    const ObjectStore store = packed.store_with_pack(bytes);
    check_is_divided(walk_objects(store), packed.whole);
    // Not every change makes an object unreadable, but then its id tells.
    const VerifyResult verified = verify_objects(store, 1, true, 1 << 20);
    harmless += verified.problems.empty() ? 1 : 0;
  }
  CHECK(harmless == 0);
}

TEST_CASE("a pack that is cut off costs the objects behind the cut",
          "[git][damage]") {
  const Packed packed;
  const ObjectStore intact = store_at(packed.repo.path());
  const DeltaForest forest(intact.packs()[0]);
  for (const uint32_t kept : {1U, forest.size() / 3, forest.size() - 1}) {
    CAPTURE(kept);
    // The last 20 bytes are taken for the pack's checksum.
    const WalkedObjects damaged = walk_objects(packed.store_with_pack(
        packed.pack.substr(0, forest.end(kept - 1) + 20)));
    check_is_divided(damaged, packed.whole);
    std::set<std::string> lost;
    for (uint32_t entry = kept; entry < forest.size(); ++entry) {
      lost.merge(tree_of(forest, entry));
    }
    CHECK(names(damaged.skipped) == lost);
  }
}

TEST_CASE("a damaged index is named, and the rest of the store is read",
          "[git][damage]") {
  const Packed packed;
  packed.repo.git({"hash-object", "-w", "--stdin"}, "a loose blob");
  const std::string path = packed.stem + ".idx";
  const std::string good = read_bytes(path);
  std::string descending = good;
  descending[8 + 4 * 17] = '\x7f';
  for (const std::string& bytes :
       {descending, good.substr(0, good.size() / 2), std::string()}) {
    overwrite(path, bytes);
    const ObjectStore store = store_at(packed.repo.path());
    REQUIRE(store.problems().size() == 1);
    const Skipped& problem = store.problems()[0];
    CHECK(problem.reason == SkipReason::kCorrupt);
    CHECK(problem.name == packed.stem + ".pack");
    CHECK(problem.detail.starts_with(path + ": "));
    CHECK(walk_objects(store).objects.size() == 1);
  }
  std::filesystem::remove(path);
  // Without any, one is made.
  const ObjectStore store = store_at(packed.repo.path());
  CHECK(store.problems().empty());
}

TEST_CASE("an object whose content has another id is found out",
          "[git][damage]") {
  const GitFixture repo;
  PackWriter writer;
  writer.add(ObjectType::kBlob, "right");
  const ObjectId wrong = id_of(ObjectType::kBlob, "what it should be");
  writer.add_entry(wrong, PackWriter::entry_header(3, 4), "what");
  writer.write(repo.around(), "repo/.git/objects/pack/pack-a");
  const ObjectStore store = store_at(repo.path());
  const VerifyResult verified = verify_objects(store, 2, true, 1 << 20);
  REQUIRE(verified.problems.size() == 1);
  CHECK(verified.problems[0].name == wrong.hex(HashKind::kSha1));
  CHECK(verified.problems[0].detail == "its content has another id");
  CHECK(verified.count_by_type[static_cast<size_t>(ObjectType::kBlob)] == 2);
  CHECK(verify_objects(store, 2, false, 1 << 20).problems.empty());
}

TEST_CASE("what is lost in great numbers is named in no time",
          "[git][damage]") {
  constexpr unsigned kCount = 20'000;
  const bool in_a_circle = GENERATE(false, true);
  const GitFixture repo;
  PackWriter writer;
  const auto id = [](unsigned i) {
    return id_of(ObjectType::kBlob, std::to_string(i));
  };
  if (!in_a_circle) {
    writer.add_entry(id(0), PackWriter::entry_header(5, 0), "");
  }
  for (unsigned i = in_a_circle ? 0 : 1; i < kCount; ++i) {
    writer.add_id_delta(id(i), id((i + kCount - 1) % kCount), "");
  }
  writer.write(repo.around(), "repo/.git/objects/pack/pack-a");
  const auto start = std::chrono::steady_clock::now();
  const WalkedObjects walked = walk_objects(store_at(repo.path()));
  CHECK(walked.skipped_as(SkipReason::kCorrupt).size() == kCount);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}
