#include "pipeline/object_scan.h"

#include <algorithm>

#include "git/repository.h"
#include "support/catch.h"
#include "support/engine_for.h"
#include "support/git_fixture.h"
#include "support/slow_scan.h"

using namespace leaksift;

namespace {

std::unique_ptr<Engine> slow_engine() {
  return engine_for("[[rules]]\nid = 'tok'\nregex = 'tok_([a-z0-9]{8})\\b'\n" +
                    slow_rules());
}

ObjectId blob_of(const GitFixture& git, const std::string& path) {
  return *ObjectId::from_hex(
      git.git({"rev-parse", "HEAD:" + path}).substr(0, 40));
}

std::vector<std::string> secrets_of(const ObjectScan& scan) {
  std::vector<std::string> secrets;
  for (const ObjectFindings& object : scan.findings) {
    for (const BlobMatch& match : object.matches) {
      secrets.push_back(match.secret.reveal());
    }
  }
  std::sort(secrets.begin(), secrets.end());
  return secrets;
}

}  // namespace

TEST_CASE(
    "where time is short small objects are scanned, and large ones as far "
    "as it goes",
    "[pipeline]") {
  const bool packed = GENERATE(false, true);
  // Many are decoded in one walk.
  const int others = GENERATE(0, 100);
  CAPTURE(packed, others);
  const GitFixture git;
  std::vector<std::string> paths = {"large", "small"};
  git.write("large",
            "tok_inbegin1\n" + slow_lines(24 << 20) + "tok_inend123\n");
  git.write("small", "tok_insmall1\n");
  for (int i = 0; i < others; ++i) {
    paths.push_back(std::to_string(i));
    git.write(paths.back(), paths.back());
  }
  git.git({"add", "."});
  git.git({"commit", "-q", "-m", "all"});
  if (packed) git.git({"gc", "-q"});
  std::vector<ObjectId> wanted;
  for (const std::string& path : paths) wanted.push_back(blob_of(git, path));
  std::sort(wanted.begin(), wanted.end());

  const Result<Repository> repository = open_repository(git.path());
  REQUIRE(repository);
  const ObjectStore store = ObjectStore::open(*repository);
  const auto engine = slow_engine();
  ObjectScanOptions options;
  // Over a quarter of it an object is not held, but read as a stream.
  options.memory = packed ? 32 << 20 : 256 << 20;
  options.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  const ObjectScan scan = scan_objects(*engine, store, wanted, {}, options);
  CHECK(secrets_of(scan) == std::vector<std::string>{"inbegin1", "insmall1"});
  CHECK(scan.unscanned == std::vector{blob_of(git, "large")});
}
