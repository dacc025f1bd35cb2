#include "git/delta_forest.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "support/catch.h"
#include "support/git/object_oracle.h"
#include "support/git/pack_writer.h"

using namespace leaksift;

namespace {

// "type", or "type base" of a delta, by id.
using PackedObjects = std::map<std::string, std::string>;

// git prints "id type size size-in-pack offset [depth base]", then totals.
PackedObjects packed_by_git(const GitFixture& repo, const std::string& stem) {
  PackedObjects objects;
  for (const std::string& line :
       lines_of(repo.git({"verify-pack", "-v", stem + ".idx"}))) {
    std::istringstream words(line);
    std::string id, type, size, in_pack, offset, depth, base;
    words >> id >> type >> size >> in_pack >> offset >> depth >> base;
    if (!ObjectId::from_hex(id)) continue;
    objects[id] = base.empty() ? type : type + ' ' + base;
  }
  return objects;
}

PackedObjects packed_by_forest(const DeltaForest& forest, HashKind hash) {
  const auto id_at = [&](uint32_t entry) {
    return forest.pack().index().id(forest.index_position(entry)).hex(hash);
  };
  PackedObjects objects;
  for (uint32_t i = 0; i < forest.size(); ++i) {
    objects[id_at(i)].insert(0, to_string(forest.type(i)));
    for (const uint32_t child : forest.children(i)) {
      objects[id_at(child)] += ' ' + id_at(i);
    }
  }
  return objects;
}

// The ids of damaged entries, as text.
std::set<std::string> damaged_in(const DeltaForest& forest) {
  std::set<std::string> ids;
  for (const uint32_t entry : forest.damaged()) {
    const uint32_t position = forest.index_position(entry);
    const bool fresh =
        ids.insert(forest.pack().index().id(position).hex(HashKind::kSha1))
            .second;
    CHECK(fresh);
  }
  return ids;
}

Pack pack_of(const PackWriter& writer, const TempDir& dir) {
  writer.write(dir, "p");
  Result<Pack> pack = Pack::open(dir / "p", HashKind::kSha1);
  if (!pack) FAIL(pack.error().message());
  return *std::move(pack);
}

ObjectId blob_id(std::string_view bytes) {
  return id_of(ObjectType::kBlob, bytes);
}

std::string hex(const ObjectId& id) {
  return id.hex(HashKind::kSha1);
}

}  // namespace

TEST_CASE("the forest has the bases and types that git verify-pack prints",
          "[git][delta_forest]") {
  const std::string format = GENERATE("sha1", "sha256");
  const std::string by_offset = GENERATE("true", "false");
  CAPTURE(format, by_offset);
  const GitFixture repo({"--object-format=" + format});
  repo.git({"fast-import", "--quiet"}, changing_file(60));
  repo.git({"-c", "repack.useDeltaBaseOffset=" + by_offset, "repack", "-adfq"});
  const std::vector<std::string> stems = pack_stems(repo / ".git");
  REQUIRE(stems.size() == 1);
  const HashKind hash = format == "sha1" ? HashKind::kSha1 : HashKind::kSha256;
  const Result<Pack> pack = Pack::open(stems[0], hash);
  REQUIRE(pack);
  const DeltaForest forest(*pack);
  const PackedObjects expected = packed_by_git(repo, stems[0]);
  CHECK(packed_by_forest(forest, hash) == expected);
  const auto whole =
      std::count_if(expected.begin(), expected.end(), [](const auto& object) {
        return object.second.find(' ') == std::string::npos;
      });
  CHECK(forest.roots().size() == static_cast<size_t>(whole));
  CHECK(expected.size() > forest.roots().size() + 50);
  CHECK(forest.foreign().empty());
  CHECK(forest.damaged().empty());
}

TEST_CASE("entries stand in the order of the pack, each up to the next",
          "[git][delta_forest]") {
  const GitFixture repo;
  repo.git({"fast-import", "--quiet"}, changing_file(60));
  repo.git({"repack", "-adfq"});
  const Result<Pack> pack =
      Pack::open(pack_stems(repo / ".git")[0], HashKind::kSha1);
  REQUIRE(pack);
  const DeltaForest forest(*pack);
  REQUIRE(forest.size() == pack->index().count());
  CHECK(forest.offset(0) == 12);
  for (uint32_t i = 0; i < forest.size(); ++i) {
    CHECK(forest.offset(i) == pack->index().offset(forest.index_position(i)));
    const uint64_t next =
        i + 1 < forest.size() ? forest.offset(i + 1) : pack->bytes().size();
    CHECK(forest.end(i) == next);
  }
}

TEST_CASE("a delta against another pack's object is foreign",
          "[git][delta_forest]") {
  const TempDir dir;
  PackWriter writer;
  const ObjectId child = blob_id("child");
  writer.add(ObjectType::kBlob, "whole");
  writer.add_id_delta(child, blob_id("elsewhere"), "");
  writer.add_id_delta(blob_id("grandchild"), child, "");
  const Pack pack = pack_of(writer, dir);
  const DeltaForest forest(pack);
  REQUIRE(forest.foreign().size() == 1);
  const uint32_t foreign = forest.foreign()[0];
  CHECK(pack.index().id(forest.index_position(foreign)) == child);
  CHECK(forest.type(foreign) == ObjectType::kNone);
  CHECK(forest.children(foreign).size() == 1);
  CHECK(forest.roots().size() == 1);
  CHECK(forest.damaged().empty());
}

TEST_CASE("deltas in a circle are damaged, and what hangs on it",
          "[git][delta_forest]") {
  const TempDir dir;
  PackWriter writer;
  writer.add(ObjectType::kBlob, "whole");
  writer.add_id_delta(blob_id("a"), blob_id("b"), "");
  writer.add_id_delta(blob_id("b"), blob_id("a"), "");
  writer.add_id_delta(blob_id("c"), blob_id("a"), "");
  writer.add_id_delta(blob_id("self"), blob_id("self"), "");
  const Pack pack = pack_of(writer, dir);
  const DeltaForest forest(pack);
  CHECK(damaged_in(forest) ==
        std::set<std::string>{hex(blob_id("a")), hex(blob_id("b")),
                              hex(blob_id("c")), hex(blob_id("self"))});
  CHECK(forest.roots().size() == 1);
}

TEST_CASE("what is made out of a damaged entry is damaged",
          "[git][delta_forest]") {
  const TempDir dir;
  PackWriter writer;
  writer.add(ObjectType::kBlob, "whole");
  const uint64_t broken =
      writer.add_entry(blob_id("broken"), PackWriter::entry_header(5, 0), "");
  const uint64_t child = writer.add_offset_delta(blob_id("child"), broken, "");
  writer.add_offset_delta(blob_id("grandchild"), child, "");
  // Its base is in the middle of an entry.
  writer.add_offset_delta(blob_id("astray"), broken + 1, "");
  const Pack pack = pack_of(writer, dir);
  CHECK(damaged_in(DeltaForest(pack)) ==
        std::set<std::string>{hex(blob_id("broken")), hex(blob_id("child")),
                              hex(blob_id("grandchild")),
                              hex(blob_id("astray"))});
}

TEST_CASE("an offset beyond the pack costs only the object that has it",
          "[git][delta_forest]") {
  const TempDir dir;
  PackWriter writer;
  writer.add(ObjectType::kBlob, "first");
  writer.add(ObjectType::kBlob, "last");
  writer.add(ObjectType::kBlob, "moved");
  writer.write(dir, "p");
  std::string index = writer.index();
  const Pack intact = pack_of(writer, dir);
  const uint32_t moved =
      *intact.index().find(blob_id("moved").raw(HashKind::kSha1));
  index.replace(8 + 1024 + 3 * 24 + moved * 4, 4, "\x7f\xff\xff\xff");
  dir.write("p.idx", index);
  const Result<Pack> pack = Pack::open(dir / "p", HashKind::kSha1);
  REQUIRE(pack);
  const DeltaForest forest(*pack);
  CHECK(forest.roots().size() == 2);
  CHECK(damaged_in(forest) == std::set<std::string>{hex(blob_id("moved"))});
}
