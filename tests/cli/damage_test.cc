// Damaged and hostile repositories: a broken object costs that object, and is
// named.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "cli/program.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/forged_pack.h"
#include "support/git_fixture.h"

using namespace leaksift;
using Catch::Contains;

namespace {

namespace fs = std::filesystem;

std::string id_of(char digit) {
  return std::string(40, digit);
}

// A repository whose only pack holds `objects`.
GitFixture& with_pack(GitFixture& repo,
                      const std::vector<ForgedObject>& objects) {
  write_forged_pack(repo / ".git/objects/pack", objects);
  return repo;
}

Reported history(const GitFixture& repo) {
  return report({"history", repo.path()});
}

Ran verify(const GitFixture& repo) {
  return run_program({"git-verify", repo.path()});
}

// All in one pack: three commits, three tokens.
void fill_packed(const GitFixture& repo) {
  for (unsigned i = 1; i <= 3; ++i) {
    repo.write("file-" + std::to_string(i), "key = " + acme_token(i) + "\n");
    repo.git({"add", "."});
    repo.git({"commit", "-q", "-m", "commit"});
  }
  repo.git({"repack", "-q", "-adf"});
}

std::string pack_file(const GitFixture& repo, const std::string& extension) {
  for (const auto& entry : fs::directory_iterator(repo / ".git/objects/pack")) {
    if (entry.path().extension() == extension) {
      fs::permissions(entry.path(), fs::perms::owner_write,
                      fs::perm_options::add);
      return entry.path();
    }
  }
  FAIL("no " + extension);
  return {};
}

void flip_byte(const std::string& path, std::streamoff at) {
  fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(at);
  const auto byte = static_cast<char>(file.get() ^ 0x55);
  file.seekp(at);
  file.put(byte).flush();
  REQUIRE(file.good());
}

}  // namespace

TEST_CASE("a broken delta costs the object that it makes", "[cli][damage]") {
  struct Broken {
    std::string why;
    ForgedObject object;
  };
  const std::string good = "key = " + acme_token(1) + "\n";
  const uint64_t size = good.size();
  const std::string copy_all = {'\x90', static_cast<char>(size)};
  const Broken broken = GENERATE_COPY(
      Broken{"wrong base size",
             forged_delta(id_of('b'), id_of('a'), size + 1, size, copy_all)},
      Broken{"wrong result size",
             forged_delta(id_of('b'), id_of('a'), size, size + 1, copy_all)},
      Broken{"copies past the end",
             forged_delta(id_of('b'), id_of('a'), size, size + 9,
                          {'\x90', static_cast<char>(size + 9)})},
      Broken{"copies from past the end",
             forged_delta(id_of('b'), id_of('a'), size, 1, "\x91\xff\x01")},
      Broken{"inserts more than it has",
             forged_delta(id_of('b'), id_of('a'), size, 100, "\x64short")},
      Broken{
          "an instruction that means nothing",
          forged_delta(id_of('b'), id_of('a'), size, 1, std::string("\0", 1))},
      Broken{"ends inside of a number",
             {id_of('b'), ForgedObject::kRefDelta, 2, id_of('a'), "\xff\xff"}},
      Broken{"its own base",
             forged_delta(id_of('b'), id_of('b'), size, size, copy_all)});
  CAPTURE(broken.why);
  GitFixture repo;
  with_pack(repo, {forged_blob(id_of('a'), good), broken.object});
  const Reported r = history(repo);
  CHECK(r.ran.exit_code == 1);
  CHECK(r.of_occurrences("blob") == Lines{id_of('a')});
  CHECK(r.names_skipped("corrupt") == Lines{id_of('b')});
}

TEST_CASE("a delta without its base is named", "[cli][damage]") {
  GitFixture repo;
  with_pack(repo, {forged_blob(id_of('a'), "clean"),
                   forged_delta(id_of('b'), id_of('c'), 5, 1, "\x01x")});
  const Reported r = history(repo);
  CHECK(r.ran.exit_code == 3);
  CHECK(r.summary["coverage"]["skipped_items"].size() == 1);
  CHECK_THAT(r.summary["coverage"]["skipped_items"].dump(),
             Contains(id_of('b')));
}

TEST_CASE("an object that claims 2 GiB takes no such memory", "[cli][damage]") {
  constexpr uint64_t kClaimed = uint64_t{2} << 30;
  const std::string good = "key = " + acme_token(1) + "\n";
  const ForgedObject liar = GENERATE_COPY(
      ForgedObject{id_of('b'), ForgedObject::kBlob, kClaimed, {}, "short"},
      forged_delta(id_of('b'), id_of('a'), good.size(), kClaimed, "\x01x"),
      ForgedObject{id_of('b'), ForgedObject::kRefDelta, kClaimed, id_of('a'),
                   "short"});
  GitFixture repo;
  with_pack(repo, {forged_blob(id_of('a'), good), liar});
  const Reported r = history(repo);
  CHECK(r.ran.exit_code == 1);
  CHECK(r.of_occurrences("blob") == Lines{id_of('a')});
  CHECK_THAT(r.summary["coverage"]["skipped_items"].dump(),
             Contains(id_of('b')));
  CHECK(r.summary["complete"] == false);
#ifndef __SANITIZE_ADDRESS__
  CHECK(r.ran.peak_kb < 200 << 10);
#endif
}

TEST_CASE("one claim just under the limit is not believed either",
          "[cli][damage]") {
  constexpr uint64_t kClaimed = (uint64_t{1} << 30) - 1;
  GitFixture repo;
  with_pack(repo, {forged_blob(id_of('a'), "clean"),
                   {id_of('b'), ForgedObject::kBlob, kClaimed, {}, "short"}});
  const Reported r = history(repo);
  CHECK(r.ran.exit_code == 3);
  CHECK(r.names_skipped("corrupt") == Lines{id_of('b')});
}

TEST_CASE("a pack cut short is named, and what is in front of the cut scanned",
          "[cli][damage]") {
  const GitFixture repo;
  fill_packed(repo);
  const std::string pack = pack_file(repo, ".pack");
  fs::resize_file(pack, fs::file_size(pack) * 2 / 3);
  const Reported r = history(repo);
  CHECK((r.ran.exit_code == 1 || r.ran.exit_code == 3));
  CHECK(r.summary["complete"] == false);
  CHECK(r.skipped("corrupt") + r.skipped("missing-object") > 0);
}

TEST_CASE("a damaged index of a pack is named", "[cli][damage]") {
  const GitFixture repo;
  fill_packed(repo);
  const std::string index = pack_file(repo, ".idx");
  SECTION("not an index at all") {
    flip_byte(index, 0);
  }
  SECTION("cut short") {
    fs::resize_file(index, 1040);
  }
  SECTION("counts that fall") {
    flip_byte(index, 8);
  }
  const Reported r = history(repo);
  CHECK(r.ran.exit_code == 3);
  CHECK_THAT(r.summary["coverage"]["skipped_items"].dump(),
             Contains(fs::path(index).filename().string()));
}

TEST_CASE("a damaged loose object costs that object", "[cli][damage]") {
  const GitFixture repo;
  for (unsigned i = 1; i <= 2; ++i) {
    repo.git({"hash-object", "-w", "--stdin"}, "key = " + acme_token(i));
  }
  const std::string id(
      trimmed(repo.git({"hash-object", "--stdin"}, "key = " + acme_token(2))));
  const std::string path =
      repo / ".git/objects/" + id.substr(0, 2) + "/" + id.substr(2);
  const auto middle = static_cast<std::streamoff>(fs::file_size(path) / 2);
  flip_byte(path, middle);
  const Reported r = history(repo);
  CHECK(r.ran.exit_code == 1);
  CHECK(r.findings.size() == 1);
  CHECK(r.names_skipped("corrupt") == Lines{id});
}

TEST_CASE("git-verify finds nothing wrong with a good repository",
          "[cli][verify]") {
  const GitFixture repo(
      {GENERATE("--object-format=sha1", "--object-format=sha256")});
  fill_packed(repo);
  repo.git({"hash-object", "-w", "--stdin"}, "loose");
  const Ran ran = verify(repo);
  CHECK(ran.exit_code == 0);
  CHECK(ran.err.empty());
  CHECK_THAT(ran.out, Contains("10 objects, 3 commits, 3 trees, 4 blobs") &&
                          Contains("; 0 damaged or missing"));
}

TEST_CASE("git-verify names what is damaged", "[cli][verify]") {
  GitFixture repo;
  SECTION("an object that is not what its id says") {
    with_pack(repo, {forged_blob(id_of('a'), "not that")});
    CHECK_THAT(verify(repo).err, Contains(id_of('a') + ": corrupt: "));
    const Ran decoded = run_program({"git-verify", "--no-hash", repo.path()});
    CHECK(decoded.exit_code == 0);
    return;
  }
  SECTION("a flipped byte in a pack") {
    fill_packed(repo);
    const std::string pack = pack_file(repo, ".pack");
    flip_byte(pack, static_cast<std::streamoff>(fs::file_size(pack) / 2));
  }
  SECTION("a pack cut short") {
    fill_packed(repo);
    const std::string pack = pack_file(repo, ".pack");
    fs::resize_file(pack, fs::file_size(pack) / 2);
  }
  const Ran ran = verify(repo);
  CHECK(ran.exit_code == 3);
  CHECK_FALSE(ran.err.empty());
  CHECK_THAT(ran.out, !Contains("; 0 damaged or missing"));
}
