#include "support/git/object_oracle.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>

#include "git/verify.h"
#include "support/catch.h"

namespace leaksift {
namespace {

class Keeper : public ObjectVisitor {
 public:
  explicit Keeper(HashKind hash) : hash_(hash) {}

  NotePtr visit(unsigned, const DecodedObject& object) override {
    const std::lock_guard lock(mutex_);
    const std::string id = ObjectId(object.raw_id).hex(hash_);
    const WalkedObject kept{object.type, std::string(object.bytes)};
    if (!walked_.objects.emplace(id, kept).second) walked_.twice.push_back(id);
    return nullptr;
  }

  void skip(unsigned, Skipped entry) override {
    const std::lock_guard lock(mutex_);
    walked_.skipped.push_back(std::move(entry));
  }

  WalkedObjects take() {
    std::sort(walked_.skipped.begin(), walked_.skipped.end());
    return std::move(walked_);
  }

 private:
  HashKind hash_;
  std::mutex mutex_;
  WalkedObjects walked_;
};

}  // namespace

std::vector<std::string> WalkedObjects::skipped_as(SkipReason reason) const {
  std::vector<std::string> names;
  for (const Skipped& entry : skipped) {
    if (entry.reason == reason) names.push_back(entry.name);
  }
  return names;
}

WalkedObjects walk_objects(const ObjectStore& store,
                           const ObjectWalkOptions& options) {
  Keeper keeper(store.hash());
  ObjectWalk(store).run(options, keeper);
  return keeper.take();
}

Listing listing(const WalkedObjects& walked) {
  Listing listing;
  for (const auto& [id, object] : walked.objects) {
    listing[id] = std::string(to_string(object.type)) + ' ' +
                  std::to_string(object.bytes.size());
  }
  return listing;
}

Listing listing_by_git(const GitFixture& repo, const std::string& directory) {
  Listing listing;
  for (const std::string& line : lines_of(repo.git_in(
           directory, {"cat-file", "--batch-all-objects", "--batch-check"}))) {
    const size_t space = line.find(' ');
    listing[line.substr(0, space)] = line.substr(space + 1);
  }
  return listing;
}

Repository repository_at(const std::string& path) {
  Result<Repository> repository = open_repository(path);
  if (!repository) FAIL(repository.error().message());
  return *std::move(repository);
}

ObjectStore store_at(const std::string& path) {
  return ObjectStore::open(repository_at(path));
}

void check_all_objects(const GitFixture& repo, const std::string& directory) {
  const ObjectStore store = store_at(directory);
  CHECK(store.problems().empty());
  const Listing expected = listing_by_git(repo, directory);
  REQUIRE(!expected.empty());
  for (const unsigned jobs : {1U, 3U}) {
    ObjectWalkOptions options;
    options.jobs = jobs;
    const WalkedObjects walked = walk_objects(store, options);
    CHECK(listing(walked) == expected);
    CHECK(walked.twice.empty());
    CHECK(walked.skipped.empty());
  }
  const VerifyResult verified =
      verify_objects(store, 2, true, uint64_t{1} << 30);
  CHECK(verified.problems.empty());
  CHECK(verified.walk.objects == expected.size());
}

std::vector<std::string> lines_of(const std::string& output) {
  std::vector<std::string> lines;
  std::istringstream stream(output);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string changing_file(int count) {
  constexpr size_t kLines = 100;
  std::vector<std::string> lines(kLines, "a line that has not changed yet\n");
  std::ostringstream stream;
  for (int i = 1; i <= count; ++i) {
    lines[static_cast<size_t>(i) * 37 % kLines] =
        "changed by version " + std::to_string(i) + "\n";
    std::string text;
    for (const std::string& line : lines) text += line;
    stream << "commit refs/heads/main\ncommitter T <t@example.com> "
           << 1'700'000'000 + i << " +0000\ndata 1\nm\n"
           << "M 644 inline file\ndata " << text.size() << "\n"
           << text << "\n";
  }
  return stream.str();
}

void overwrite(const std::string& path, std::string_view bytes) {
  std::filesystem::remove(path);
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  REQUIRE(file.good());
}

std::vector<std::string> pack_stems(const std::string& git_dir) {
  std::vector<std::string> stems;
  for (const auto& entry :
       std::filesystem::directory_iterator(git_dir + "/objects/pack")) {
    if (entry.path().extension() != ".pack") continue;
    stems.push_back(
        (entry.path().parent_path() / entry.path().stem()).string());
  }
  std::sort(stems.begin(), stems.end());
  return stems;
}

}  // namespace leaksift
