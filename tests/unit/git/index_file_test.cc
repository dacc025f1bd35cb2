#include "git/index_file.h"

#include <algorithm>
#include <random>

#include "core/digest.h"
#include "core/file.h"
#include "support/catch.h"
#include "support/git/pack_writer.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

// An index's file, and what lies beside it.
struct IndexFiles {
  std::string bytes;
  ReadNeighbour read;
};

IndexFiles files_of(const std::string& git_directory) {
  const auto read = [git_directory](const std::string& name) {
    return read_file(git_directory + '/' + name);
  };
  return {read_bytes(git_directory + "/index"), read};
}

Result<std::string> no_neighbour(const std::string& name) {
  return Error(name + ": missing");
}

std::vector<std::string> paths_of(const TrackedPaths& tracked) {
  std::vector<std::string> paths;
  for (size_t i = 0; i < tracked.size(); ++i) {
    paths.emplace_back(tracked.path(i));
  }
  return paths;
}

TrackedPaths tracked_in(const GitFixture& repo) {
  const IndexFiles files = files_of(repo / ".git");
  Result<TrackedPaths> tracked = parse_index(files.bytes, files.read);
  if (!tracked) FAIL(tracked.error().message());
  return *std::move(tracked);
}

// What git says; conflicts give a path once for each stage.
std::vector<std::string> paths_by_git(const GitFixture& repo) {
  auto paths = split_nul(repo.git({"ls-files", "-z", "--sparse"}));
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

void write_some_files(const GitFixture& repo) {
  for (const char* path :
       {"a", "a-b", "a.c", "dir/a", "dir/b c", "dir/sub/\xc3\xa9", "dir-x",
        "dir.y/z", "long/way/down/to/the/file", "\xff\xfe", "tab\there"}) {
    repo.write(path, path);
  }
  repo.git({"add", "-A"});
}

void change_some_entries(const GitFixture& repo, std::mt19937& random) {
  auto known = split_nul(repo.git({"ls-files", "-z", "d*"}));
  std::shuffle(known.begin(), known.end(), random);
  std::string removed, replaced;
  for (size_t i = 0; i < 8; ++i) {
    (i % 2 == 0 ? removed : replaced) += known[i] + '\0';
  }
  const std::string added = "new/" + std::to_string(random() % 100);
  repo.write(added, "x");
  repo.git({"update-index", "--force-remove", "-z", "--stdin"}, removed);
  repo.git({"update-index", "--chmod=+x", "-z", "--stdin"}, replaced);
  repo.git({"add", added});
}

std::string with_checksum(std::string bytes) {
  Digest digest(DigestKind::kSha1);
  digest.add(bytes);
  return bytes + digest.finish();
}

std::string without_checksum(std::string bytes) {
  bytes.resize(bytes.size() - kSha1Size);
  return bytes;
}

}  // namespace

TEST_CASE("an index of each version names what git ls-files names",
          "[git][index_file]") {
  const std::string version = GENERATE("2", "3", "4");
  const std::string format = GENERATE("sha1", "sha256");
  CAPTURE(version, format);
  const GitFixture repo({"--object-format=" + format});
  write_some_files(repo);
  // Only entries with more flags make an index of version 3.
  repo.write("later", "x");
  repo.git({"add", "--intent-to-add", "later"});
  repo.git({"update-index", "--skip-worktree", "dir/a"});
  repo.git({"update-index", "--index-version", version});
  const std::string bytes = read_bytes(repo / ".git/index");
  REQUIRE(bytes[7] == std::stoi(version == "2" ? "3" : version));
  CHECK(paths_of(tracked_in(repo)) == paths_by_git(repo));
}

TEST_CASE("an index without extended flags is read too", "[git][index_file]") {
  const GitFixture repo;
  write_some_files(repo);
  REQUIRE(read_bytes(repo / ".git/index")[7] == 2);
  CHECK(paths_of(tracked_in(repo)) == paths_by_git(repo));
}

TEST_CASE("an empty index tracks nothing", "[git][index_file]") {
  const GitFixture repo;
  write_some_files(repo);
  repo.git({"rm", "-rqf", "."});
  CHECK(tracked_in(repo).size() == 0);
}

TEST_CASE("optional extensions are passed over", "[git][index_file]") {
  const GitFixture repo;
  write_some_files(repo);
  repo.git({"commit", "-qm", "one"});                      // TREE
  repo.git({"-c", "core.untrackedCache=true", "status"});  // UNTR
  repo.git({"-c", "index.threads=2", "add", "-A"});  // EOIE, IEOT if large
  CHECK(paths_of(tracked_in(repo)) == paths_by_git(repo));
}

TEST_CASE("paths in conflict count once", "[git][index_file]") {
  const GitFixture repo;
  repo.write("file", "base");
  repo.git({"add", "-A"});
  const std::string id = repo.git({"rev-parse", ":file"}).substr(0, 40);
  std::string input;
  for (const char* stage : {"1", "2", "3"}) {
    input += "100644 " + id + ' ' + stage + "\tboth\n";
  }
  repo.git({"update-index", "--index-info"}, input);
  CHECK(paths_of(tracked_in(repo)) == std::vector<std::string>{"both", "file"});
}

TEST_CASE("paths too long for the length field are read whole",
          "[git][index_file]") {
  const std::string version = GENERATE("2", "4");
  const GitFixture repo;
  write_some_files(repo);
  const std::string id = repo.git({"rev-parse", ":a"}).substr(0, 40);
  std::string input;
  for (const size_t size : {4093U, 4094U, 4095U, 4096U, 5000U}) {
    input += "100644 " + id + "\t" + std::string(size, 'x') + '\n';
  }
  repo.git({"update-index", "--index-info"}, input);
  repo.git({"update-index", "--index-version", version});
  CHECK(paths_of(tracked_in(repo)) == paths_by_git(repo));
}

TEST_CASE("submodules are told from files", "[git][index_file]") {
  const GitFixture repo;
  write_some_files(repo);
  repo.git({"update-index", "--add", "--cacheinfo",
            "160000," + std::string(40, '1') + ",module"});
  const TrackedPaths tracked = tracked_in(repo);
  CHECK(tracked.contains("module"));
  CHECK(tracked.contains_submodule("module"));
  CHECK_FALSE(tracked.contains_submodule("a"));
  CHECK_FALSE(tracked.contains_below("module"));
}

TEST_CASE("a directory has tracked paths below it or not",
          "[git][index_file]") {
  const GitFixture repo;
  write_some_files(repo);
  const TrackedPaths tracked = tracked_in(repo);
  CHECK(tracked.contains_below("dir"));
  CHECK(tracked.contains_below("long/way"));
  CHECK_FALSE(tracked.contains_below("a"));
  CHECK_FALSE(tracked.contains_below("di"));
  CHECK_FALSE(tracked.contains("dir"));
  CHECK(tracked.contains("dir-x"));
}

TEST_CASE("a split index is read with its shared part", "[git][index_file]") {
  const std::string format = GENERATE("sha1", "sha256");
  const std::string version = GENERATE("2", "4");
  CAPTURE(format, version);
  const GitFixture repo({"--object-format=" + format});
  for (int i = 0; i < 200; ++i) {
    repo.write("d" + std::to_string(i % 7) + "/f" + std::to_string(i), "x");
  }
  repo.git({"add", "-A"});
  repo.git({"update-index", "--index-version", version});
  repo.git({"config", "splitIndex.maxPercentChange", "100"});
  repo.git({"update-index", "--split-index"});
  const size_t id_digits = format == "sha1" ? 40 : 64;
  for (const char* path : {"d0/f0", "new/module"}) {
    repo.git({"update-index", "--add", "--cacheinfo",
              "160000," + std::string(id_digits, '1') + ',' + path});
  }
  CHECK(tracked_in(repo).contains_submodule("d0/f0"));  // was a file
  CHECK_FALSE(tracked_in(repo).contains_submodule("d1/f1"));

  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    change_some_entries(repo, random);
    CHECK(paths_of(tracked_in(repo)) == paths_by_git(repo));
  }
  CHECK(tracked_in(repo).contains_submodule("new/module"));
  const std::string bytes = read_bytes(repo / ".git/index");
  CHECK(bytes.find("link") != bytes.npos);  // it was split indeed
}

TEST_CASE("a split index without its shared part is an error",
          "[git][index_file]") {
  const GitFixture repo;
  write_some_files(repo);
  repo.git({"update-index", "--split-index"});
  const auto tracked =
      parse_index(read_bytes(repo / ".git/index"), no_neighbour);
  REQUIRE_FALSE(tracked);
  CHECK_THAT(tracked.error().message(), Catch::StartsWith("sharedindex."));
}

TEST_CASE("a folded directory of a sparse index holds whatever is in it",
          "[git][index_file]") {
  const GitFixture repo;
  write_some_files(repo);
  repo.git({"commit", "-qm", "one"});
  repo.git({"sparse-checkout", "set", "--cone", "--sparse-index", "dir"});
  const TrackedPaths tracked = tracked_in(repo);
  CHECK(paths_of(tracked) == paths_by_git(repo));
  REQUIRE(tracked.contains("long/"));  // folded indeed
  CHECK(tracked.contains("long/way/down/to/the/file"));
  CHECK(tracked.contains("long/anything"));
  CHECK(tracked.contains_below("long"));
  CHECK(tracked.contains_below("long/way"));
  CHECK_FALSE(tracked.contains("longer"));
  CHECK_FALSE(tracked.contains("dir/anything"));
}

TEST_CASE("an index without a checksum is read", "[git][index_file]") {
  const std::string format = GENERATE("sha1", "sha256");
  const GitFixture repo({"--object-format=" + format});
  write_some_files(repo);
  std::string bytes = read_bytes(repo / ".git/index");
  const size_t size = format == "sha1" ? kSha1Size : kSha256Size;
  bytes.replace(bytes.size() - size, size, size, '\0');
  const auto tracked = parse_index(bytes, no_neighbour);
  REQUIRE(tracked);
  CHECK(paths_of(*tracked) == paths_by_git(repo));
}

TEST_CASE("an index that is cut short is an error", "[git][index_file]") {
  const std::string version = GENERATE("2", "4");
  const GitFixture repo;
  write_some_files(repo);
  repo.git({"update-index", "--index-version", version});
  const std::string bytes = without_checksum(read_bytes(repo / ".git/index"));
  for (size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    const std::string cut = bytes.substr(0, size);
    CHECK_FALSE(parse_index(cut, no_neighbour));
    if (size == bytes.size() - 12) continue;
    CHECK_FALSE(parse_index(with_checksum(cut), no_neighbour));
  }
}

TEST_CASE("an index with a wrong checksum is an error", "[git][index_file]") {
  const GitFixture repo;
  write_some_files(repo);
  std::string bytes = read_bytes(repo / ".git/index");
  bytes[100] = static_cast<char>(bytes[100] ^ 1);
  CHECK_FALSE(parse_index(bytes, no_neighbour));
}

TEST_CASE("an index with any damage is read within its bounds",
          "[git][index_file]") {
  const std::string version = GENERATE("2", "4");
  const bool split = GENERATE(false, true);
  const GitFixture repo;
  write_some_files(repo);
  repo.git({"update-index", "--index-version", version});
  if (split) {
    repo.git({"update-index", "--split-index"});
    repo.git({"update-index", "--chmod=+x", "a"});
    repo.git({"rm", "-q", "--cached", "dir/a"});
  }
  const IndexFiles files = files_of(repo / ".git");
  const std::string bytes = without_checksum(files.bytes);
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = bytes;
    for (size_t i = 0; i <= random() % 3; ++i) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    const auto tracked = parse_index(with_checksum(damaged), files.read);
    if (tracked) CHECK(tracked->size() < 1000);
  }
}

TEST_CASE("paths that grow with each entry do not exhaust memory",
          "[git][index_file]") {
  constexpr uint32_t kCount = 200'000;
  std::string bytes = "DIRC" + big_endian(4, 4) + big_endian(kCount, 4);
  for (uint32_t i = 0; i < kCount; ++i) {
    bytes += std::string(24, '\0') + big_endian(0100644, 4) +
             std::string(12 + kSha1Size, '\0') +
             big_endian(std::min<uint32_t>(i + 1, 0xfff), 2) + '\0' + 'a' +
             '\0';
  }
  const auto tracked = parse_index(with_checksum(bytes), no_neighbour);
  CHECK_FALSE(tracked);
}

TEST_CASE("an unknown extension that must be understood is an error",
          "[git][index_file]") {
  const std::string empty = "DIRC" + big_endian(2, 4) + big_endian(0, 4);
  CHECK(parse_index(with_checksum(empty), no_neighbour));
  CHECK(parse_index(with_checksum(empty + "ABCD" + big_endian(0, 4)),
                    no_neighbour));
  CHECK_FALSE(parse_index(with_checksum(empty + "abcd" + big_endian(0, 4)),
                          no_neighbour));
}
