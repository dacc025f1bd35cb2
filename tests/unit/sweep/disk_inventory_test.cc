#include "sweep/disk_inventory.h"

#include <algorithm>
#include <filesystem>

#include "support/catch.h"
#include "support/git_fixture.h"
#include "support/temp_dir.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

// A folder in which the real git has made repositories.
class Server {
 public:
  Server() {
    source_.write("file", "text");
    source_.git({"add", "."});
    source_.git({"commit", "-qm", "m"});
    source_.git({"repack", "-adq"});
  }

  // A bare clone that shares nothing, at `relative`.
  void add(const std::string& relative) const {
    fs::create_directories(fs::path(root() / fs::path(relative)).parent_path());
    source_.git({"clone", "-q", "--bare", "--no-local", source_.path(),
                 root() + "/" + relative});
  }
  void borrow(const std::string& relative, const std::string& line) const {
    dir_.write(relative + "/objects/info/alternates", line + "\n");
  }
  std::string root() const { return fs::canonical(dir_.path()).string(); }
  const TempDir& dir() const { return dir_; }
  const GitFixture& source() const { return source_; }

 private:
  TempDir dir_;
  GitFixture source_;
};

Inventory list(const std::string& folder) {
  Inventory inventory;
  REQUIRE(list_folders({folder}, inventory));
  inventory.finish();
  inventory.coverage.finish();
  return inventory;
}

std::vector<std::string> names_of(const Inventory& inventory) {
  std::vector<std::string> names;
  for (const auto& entry : inventory.entries) names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  return names;
}

const RepositoryEntry& named(const Inventory& inventory,
                             const std::string& name) {
  const auto at =
      std::find_if(inventory.entries.begin(), inventory.entries.end(),
                   [&](const auto& entry) { return entry.name == name; });
  REQUIRE(at != inventory.entries.end());
  return *at;
}

using Names = std::vector<std::string>;

TEST_CASE("the repositories of every server's layout are found") {
  const Server server;
  for (const std::string path :
       {"gitolite/team/tool.git", "gitolite/gitolite-admin.git",
        "gitea/alice/api.git", "gerrit/All-Projects.git", "plain/linux",
        "@hashed/6b/86/6b86b273.git", "@hashed/6b/86/6b86b273.wiki.git",
        "@pools/aa/bb/aabb.git"}) {
    server.add(path);
  }
  server.source().git({"clone", "-q", server.source().path(),
                       server.root() + "/people/bob/checkout"});
  server.dir().write("gitolite/.gitolite.rc", "no repository");
  server.dir().make_directory("gitolite/hooks/common");
  const Inventory inventory = list(server.root());
  CHECK(names_of(inventory) ==
        Names{"@hashed/6b/86/6b86b273", "@hashed/6b/86/6b86b273.wiki",
              "@pools/aa/bb/aabb", "gerrit/All-Projects", "gitea/alice/api",
              "gitolite/gitolite-admin", "gitolite/team/tool",
              "people/bob/checkout", "plain/linux"});
  CHECK(inventory.coverage.skipped.empty());

  const RepositoryEntry& api = named(inventory, "gitea/alice/api");
  CHECK(api.key == server.root() + "/gitea/alice/api.git");
  CHECK(api.path == api.key);
  CHECK(api.url.empty());
  CHECK_FALSE(api.empty);
  const std::string head =
      server.source().git_in(api.path, {"symbolic-ref", "--short", "HEAD"});
  CHECK(api.default_branch + "\n" == head);
  uint64_t packed = 0;
  for (const auto& file : fs::directory_iterator(api.path + "/objects/pack")) {
    if (file.path().extension() == ".pack") packed += file.file_size();
  }
  CHECK(packed > 0);
  CHECK(api.size_bytes == packed);
}

TEST_CASE("a folder that is a repository is listed as one") {
  const Server server;
  server.add("one.git");
  CHECK(names_of(list(server.root() + "/one.git")) == Names{"one"});
  const Inventory tree = list(server.source().path());
  REQUIRE(tree.entries.size() == 1);
  CHECK(tree.entries[0].path == fs::canonical(server.source().path()).string());
}

TEST_CASE("a submodule's repository in .git is listed") {
  const Server server;
  server.add("lib.git");
  const GitFixture project;
  project.git({"-c", "protocol.file.allow=always", "submodule", "--quiet",
               "add", server.root() + "/lib.git", "lib"});
  CHECK(list(project.path()).entries.size() == 2);
}

TEST_CASE("GitLab's own name of a hashed repository is told") {
  const Server server;
  server.add("@hashed/6b/86/6b86b273.git");
  server.source().git_in(server.root() + "/@hashed/6b/86/6b86b273.git",
                         {"config", "gitlab.fullpath", "pay/api"});
  CHECK(names_of(list(server.root())) == Names{"pay/api"});
}

TEST_CASE("forks and the pool that they borrow from are told by one folder") {
  const Server server;
  for (const std::string path :
       {"@pools/p.git", "a.git", "b.git", "c.git", "alone.git"}) {
    server.add(path);
  }
  server.borrow("a.git", server.root() + "/@pools/p.git/objects");
  server.borrow("b.git", "../../@pools/p.git/objects");
  server.borrow("c.git", "# why\n\"../../b.git/objects\"");
  const Inventory inventory = list(server.root());
  const std::string pool = server.root() + "/@pools/p.git/objects";
  for (const std::string name : {"a", "b", "c", "@pools/p"}) {
    CAPTURE(name);
    CHECK(named(inventory, name).pool == pool);
  }
  CHECK(named(inventory, "alone").pool.empty());
  CHECK(inventory.coverage.skipped.empty());
}

TEST_CASE("objects outside of the folders are named and not followed") {
  const Server other;
  other.add("secret.git");
  const std::string lender = other.root() + "/secret.git";
  for (const std::string& line : Names{
           lender + "/objects", "/etc", "/nowhere/objects",
           "../../../../../../../../etc", lender + "/../secret.git/objects"}) {
    CAPTURE(line);
    const Server server;
    server.add("a.git");
    server.borrow("a.git", line);
    const Inventory inventory = list(server.root());
    REQUIRE(inventory.entries.size() == 1);
    CHECK(inventory.entries[0].pool.empty());
    REQUIRE(inventory.coverage.skipped.size() == 1);
    const Skipped& skipped = inventory.coverage.skipped[0];
    CHECK(skipped.reason == SkipReason::kMissingObject);
    CHECK(skipped.name == server.root() + "/a.git");
    CHECK_FALSE(inventory.coverage.complete(false));
  }
}

TEST_CASE("repositories that borrow in a circle end in time") {
  const Server server;
  server.add("a.git");
  server.add("b.git");
  server.borrow("a.git", "../../b.git/objects");
  server.borrow("b.git", "../../a.git/objects\n../../b.git/objects");
  const Inventory inventory = list(server.root());
  CHECK(inventory.entries.size() == 2);
  CHECK(inventory.coverage.skip_counts.contains(SkipReason::kMissingObject));
}

TEST_CASE("links that leave the folder are named and not followed") {
  const Server server;
  const Server other;
  other.add("outside.git");
  server.add("inside.git");
  server.dir().link("link.git", other.root() + "/outside.git");
  server.dir().link("again.git", server.root() + "/inside.git");
  server.dir().link("nowhere", "/no/such/folder");
  server.dir().write("tree/.git", "gitdir: " + other.root() + "/outside.git\n");
  server.add("borrowed.git");
  fs::remove_all(server.root() + "/borrowed.git/objects");
  server.dir().link("borrowed.git/objects",
                    other.root() + "/outside.git/objects");
  const Inventory inventory = list(server.root());
  CHECK(names_of(inventory) == Names{"inside"});
  Names skipped;
  for (const Skipped& entry : inventory.coverage.skipped) {
    CHECK(entry.reason == SkipReason::kSymlink);
    skipped.push_back(entry.name.substr(server.root().size() + 1));
  }
  CHECK(skipped == Names{"borrowed.git", "link.git", "tree/.git"});
}

TEST_CASE("a repository without objects is told to be empty") {
  const Server server;
  server.source().git({"init", "-q", "--bare", server.root() + "/new.git"});
  server.source().git({"init", "-q", server.root() + "/loose"});
  server.dir().write("loose/file", "text");
  server.source().git_in(server.root() + "/loose", {"add", "."});
  const Inventory inventory = list(server.root());
  CHECK(named(inventory, "new").empty);
  CHECK_FALSE(named(inventory, "loose").empty);
}

TEST_CASE("a folder that is not there is an error that names it") {
  Inventory inventory;
  const Status status = list_folders({"/no/such/folder"}, inventory);
  REQUIRE_FALSE(status);
  CHECK(status.error().message().find("/no/such/folder") == 0);
}

}  // namespace
}  // namespace leaksift
