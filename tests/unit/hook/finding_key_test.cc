#include "hook/finding_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "core/digest.h"
#include "support/catch.h"
#include "support/processes.h"
#include "support/temp_dir.h"

using namespace leaksift;
namespace fs = std::filesystem;

TEST_CASE("an id is the keyed hash of repository and fingerprint",
          "[hook][finding_key]") {
  const TempDir dir;
  const Result<FindingKey> key = FindingKey::open(dir / "a/state");
  REQUIRE(key);
  const std::string bytes = read_bytes(dir / "a/state/key");
  CHECK(bytes.size() == 32);
  const std::string message("team/r\0f00d", 11);
  CHECK(key->id_of("team/r", "f00d") ==
        to_hex(hmac_sha256(bytes, message)).substr(0, 12));
  CHECK(is_finding_id(key->id_of("team/r", "f00d")));
  CHECK(key->id_of("team/rf", "00d") != key->id_of("team/r", "f00d"));
  CHECK(FindingKey::open(dir / "a/state")->id_of("team/r", "f00d") ==
        key->id_of("team/r", "f00d"));

  const TempDir other;
  CHECK(FindingKey::open(other.path())->id_of("team/r", "f00d") !=
        key->id_of("team/r", "f00d"));
}

TEST_CASE("the key is its owner's alone", "[hook][finding_key]") {
  const TempDir dir;
  REQUIRE(FindingKey::open(dir / "state"));
  struct stat info {};
  REQUIRE(::stat((dir / "state/key").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  REQUIRE(::stat((dir / "state").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);

  REQUIRE(::chmod((dir / "state/key").c_str(), 0640) == 0);
  const Result<FindingKey> open = FindingKey::open(dir / "state");
  REQUIRE_FALSE(open);
  CHECK(open.error().message().find("chmod 600") != std::string::npos);
}

TEST_CASE("a key that is none is an error", "[hook][finding_key]") {
  const TempDir dir;
  REQUIRE(FindingKey::open(dir.path()));
  REQUIRE(::truncate((dir / "key").c_str(), 31) == 0);
  CHECK_FALSE(FindingKey::open(dir.path()));
  REQUIRE(::truncate((dir / "key").c_str(), 33) == 0);
  CHECK_FALSE(FindingKey::open(dir.path()));
  REQUIRE(::unlink((dir / "key").c_str()) == 0);
  dir.write("elsewhere", std::string(32, 'x'));
  dir.link("key", dir / "elsewhere");
  CHECK_FALSE(FindingKey::open(dir.path()));
}

TEST_CASE("first pushes at the same time share one key",
          "[hook][finding_key]") {
  const TempDir dir;
  CHECK(all_succeed(16, [&](int number) {
    const Result<FindingKey> key = FindingKey::open(dir / "state");
    if (!key) return false;
    dir.write("id" + std::to_string(number), key->id_of("r", "f"));
    return true;
  }));
  std::set<std::string> ids;
  for (int i = 0; i < 16; ++i) {
    ids.insert(read_bytes(dir / ("id" + std::to_string(i))));
  }
  CHECK(ids.size() == 1);
  // No drafts are left.
  CHECK(std::distance(fs::directory_iterator(dir / "state"), {}) == 1);
}
