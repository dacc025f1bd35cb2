#include "git/bundle.h"

#include "support/catch.h"

using namespace leaksift;

namespace {

const std::string kA(40, 'a');
const std::string kB(40, 'b');

}  // namespace

TEST_CASE("a bundle's front says what is in it", "[git][bundle]") {
  const std::string front = "# v2 git bundle\n-" + kB + " old work\n" + kA +
                            " refs/heads/main\n" + kA + " HEAD\n\n";
  const auto bundle = parse_bundle(front + "PACK");
  REQUIRE(bundle);
  CHECK(bundle->hash == HashKind::kSha1);
  CHECK(bundle->prerequisites == std::vector{*ObjectId::from_hex(kB)});
  REQUIRE(bundle->refs.size() == 2);
  CHECK(bundle->refs[0].name == "HEAD");
  CHECK(bundle->refs[1].name == "refs/heads/main");
  CHECK(bundle->refs[1].id == *ObjectId::from_hex(kA));
  CHECK(bundle->pack_offset == front.size());
  CHECK_FALSE(bundle->filtered);
}

TEST_CASE("capabilities of version 3 are obeyed or refused", "[git][bundle]") {
  const std::string id(64, 'c');
  const auto bundle = parse_bundle(
      "# v3 git bundle\n@object-format=sha256\n@filter=blob:none\n" + id +
      " refs/heads/main\n\n");
  REQUIRE(bundle);
  CHECK(bundle->hash == HashKind::kSha256);
  CHECK(bundle->filtered);
  CHECK(bundle->refs[0].id == *ObjectId::from_hex(id));
  CHECK_FALSE(parse_bundle("# v3 git bundle\n@object-format=md5\n\n"));
  CHECK_FALSE(parse_bundle("# v3 git bundle\n@sparkle\n\n"));
  // What was read before it may have been read by the wrong hash.
  CHECK_FALSE(
      parse_bundle("# v3 git bundle\n" + kA + " x\n@object-format=sha256\n\n"));
}

TEST_CASE("what is no bundle is refused", "[git][bundle]") {
  CHECK_FALSE(parse_bundle(""));
  CHECK_FALSE(parse_bundle("PACK"));
  CHECK_FALSE(parse_bundle("# v4 git bundle\n\n"));
  CHECK_FALSE(parse_bundle("# v2 git bundle\n"));
  CHECK_FALSE(parse_bundle("# v2 git bundle\n" + kA + " refs/x"));
  CHECK_FALSE(parse_bundle("# v2 git bundle\nnot an id\n\n"));
  CHECK_FALSE(parse_bundle("# v2 git bundle\n" + kA + "x refs/x\n\n"));
  CHECK_FALSE(parse_bundle("# v2 git bundle\n" + kA.substr(1) + " x\n\n"));
  // An id as of the other hash.
  CHECK_FALSE(
      parse_bundle("# v3 git bundle\n@object-format=sha256\n" + kA + "\n\n"));
}
