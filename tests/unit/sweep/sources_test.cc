#include "sweep/sources.h"

#include <sys/stat.h>

#include <cstdlib>

#include "support/catch.h"
#include "support/git_fixture.h"
#include "support/temp_dir.h"
#include "unit/sweep/loopback.h"

namespace leaksift {
namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string error_of(const SourceOptions& options) {
  std::vector<GitCredential> credentials;
  const Result<Inventory> inventory = list_sources(options, credentials);
  return inventory ? "" : inventory.error().message();
}

TEST_CASE("folders, lists and forges make one inventory") {
  const GitFixture repo;
  const TempDir dir;
  dir.write("repos.txt", repo.path() + "\nhttps://ghe.example/acme/r001\n");
  const LoopbackServer forge({"python3",
                              LEAKSIFT_SOURCES "/tests/support/forge_server.py",
                              dir / "requests"});
  dir.write("token", "visibly-fake-token\n");
  ::chmod((dir / "token").c_str(), 0600);
  SourceOptions options;
  options.sources = {repo.path(), dir / "repos.txt",
                     "github+" + forge.origin() + "/acme"};
  options.token_file = dir / "token";
  std::vector<GitCredential> credentials;
  const Result<Inventory> inventory = list_sources(options, credentials);
  REQUIRE(inventory);
  CHECK(inventory->entries.size() == 251);
  CHECK(inventory->coverage.skipped.empty());
  REQUIRE(credentials.size() == 1);
  CHECK(credentials[0].origin == forge.origin());
  CHECK(credentials[0].user == "x-access-token");
  CHECK(credentials[0].token.reveal() == "visibly-fake-token");
}

TEST_CASE("one token does not go to two servers") {
  SourceOptions options;
  options.sources = {"gitea+http://127.0.0.1:1/a",
                     "gitea+http://127.0.0.1:2/a"};
  ::setenv("LEAKSIFT_GITEA_TOKEN", "visibly-fake-token", 1);
  const std::string error = error_of(options);
  ::unsetenv("LEAKSIFT_GITEA_TOKEN");
  CHECK(holds(error, "LEAKSIFT_GITEA_TOKEN: one token for"));
  CHECK_FALSE(holds(error, "visibly-fake-token"));
}

TEST_CASE("a source that is not there is an error that names it") {
  SourceOptions options;
  options.sources = {"/no/such/list"};
  CHECK(holds(error_of(options), "/no/such/list"));
}

TEST_CASE("entries with a URL get mirrors, and those without are named") {
  const GitFixture first;
  const GitFixture second;
  for (const GitFixture* repo : {&first, &second}) {
    repo->git({"commit", "-q", "--allow-empty", "-m", "m"});
  }
  const TempDir dir;
  Inventory inventory;
  for (const std::string& path :
       {first.path(), second.path(), std::string("/no/such/repo")}) {
    inventory.entries.push_back(*entry_of_url("file://" + path));
  }
  RepositoryEntry local;
  local.key = local.path = first.path();
  inventory.entries.push_back(local);
  inventory.finish();
  MirrorOptions options;
  options.folder = dir / "mirrors";
  options.more_protocols = {"file"};
  const Mirrors mirrors(options);
  mirror_all(mirrors, 2, inventory);
  REQUIRE(inventory.entries.size() == 3);
  for (const RepositoryEntry& entry : inventory.entries) {
    CHECK_FALSE(entry.path.empty());
    CHECK_FALSE(entry.empty);
  }
  REQUIRE(inventory.coverage.skipped.size() == 1);
  CHECK(inventory.coverage.skipped[0].name == "localhost/no/such/repo");

  // A mirror that cannot be brought up to date is used, and that is said.
  Inventory later;
  later.entries.push_back(*entry_of_url("file://" + second.path()));
  options.more_protocols.clear();
  mirror_all(Mirrors(options), 1, later);
  CHECK(later.entries.size() == 1);
  CHECK(later.coverage.skipped.size() == 1);
}

}  // namespace
}  // namespace leaksift
