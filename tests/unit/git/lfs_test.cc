#include "git/lfs.h"

#include "support/catch.h"

using namespace leaksift;

namespace {

const std::string kOid(64, 'a');
const std::string kVersion = "version https://git-lfs.github.com/spec/v1\n";

}  // namespace

TEST_CASE("an LFS pointer says which file it stands for", "[git][lfs]") {
  const auto pointer =
      parse_lfs_pointer(kVersion + "oid sha256:" + kOid + "\nsize 12345\n");
  REQUIRE(pointer);
  CHECK(pointer->oid == kOid);
  CHECK(pointer->size == 12345);
  CHECK(pointer->stored_at() == "lfs/objects/aa/aa/" + kOid);
}

TEST_CASE("extensions and the name of before make a pointer, too",
          "[git][lfs]") {
  CHECK(parse_lfs_pointer(kVersion + "ext-0-foo sha256:" + kOid +
                          "\noid sha256:" + kOid + "\nsize 1\n"));
  CHECK(
      parse_lfs_pointer("version https://hawser.github.com/spec/v1\n"
                        "oid sha256:" +
                        kOid + "\nsize 1\n"));
}

TEST_CASE("what only looks like a pointer is none", "[git][lfs]") {
  const std::string oid = "oid sha256:" + kOid + "\n";
  CHECK_FALSE(parse_lfs_pointer(""));
  CHECK_FALSE(parse_lfs_pointer("version "));
  CHECK_FALSE(parse_lfs_pointer(kVersion));
  CHECK_FALSE(parse_lfs_pointer(kVersion + oid));
  CHECK_FALSE(parse_lfs_pointer(kVersion + "size 1\n"));
  CHECK_FALSE(parse_lfs_pointer(kVersion + oid + "size 1x\n"));
  CHECK_FALSE(parse_lfs_pointer(kVersion + oid + "size -1\n"));
  CHECK_FALSE(
      parse_lfs_pointer(kVersion + oid + "size 99999999999999999999\n"));
  CHECK_FALSE(parse_lfs_pointer("version 1\n" + oid + "size 1\n"));
  // It would become part of a path.
  CHECK_FALSE(parse_lfs_pointer(kVersion + "oid sha256:../../" +
                                std::string(58, 'a') + "\nsize 1\n"));
  CHECK_FALSE(parse_lfs_pointer(kVersion + oid + "size 1\n" +
                                std::string(kMaxLfsPointer, 'x')));
}
