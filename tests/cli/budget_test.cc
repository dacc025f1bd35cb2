// --memory holds for whatever a pack is made of, and nothing is lost for it.
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

#include "cli/program.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/forged_pack.h"
#include "support/git_fixture.h"
#include "support/random.h"

using namespace leaksift;
using Catch::Contains;

namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMega = uint64_t{1} << 20;

std::string id_of(uint64_t number) {
  std::string id = std::to_string(number);
  return std::string(40 - id.size(), '0') + id;
}

Reported history(const GitFixture& repo, const std::string& memory) {
  return report({"history", repo.path(), "--memory", memory, "--jobs", "2"});
}

// The budget, and 24 MB for the program itself.
void check_within(const Reported& r, [[maybe_unused]] long budget_mb) {
#ifndef __SANITIZE_ADDRESS__
  CHECK(r.ran.peak_anonymous_kb < (budget_mb + 24) << 10);
#endif
  CHECK(r.summary["complete"] == true);
}

void check_secrets(const Reported& r, const std::vector<unsigned>& numbers) {
  CHECK(r.findings.size() == numbers.size());
  CHECK(r.ran.exit_code == 1);
}

// Offsets of a forged delta's copies are below 64 KB, sizes too.
std::string copy(uint64_t offset, uint64_t size) {
  const auto byte = [](uint64_t value) {
    return static_cast<char>(value & 0xff);
  };
  return {'\xb3', byte(offset), byte(offset >> 8), byte(size), byte(size >> 8)};
}

std::string insert(const std::string& text) {
  return std::string(1, static_cast<char>(text.size())) + text;
}

ForgedObject delta_of(uint64_t id, uint64_t base, uint64_t size,
                      uint64_t result, const std::string& instructions) {
  return forged_delta(id_of(id), id_of(base), size, result, instructions);
}

}  // namespace

TEST_CASE("a chain of 4095 deltas made by git is scanned from end to end",
          "[cli][memory]") {
  constexpr unsigned kVersions = 4096;
  const GitFixture repo;
  Random random(1);
  std::string text;
  while (text.size() < 16 << 10) {
    text += random.text(60, "abcdefghijklmnopqrstuvwxyz ") + "\n";
  }
  std::string stream;
  for (unsigned i = 0; i < kVersions; ++i) {
    const bool has_secret = i == 0 || i == kVersions / 2 || i + 1 == kVersions;
    const std::string line =
        has_secret ? acme_token(i) + "\n" : std::to_string(i) + "\n";
    const std::string version = text + line;
    stream +=
        "blob\ndata " + std::to_string(version.size()) + "\n" + version + "\n";
    text.replace(i * 5 % (text.size() - 10), 5, std::to_string(10'000 + i));
  }
  repo.git({"fast-import", "--quiet", "--depth=5000"}, stream);
  const std::string packs = repo.packs().at(0);
  CHECK_THAT(repo.git({"verify-pack", "-v", packs}),
             Contains("chain length = 4095: 1 object"));
  const Reported r = history(repo, "32M");
  check_secrets(r, {0, kVersions / 2, kVersions - 1});
  check_within(r, 32);
}

#ifndef __SANITIZE_ADDRESS__
TEST_CASE("the last line of a packed blob of 1 GiB is found in 64 MB",
          "[cli][memory]") {
  const GitFixture repo;
  std::string block;
  while (block.size() < kMega) block += "nothing to be found in this line\n";
  write_forged_pack(repo / ".git/objects/pack",
                    {forged_large_blob(id_of(1), block, 1024, acme_token(1))});
  const Reported r = history(repo, "64M");
  check_secrets(r, {1});
  check_within(r, 64);
  CHECK(r.summary["coverage"]["bytes"] > 1024 * kMega);
}
#endif

TEST_CASE("bases that wait for their deltas stay within the budget",
          "[cli][memory]") {
  // Each is the base of the next one, and then of a small one.
  constexpr uint64_t kSize = 2 * kMega;
  constexpr unsigned kDepth = 60;
  const GitFixture repo;
  std::vector<ForgedObject> objects = {
      forged_large_blob(id_of(1), std::string(kMega, '\n'), 2, "")};
  // Not of the front, where their secrets are.
  std::string same;
  for (uint64_t i = 0; i < kSize / 0x8000 - 1; ++i) same += copy(64, 0x8000);
  std::vector<unsigned> secrets;
  for (unsigned i = 1; i <= kDepth; ++i) {
    const std::string first = insert(acme_token(i)) + copy(64, 0x8000 - 37);
    objects.push_back(delta_of(i + 1, i, kSize, kSize, first + same));
    objects.push_back(delta_of(1000 + i, i, kSize, 37 + 100,
                               insert(acme_token(1000 + i)) + copy(64, 100)));
    secrets.insert(secrets.end(), {i, 1000 + i});
  }
  write_forged_pack(repo / ".git/objects/pack", objects);
  const Reported r = history(repo, "32M");
  check_secrets(r, secrets);
  check_within(r, 32);
}

TEST_CASE("what is made out of a base over the budget stays within it",
          "[cli][memory]") {
  // The base: 40 MB. On it a large one and a small one, and the same on that.
  constexpr uint64_t kSize = 40 * kMega;
  const GitFixture repo;
  std::string same;
  for (uint64_t i = 0; i < kSize / 0x8000 - 1; ++i) same += copy(0, 0x8000);
  std::vector<ForgedObject> objects = {forged_large_blob(
      id_of(1), std::string(kMega - 37, '\n') + acme_token(1), 40, "")};
  for (unsigned i = 1; i <= 2; ++i) {
    const std::string first = copy(0, 0x8000 - 37) + insert(acme_token(i + 1));
    objects.push_back(delta_of(i + 1, i, kSize, kSize, same + first));
    objects.push_back(delta_of(100 + i, i, kSize, 137,
                               insert(acme_token(100 + i)) + copy(0, 100)));
  }
  write_forged_pack(repo / ".git/objects/pack", objects);
  const Reported r = history(repo, "32M");
  check_secrets(r, {1, 2, 3, 101, 102});
  check_within(r, 32);
}

TEST_CASE("large siblings on two threads share the budget", "[cli][memory]") {
  const bool packed = GENERATE(false, true);
  const GitFixture repo;
  std::vector<unsigned> secrets;
  std::string large;
  while (large.size() < 12 * kMega) large += "a line of a large file\n";
  for (unsigned i = 0; i < 4; ++i) {
    repo.write("large-" + std::to_string(i), large + acme_token(i) + "\n");
    secrets.push_back(i);
  }
  repo.git({"add", "."});
  repo.git({"-c", "core.compression=1", "commit", "-q", "-m", "large"});
  if (packed) repo.git({"repack", "-q", "-ad"});
  const Reported r = history(repo, "32M");
  check_secrets(r, secrets);
  check_within(r, 32);
}

TEST_CASE("a pack without an index is read within the budget",
          "[cli][memory]") {
  const GitFixture repo;
  std::string large;
  while (large.size() < 24 * kMega) large += "a line of a large file\n";
  for (unsigned i = 0; i < 3; ++i) {
    repo.write("large", large + acme_token(i) + "\n");
    repo.git({"add", "."});
    repo.git({"-c", "core.compression=1", "commit", "-q", "-m", "large"});
  }
  repo.git({"repack", "-q", "-ad"});
  const std::string pack = repo.packs().at(0);
  fs::remove(pack.substr(0, pack.size() - 5) + ".idx");
  const Reported r = history(repo, "32M");
  check_secrets(r, {0, 1, 2});
  check_within(r, 32);
}

TEST_CASE("damage in a pack without an index is named, and what it costs",
          "[cli][memory][damage]") {
  const GitFixture repo;
  write_forged_pack(repo / ".git/objects/pack",
                    {forged_blob(id_of(1), acme_token(1)),
                     {id_of(2), ForgedObject::kBlob, 4, {}, "longer", false},
                     forged_blob(id_of(3), acme_token(3)),
                     forged_blob(id_of(4), acme_token(4))});
  fs::remove(repo / ".git/objects/pack/pack-forged.idx");
  const Reported r = history(repo, "32M");
  CHECK(r.findings.size() == 1);
  CHECK(r.summary["complete"] == false);
  CHECK_THAT(r.summary["coverage"]["skipped_items"].dump(),
             Contains("it and all behind it are lost, 3 in all"));
}

TEST_CASE("a stream that holds more than its entry says is not followed",
          "[cli][memory][damage]") {
  const GitFixture repo;
  ForgedObject bomb =
      forged_large_blob(id_of(1), std::string(kMega, '\n'), 200, "");
  bomb.size = 100;
  write_forged_pack(repo / ".git/objects/pack",
                    {bomb, delta_of(2, 1, 100, 100, copy(0, 100))});
  const Reported r = history(repo, "32M");
  CHECK(r.ran.exit_code == 3);
  CHECK(r.names_skipped("corrupt") == Lines{id_of(1), id_of(2)});
#ifndef __SANITIZE_ADDRESS__
  CHECK(r.ran.peak_anonymous_kb < 56 << 10);
#endif
}

TEST_CASE("objects over the budget count in git-verify and --verify-deltas",
          "[cli][memory][verify]") {
  const GitFixture repo;
  repo.write("large", std::string(12 * kMega, '\n') + acme_token(1));
  repo.git({"add", "."});
  repo.git({"commit", "-q", "-m", "large"});
  repo.git({"repack", "-q", "-ad"});
  const Ran verified =
      run_program({"git-verify", repo.path(), "--memory", "32M"});
  CHECK(verified.exit_code == 0);
  CHECK_THAT(verified.out, Contains("1 commits, 1 trees, 1 blobs"));
  const Reported r =
      report({"history", repo.path(), "--memory", "32M", "--verify-deltas"});
  CHECK(r.summary["coverage"]["bytes"] > 12 * kMega);
  check_secrets(r, {1});
}

namespace {

// Where the object begins in the repository's only pack, says git.
std::streamoff offset_in_pack(const GitFixture& repo, const std::string& id) {
  std::istringstream lines(repo.git({"verify-pack", "-v", repo.packs().at(0)}));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, type;
    std::streamoff size = 0, in_pack = 0, offset = 0;
    words >> name >> type >> size >> in_pack >> offset;
    if (name == id) return offset;
  }
  FAIL(id + " is not packed");
  return 0;
}

void damage(const std::string& path, std::streamoff at) {
  fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(at);
  file << "\x55\xaa\x55\xaa\x55\xaa" << std::flush;
  REQUIRE(file.good());
}

}  // namespace

TEST_CASE("of a damaged object another copy is read, wherever it is",
          "[cli][memory][damage]") {
  const bool large = GENERATE(false, true);
  const std::string copy = GENERATE("pack", "loose", "alternate", "none");
  const bool loose = GENERATE(false, true);
  CAPTURE(large, copy, loose);
  if (loose && copy == "loose") return;
  const GitFixture repo;
  std::string text = acme_token(1) + "\n";
  Random random(1);
  if (large) text += random.bytes(5 * kMega) + "\n" + acme_token(2) + "\n";
  repo.write("file", text);
  repo.git({"add", "."});
  repo.git({"commit", "-q", "-m", "m"});
  const std::string id(trimmed(repo.git({"rev-parse", "HEAD:file"})));
  const std::string objects = repo / ".git/objects";
  const std::string file = "/" + id.substr(0, 2) + "/" + id.substr(2);
  const std::string other = repo.around() / "other";
  if (copy == "alternate") {
    fs::create_directories(other + file.substr(0, 3));
    fs::copy(objects + file, other + file);
    repo.write(".git/objects/info/alternates", other + "\n");
  }
  if (loose) {
    damage(objects + file, large ? 2 * kMega : 20);
    if (copy == "pack") {
      // git would not pack it any more.
      const std::string pack = objects + "/pack";
      write_forged_pack(pack, {large ? forged_large_blob(id, text, 1, "")
                                     : forged_blob(id, text)});
    }
  } else {
    repo.git({"repack", "-q", copy == "loose" ? "-a" : "-ad", "-f"});
    if (copy == "alternate") repo.git({"repack", "-q", "-adf"});
    const std::string packed = repo.packs().at(0);
    const std::streamoff at = offset_in_pack(repo, id);
    if (copy == "pack") {
      const std::string stem = packed.substr(0, packed.size() - 5);
      fs::copy(stem + ".pack", objects + "/pack/pack-other.pack");
      fs::copy(stem + ".idx", objects + "/pack/pack-other.idx");
    }
    damage(packed, at + (large ? 2 * static_cast<std::streamoff>(kMega) : 12));
  }
  const Reported r = history(repo, "32M");
  const size_t secrets = large ? 2 : 1;
  if (copy == "none") {
    CHECK(r.findings.empty());
    CHECK(r.ran.exit_code == 3);
    CHECK(r.names_skipped("corrupt") == Lines{id});
  } else {
    CHECK(r.findings.size() == secrets);
    CHECK(r.summary["complete"] == true);
  }
}
