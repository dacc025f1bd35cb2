#include "git/object_store.h"

#include <filesystem>

#include "support/catch.h"
#include "support/git/object_oracle.h"
#include "support/git/pack_writer.h"

using namespace leaksift;

namespace {

namespace fs = std::filesystem;

std::string write_blob(const GitFixture& repo, const std::string& bytes) {
  return repo.git({"hash-object", "-w", "--stdin"}, bytes)
      .substr(0, id_of(ObjectType::kBlob, bytes).hex(HashKind::kSha1).size());
}

std::string loose_path(const GitFixture& repo, const std::string& id) {
  return repo / (".git/objects/" + id.substr(0, 2) + "/" + id.substr(2));
}

// A bare repository beside, with one blob in it.
std::string other_repository(const GitFixture& repo, const std::string& name) {
  const std::string path = repo.around() / name;
  repo.git({"init", "-q", "--bare", path});
  repo.git_in(path, {"hash-object", "-w", "--stdin"}, "a blob of " + name);
  return path;
}

void set_alternates(const std::string& objects, const std::string& lines) {
  fs::create_directories(objects + "/info");
  overwrite(objects + "/info/alternates", lines);
}

std::vector<Skipped> skipped_with_file(const GitFixture& repo,
                                       const std::string& id,
                                       std::string_view file) {
  overwrite(loose_path(repo, id), file);
  return walk_objects(store_at(repo.path())).skipped;
}

}  // namespace

TEST_CASE("loose objects of all types are read as git reads them",
          "[git][object_store]") {
  const std::string format = GENERATE("sha1", "sha256");
  const GitFixture repo({"--object-format=" + format});
  repo.write("empty", "");
  repo.write("folder/binary", std::string("\0\1\2", 3));
  repo.write("large", std::string(2'000'000, '.'));
  repo.git({"add", "."});
  repo.git({"commit", "-qm", "m"});
  repo.git({"tag", "-am", "t", "v1"});
  REQUIRE(store_at(repo.path()).packs().empty());
  check_all_objects(repo, repo.path());
}

TEST_CASE("single objects are read out of packs and loose files",
          "[git][object_store]") {
  const GitFixture repo;
  std::string text = "a text that grows, a text that grows\n";
  for (int i = 0; i < 30; ++i) {
    repo.write("file", text += "line " + std::to_string(i * i) + "\n");
    repo.git({"add", "."});
    repo.git({"commit", "-qm", std::to_string(i)});
  }
  repo.git({"repack", "-adfq"});
  write_blob(repo, "loose");
  const ObjectStore store = store_at(repo.path());
  ObjectReader reader(store, 1 << 20);
  const WalkedObjects walked = walk_objects(store);
  REQUIRE(walked.objects.size() == 91);
  for (const auto& [hex, object] : walked.objects) {
    const ObjectId id = *ObjectId::from_hex(hex);
    CHECK(store.holds(id));
    const Result<Object> read = reader.read(id);
    REQUIRE(read);
    CHECK(read->type == object.type);
    CHECK(read->bytes() == object.bytes);
  }
  const ObjectId missing = id_of(ObjectType::kBlob, "nowhere");
  CHECK_FALSE(store.holds(missing));
  const Result<Object> nothing = reader.read(missing);
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().message() ==
        "object " + missing.hex(HashKind::kSha1) + ": missing");
}

TEST_CASE("objects of alternates count, nested and relative ones too",
          "[git][object_store]") {
  const GitFixture repo;
  write_blob(repo, "a blob of its own");
  const std::string one = other_repository(repo, "one");
  const std::string two = other_repository(repo, "two \"quoted\"");
  const std::string three = other_repository(repo, "three");
  repo.git_in(three, {"hash-object", "-w", "--stdin"}, "a blob of its own");
  set_alternates(repo / ".git/objects",
                 "# a comment\n\n../../../one/objects\n");
  set_alternates(one + "/objects", "\"" + repo.around().path() +
                                       "/two \\\"\\161uoted\\\"/objects\"\n");
  // Back to where it began: each folder is read once.
  set_alternates(two + "/objects",
                 three + "/objects\n" + repo.path() + "/.git/objects\n");
  check_all_objects(repo, repo.path());
  CHECK(store_at(repo.path()).object_dirs().size() == 4);
  CHECK(walk_objects(store_at(repo.path())).objects.size() == 4);
}

TEST_CASE("packs of alternates count", "[git][object_store]") {
  const GitFixture repo;
  repo.write("a", "content");
  repo.git({"add", "."});
  repo.git({"commit", "-qm", "m"});
  repo.git({"repack", "-adq"});
  const std::string clone = repo.around() / "clone";
  repo.git({"clone", "-q", "--shared", repo.path(), clone});
  CHECK(store_at(clone).packs().size() == 1);
  check_all_objects(repo, clone);
}

TEST_CASE("an alternate that is not there is named", "[git][object_store]") {
  const GitFixture repo;
  write_blob(repo, "a blob");
  set_alternates(repo / ".git/objects", "/does/not/exist\n");
  const ObjectStore store = store_at(repo.path());
  REQUIRE(store.problems().size() == 1);
  CHECK(store.problems()[0].reason == SkipReason::kUnreadable);
  CHECK(store.problems()[0].name == "/does/not/exist");
  CHECK(walk_objects(store).objects.size() == 1);
}

TEST_CASE("a loose file that is no object is named, the others are read",
          "[git][object_store]") {
  const GitFixture repo;
  const std::string id = write_blob(repo, "a loose blob, a loose blob");
  write_blob(repo, "another one");
  const std::string good = read_bytes(loose_path(repo, id));
  REQUIRE(skipped_with_file(repo, id, good).empty());

  using namespace std::string_literals;
  for (const std::string& file :
       {""s, "\x78\x01"s, good.substr(0, good.size() / 2),
        good.substr(0, good.size() - 1), "blob 3\0abc"s, zlib_stored(""),
        zlib_stored("blob 3"), zlib_stored("blob 4\0abc"s),
        zlib_stored("blob 2\0abc"s), zlib_stored("blub 3\0abc"s),
        zlib_stored("blob x\0abc"s), zlib_stored("blob -3\0abc"s),
        zlib_stored("blob 3 \0abc"s), zlib_stored("blob\0abc 3\0"s),
        zlib_stored("blob 99999999999999999999\0abc"s)}) {
    CAPTURE(file);
    const auto skipped = skipped_with_file(repo, id, file);
    REQUIRE(skipped.size() == 1);
    CHECK(skipped[0].name == id);
    CHECK(skipped[0].reason == SkipReason::kCorrupt);
    CHECK(walk_objects(store_at(repo.path())).objects.size() == 1);
  }
}

TEST_CASE("files beside the objects are no objects", "[git][object_store]") {
  const GitFixture repo;
  write_blob(repo, "a blob");
  const std::string objects = "repo/.git/objects/";
  repo.around().write(objects + "ab/tmp_obj_x1y2z3", "half of an object");
  repo.around().write(objects + "ab/" + std::string(38, 'z'), "no id");
  repo.around().write(objects + "zz/" + std::string(38, 'a'), "no id");
  repo.around().write(objects + "pack/tmp_pack_x1y2z3", "half of a pack");
  repo.around().write(objects + "info/packs", "");
  check_all_objects(repo, repo.path());
}
