#include "git/pack_index.h"

#include <sstream>

#include "support/catch.h"
#include "support/git/object_oracle.h"
#include "support/git/pack_writer.h"

using namespace leaksift;

namespace {

constexpr int kBlobs = 300;

// 300 blobs in one pack, without its index: "pack" beside the repository.
void make_pack(const GitFixture& repo) {
  std::string stream;
  for (int i = 0; i < kBlobs; ++i) {
    const std::string bytes = "blob number " + std::to_string(i);
    stream +=
        "blob\ndata " + std::to_string(bytes.size()) + "\n" + bytes + "\n";
  }
  repo.git({"-c", "fastimport.unpackLimit=0", "fast-import", "--quiet"},
           stream);
  const std::vector<std::string> stems = pack_stems(repo / ".git");
  REQUIRE(stems.size() == 1);
  repo.around().write("pack", read_bytes(stems[0] + ".pack"));
}

std::string index_of(const GitFixture& repo, const std::string& version) {
  const std::string path = repo.around() / "idx";
  repo.git({"index-pack", "--index-version=" + version, "-o", path,
            repo.around() / "pack"});
  return path;
}

PackIndex open_index(const std::string& path, HashKind hash = HashKind::kSha1) {
  Result<PackIndex> index = PackIndex::open(path, hash);
  if (!index) FAIL(index.error().message());
  return *std::move(index);
}

// Why the file is refused; empty if it is not.
std::string refusal(const TempDir& dir, std::string_view bytes) {
  dir.write("changed.idx", bytes);
  const auto index = PackIndex::open(dir / "changed.idx", HashKind::kSha1);
  if (index) return "";
  CHECK(index.error().message().starts_with(dir / "changed.idx" + ": "));
  return index.error().message().substr((dir / "changed.idx").size() + 2);
}

std::string changed(std::string bytes, size_t at, std::string_view by) {
  return bytes.replace(at, by.size(), by);
}

}  // namespace

TEST_CASE("an index of each version says what git show-index says",
          "[git][pack_index]") {
  const std::string version = GENERATE("1", "2", "2,0x100", "2,0x0");
  const std::string format = GENERATE("sha1", "sha256");
  CAPTURE(version, format);
  const GitFixture repo({"--object-format=" + format});
  make_pack(repo);
  const std::string path = index_of(repo, version);
  const HashKind hash = format == "sha1" ? HashKind::kSha1 : HashKind::kSha256;
  const PackIndex index = open_index(path, hash);
  const auto lines = lines_of(repo.git({"show-index"}, read_bytes(path)));
  REQUIRE(index.count() == kBlobs);
  REQUIRE(lines.size() == kBlobs);
  for (uint32_t i = 0; i < kBlobs; ++i) {
    std::istringstream line(lines[i]);
    uint64_t offset = 0;
    std::string hex;
    line >> offset >> hex;
    CHECK(index.offset(i) == offset);
    CHECK(index.id(i).hex(hash) == hex);
    CHECK(index.find(ObjectId::from_hex(hex)->raw(hash)) == i);
    // The neighbour is not there.
    const char other = hex.back() == '0' ? '1' : '0';
    hex.back() = other;
    CHECK_FALSE(index.find(ObjectId::from_hex(hex)->raw(hash)));
  }
}

TEST_CASE("an empty index holds nothing", "[git][pack_index]") {
  const TempDir dir;
  dir.write("idx", PackWriter().index());
  const PackIndex index = open_index(dir / "idx");
  CHECK(index.count() == 0);
  CHECK_FALSE(index.find(std::string(20, '\0')));
  CHECK_FALSE(index.find(std::string(20, '\xff')));
}

TEST_CASE("an index that is cut off is named and refused",
          "[git][pack_index]") {
  const std::string version = GENERATE("1", "2");
  const GitFixture repo;
  make_pack(repo);
  const std::string bytes = read_bytes(index_of(repo, version));
  REQUIRE(refusal(repo.around(), bytes).empty());
  for (const size_t size :
       {size_t{0}, size_t{3}, size_t{7}, size_t{8}, size_t{9}, size_t{1024},
        size_t{1032}, size_t{1071}, size_t{1072}, bytes.size() / 2,
        bytes.size() - 41, bytes.size() - 1}) {
    CAPTURE(version, size);
    CHECK_FALSE(refusal(repo.around(), bytes.substr(0, size)).empty());
  }
  CHECK(refusal(repo.around(), bytes.substr(0, bytes.size() - 1)) ==
        "index is cut off");
}

TEST_CASE("a fan-out that does not ascend to the count is refused",
          "[git][pack_index]") {
  const GitFixture repo;
  make_pack(repo);
  const std::string first = read_bytes(index_of(repo, "1"));
  const std::string second = read_bytes(index_of(repo, "2"));
  constexpr size_t kMiddle = 4 * 100;
  const std::string high = "\x7f\xff\xff\xff";
  for (const std::string& bytes :
       {changed(first, kMiddle, high), changed(second, 8 + kMiddle, high)}) {
    CHECK(refusal(repo.around(), bytes) == "index has a fan-out that descends");
  }
  constexpr size_t kLast = 4 * 255;
  for (const std::string& bytes :
       {changed(first, kLast, high), changed(second, 8 + kLast, high)}) {
    CHECK(refusal(repo.around(), bytes) == "index is cut off");
  }
}

TEST_CASE("an index of a version to come is refused", "[git][pack_index]") {
  const TempDir dir;
  CHECK(refusal(dir, changed(PackWriter().index(), 4, big_endian(3, 4))) ==
        "index is neither of version 1 nor 2");
  const std::string missing = dir / "missing.idx";
  const auto index = PackIndex::open(missing, HashKind::kSha1);
  REQUIRE_FALSE(index);
  CHECK(index.error().message().find(missing) == 0);
}

TEST_CASE("whatever byte of an index changes, asking it stays in its bytes",
          "[git][pack_index]") {
  const GitFixture repo;
  make_pack(repo);
  const std::string version = GENERATE("1", "2,0x1800");
  const std::string bytes = read_bytes(index_of(repo, version));
  size_t opened = 0;
  for (size_t at = 0; at < bytes.size(); at += 61) {
    repo.around().write("changed.idx",
                        changed(bytes, at, std::string(1, ~bytes[at])));
    const auto index =
        PackIndex::open(repo.around() / "changed.idx", HashKind::kSha1);
    if (!index) continue;
    ++opened;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < index->count(); ++i) {
      seen += index->offset(i) != 0;
      index->find(index->raw_id(i));
    }
    CHECK(seen >= kBlobs - 1);
  }
  CHECK(opened > 50);
}

TEST_CASE("a large offset beyond its table is beyond any pack",
          "[git][pack_index]") {
  const GitFixture repo;
  make_pack(repo);
  std::string bytes = read_bytes(index_of(repo, "2,0x0"));
  const size_t offsets = 8 + 1024 + kBlobs * (20 + 4);
  bytes.replace(offsets, 4, "\xff\xff\xff\xff");
  repo.around().write("changed.idx", bytes);
  CHECK(open_index(repo.around() / "changed.idx").offset(0) == ~uint64_t{0});
}
