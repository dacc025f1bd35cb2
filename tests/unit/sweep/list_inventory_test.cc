#include "sweep/list_inventory.h"

#include <filesystem>

#include "support/catch.h"
#include "support/git_fixture.h"
#include "support/temp_dir.h"

namespace leaksift {
namespace {

Inventory list(const std::string& text, const std::string& folder = "/") {
  Inventory inventory;
  REQUIRE(list_text(text, "list", folder, inventory));
  inventory.finish();
  return inventory;
}

std::string error_of(const std::string& text) {
  Inventory inventory;
  const Status status = list_text(text, "repos.txt", "/", inventory);
  return status ? "" : status.error().message();
}

TEST_CASE("a list holds URLs and paths with members of the record") {
  const GitFixture repo;
  const TempDir dir;
  dir.write("repos.txt",
            "# all of ours\n\n"
            "https://git.example/pay/web\tarchived=true\tsize_bytes=7\r\n"
            "git@git.example:pay/api.git\tfork_of=git.example/core/api\n" +
                repo.path() + "\tname=local\n" + dir.path() + "/nothing\n");
  Inventory inventory;
  REQUIRE(list_file(dir / "repos.txt", inventory));
  inventory.finish();
  REQUIRE(inventory.entries.size() == 3);
  const RepositoryEntry& local = inventory.entries[0];
  CHECK(local.path == std::filesystem::canonical(repo.path()).string());
  CHECK(local.key == local.path);
  CHECK(local.name == "local");
  CHECK(local.empty);
  CHECK(inventory.entries[1].key == "git.example/pay/api");
  CHECK(inventory.entries[1].fork_of == "git.example/core/api");
  CHECK(inventory.entries[2].archived);
  CHECK(inventory.entries[2].size_bytes == 7);
  REQUIRE(inventory.coverage.skipped.size() == 1);
  CHECK(inventory.coverage.skipped[0].name == dir / "nothing");
  CHECK_FALSE(inventory.coverage.complete(false));
}

TEST_CASE("a path of a list begins at the list's folder") {
  const GitFixture repo;
  const Inventory inventory =
      list("repo\n./repo/\n{\"path\":\"repo\"}", repo.around().path());
  REQUIRE(inventory.entries.size() == 1);
  CHECK(inventory.entries[0].path ==
        std::filesystem::canonical(repo.path()).string());
}

TEST_CASE("a line that cannot be understood is told with what to do") {
  CHECK(error_of("https://a/b\nhttps://a/c\tarchved=true") ==
        "repos.txt:2: no member 'archved'; did you mean 'archived'?");
  CHECK(error_of("https://a/b\tzzz=1").find("there are size_bytes") !=
        std::string::npos);
  CHECK(error_of("https://a/b\tarchived=yes") ==
        "repos.txt:1: archived is not true or false");
  CHECK(error_of("https://a/b\tsize_bytes=-1") ==
        "repos.txt:1: size_bytes is not a whole number");
  CHECK(error_of("https://a/b\tarchived") ==
        "repos.txt:1: 'archived' is not written as key=value");
  CHECK(error_of("ext::sh -c id").find("repos.txt:1: ") == 0);
  CHECK(error_of("{\"url\":1").find("repos.txt:1: not JSON") == 0);
  CHECK(error_of("{\"name\":\"x\"}") ==
        "repos.txt:1: it has neither a url nor a path");
  CHECK(error_of("{\"url\":\"https://a/b\",\"archived\":\"maybe\"}") ==
        "repos.txt:1: archived is not true or false");
}

TEST_CASE("the record survives being written and read") {
  RepositoryEntry entry;
  entry.key = "git.example/pay/api";
  entry.url = "https://git.example/pay/api.git";
  entry.path = "/srv/\xff\n\"x";
  entry.name = "pay/api";
  entry.size_bytes = UINT64_MAX / 2;
  entry.pushed_at = -1;
  entry.default_branch = "main";
  entry.fork_of = "git.example/core/api";
  entry.pool = "/srv/pool";
  entry.visibility = Visibility::kInternal;
  entry.archived = true;
  entry.empty = true;
  const std::string line = to_jsonl(entry);
  CHECK(line.find('\n') == line.size() - 1);
  const Result<RepositoryEntry> read = parse_repository(line);
  REQUIRE(read);
  CHECK(*read == entry);
  RepositoryEntry plain;
  plain.key = plain.path = "/srv/a";
  CHECK(to_jsonl(plain) == "{\"key\":\"/srv/a\",\"path\":\"/srv/a\"}\n");
}

TEST_CASE("a password in a list goes no further") {
  for (const std::string line :
       {"https://bob:hunter2@git.example/a/b",
        "{\"url\":\"https://bob:hunter2@git.example/a/b\"}",
        "https://git.example/a/b\turl=https://hunter2@git.example/a/b"}) {
    const Inventory inventory = list(line);
    REQUIRE(inventory.entries.size() == 1);
    CHECK(inventory.entries[0].key == "git.example/a/b");
    CHECK(to_jsonl(inventory.entries[0]).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("entries of one key become one, in whatever order they come") {
  const std::string first = "https://a.example/x\tarchived=true\n";
  const std::string second = "git@A.example:x.git\tsize_bytes=5\n";
  const std::string other = "https://a.example/b\n";
  const Inventory one = list(first + second + other);
  const Inventory two = list(other + second + first + first);
  REQUIRE(one.entries.size() == 2);
  CHECK(one.entries == two.entries);
  CHECK(one.entries[1].archived);
  CHECK(one.entries[1].size_bytes == 5);
}

TEST_CASE("a filter says what it left out") {
  Inventory inventory = list(
      "https://h/pay/a\nhttps://h/pay/b\tarchived=true\n"
      "https://h/pay/c\tfork_of=h/pay/a\nhttps://h/pay/d\tsize_bytes=1\n"
      "https://h/pay/e\tsize_bytes=100\nhttps://h/pay/f\tsize_bytes=50\n"
      "https://h/web/a\nhttps://h/pay/legacy/x\n");
  InventoryFilter filter;
  filter.include.push_back(*PathGlob::parse("h/pay/**"));
  filter.exclude.push_back(*PathGlob::parse("legacy"));
  filter.archived = filter.forks = false;
  filter.min_bytes = 2;
  filter.max_bytes = 99;
  inventory.keep(filter);
  REQUIRE(inventory.entries.size() == 2);
  CHECK(inventory.entries[0].key == "h/pay/a");
  CHECK(inventory.entries[1].key == "h/pay/f");
  CHECK(inventory.coverage.skip_counts.at(SkipReason::kIgnored) == 5);
  CHECK(inventory.coverage.skip_counts.at(SkipReason::kOverSizeLimit) == 1);
}

}  // namespace
}  // namespace leaksift
