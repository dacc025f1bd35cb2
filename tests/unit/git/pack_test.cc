#include "git/pack.h"

#include "support/catch.h"
#include "support/git/object_oracle.h"
#include "support/git/pack_writer.h"

using namespace leaksift;

namespace {

constexpr std::string_view kText = "the text of a blob, the text of a blob";

Pack open_pack(const std::string& stem) {
  Result<Pack> pack = Pack::open(stem, HashKind::kSha1);
  if (!pack) FAIL(pack.error().message());
  return *std::move(pack);
}

// Why the pack is refused; empty if it is not.
std::string refusal(const std::string& stem) {
  const auto pack = Pack::open(stem, HashKind::kSha1);
  return pack ? "" : pack.error().message();
}

// The only entry of a pack with this header.
std::optional<PackEntry> entry_with(const std::string& header,
                                    std::string_view content = kText) {
  const TempDir dir;
  PackWriter writer;
  const uint64_t offset =
      writer.add_entry(id_of(ObjectType::kBlob, kText), header, content);
  writer.write(dir, "p");
  const Pack pack = open_pack(dir / "p");
  return pack.entry(offset, pack.bytes().size());
}

}  // namespace

TEST_CASE("git takes a pack of the tests' writer for what it is to be",
          "[git][pack]") {
  const GitFixture repo;
  PackWriter writer;
  const std::string longer = std::string(kText) + " and more";
  const std::string longest = longer + std::string(70'000, '!');
  const uint64_t base = writer.add(ObjectType::kBlob, kText);
  writer.add_offset_delta(id_of(ObjectType::kBlob, longer), base,
                          simple_delta(kText, longer));
  writer.add_id_delta(id_of(ObjectType::kBlob, longest),
                      id_of(ObjectType::kBlob, longer),
                      simple_delta(longer, longest));
  writer.write(repo.around(), "repo/.git/objects/pack/pack-a");
  repo.git({"index-pack", "-o", repo.around() / "by_git.idx",
            repo / ".git/objects/pack/pack-a.pack"});
  CHECK(listing_by_git(repo, repo.path()).size() == 3);
  check_all_objects(repo, repo.path());
}

TEST_CASE("an entry's header is read whatever its size", "[git][pack]") {
  for (const size_t size : {0U, 1U, 15U, 16U, 2047U, 2048U, 300'000U}) {
    const std::string content(size, 'x');
    const auto entry = entry_with(PackWriter::entry_header(3, size), content);
    REQUIRE(entry);
    CHECK(entry->kind == PackEntry::Kind::kWhole);
    CHECK(entry->type == ObjectType::kBlob);
    CHECK(entry->size == size);
  }
}

TEST_CASE("there is no entry where there cannot be one", "[git][pack]") {
  const auto header = [](unsigned type) {
    return PackWriter::entry_header(type, kText.size());
  };
  CHECK(entry_with(header(1)));
  CHECK(entry_with(header(4)));
  CHECK_FALSE(entry_with(header(0)));
  CHECK_FALSE(entry_with(header(5)));
  // Deltas against the entry itself, and against what is before the pack.
  CHECK(entry_with(header(6) + '\x0c'));
  CHECK_FALSE(entry_with(header(6) + '\0'));
  CHECK_FALSE(entry_with(header(6) + '\x0d'));
  CHECK_FALSE(entry_with(header(6) + std::string(20, '\xff') + '\1'));
  // More than the pack's bytes can hold.
  CHECK_FALSE(entry_with(PackWriter::entry_header(3, uint64_t{2} << 30)));
  CHECK_FALSE(entry_with(std::string(20, '\xbf') + '\1'));

  const TempDir dir;
  PackWriter writer;
  const uint64_t offset = writer.add(ObjectType::kBlob, kText);
  writer.write(dir, "p");
  const Pack pack = open_pack(dir / "p");
  const uint64_t end = pack.bytes().size();
  CHECK(pack.entry(offset, end));
  CHECK_FALSE(pack.entry(0, end));
  CHECK_FALSE(pack.entry(offset - 1, end));
  CHECK_FALSE(pack.entry(end, end));
  CHECK_FALSE(pack.entry(~uint64_t{0}, end));
  CHECK_FALSE(pack.entry(offset, end + 1));
  CHECK_FALSE(pack.entry(offset, offset));
  CHECK_FALSE(pack.entry(offset, offset + 1));
}

TEST_CASE("the header of a delta by id is not read beyond its entry",
          "[git][pack]") {
  const TempDir dir;
  PackWriter writer;
  const uint64_t offset = writer.add_id_delta(
      id_of(ObjectType::kBlob, kText), id_of(ObjectType::kBlob, "base"), "");
  writer.write(dir, "p");
  const Pack pack = open_pack(dir / "p");
  const auto entry = pack.entry(offset, pack.bytes().size());
  REQUIRE(entry);
  CHECK(entry->kind == PackEntry::Kind::kIdDelta);
  CHECK(entry->base_id == id_of(ObjectType::kBlob, "base"));
  CHECK_FALSE(pack.entry(offset, offset + 1 + 19));
}

TEST_CASE("what is no pack, or not the index's, is named and refused",
          "[git][pack]") {
  const TempDir dir;
  PackWriter writer;
  writer.add(ObjectType::kBlob, kText);
  writer.write(dir, "p");
  REQUIRE(refusal(dir / "p").empty());
  const std::string path = dir / "p.pack";
  const std::string good = writer.pack();

  dir.write("p.pack", "");
  CHECK(refusal(dir / "p") == path + ": not a pack file");
  dir.write("p.pack", good.substr(0, 31));
  CHECK(refusal(dir / "p") == path + ": not a pack file");
  dir.write("p.pack", "PUCK" + good.substr(4));
  CHECK(refusal(dir / "p") == path + ": not a pack file");
  dir.write("p.pack", "PACK" + big_endian(4, 4) + good.substr(8));
  CHECK(refusal(dir / "p") == path + ": pack version 4 is not known");
  dir.write("p.pack", good.substr(0, 8) + big_endian(2, 4) + good.substr(12));
  CHECK(refusal(dir / "p") ==
        path + ": has 2 objects, its index 1; run git index-pack on it");
}
