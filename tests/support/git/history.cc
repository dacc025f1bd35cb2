#include "support/git/history.h"

#include <cstdlib>
#include <map>

#include "git/commit.h"
#include "support/git/object_oracle.h"

namespace leaksift {
namespace {

CommitGraph link_commits(const ObjectWalk& walk, RefSet& refs) {
  const HashKind hash = walk.store().hash();
  std::vector<CommitGraph::Builder> builders(
      2, CommitGraph::Builder(*walk.numbers()));
  class Linker : public ObjectVisitor {
   public:
    Linker(std::vector<CommitGraph::Builder>& builders, RefSet& refs,
           HashKind hash)
        : builders_(builders), refs_(refs), hash_(hash) {}

    NotePtr visit(unsigned worker, const DecodedObject& object) override {
      if (object.type == ObjectType::kCommit) {
        builders_[worker].add(object.raw_id, object.bytes);
      } else if (const auto tag = parse_tag_header(object.bytes, hash_)) {
        refs_.peeled[ObjectId(object.raw_id)] = tag->target;
      }
      return nullptr;
    }
    void skip(unsigned, Skipped) override {}

   private:
    std::vector<CommitGraph::Builder>& builders_;
    RefSet& refs_;
    HashKind hash_;
  } linker(builders, refs, hash);
  ObjectWalkOptions options;
  options.types = type_bit(ObjectType::kCommit) | type_bit(ObjectType::kTag);
  walk.run(options, linker);
  return {std::move(builders), refs.shallow};
}

}  // namespace

History::History(const std::string& path)
    : repository(repository_at(path)),
      store(ObjectStore::open(repository)),
      walk(store),
      refs(read_refs(repository)),
      commits(link_commits(walk, refs)) {}

std::string commit_file(const GitFixture& repo, const std::string& path,
                        const std::string& bytes) {
  repo.write(path, bytes);
  repo.git({"add", "-A"});
  return commit(repo);
}

std::string commit(const GitFixture& repo,
                   const std::vector<std::string>& arguments) {
  static int64_t seconds = 1'700'000'000;
  seconds += 60;
  const std::string date = std::to_string(seconds) + " +0130";
  ::setenv("GIT_AUTHOR_DATE", date.c_str(), 1);
  ::setenv("GIT_COMMITTER_DATE", date.c_str(), 1);
  std::vector<std::string> command = {"commit", "-q", "--allow-empty", "-m",
                                      "at " + date};
  command.insert(command.end(), arguments.begin(), arguments.end());
  repo.git(command);
  return id_by_git(repo, "HEAD");
}

std::string id_by_git(const GitFixture& repo, const std::string& revision) {
  return lines_of(repo.git({"rev-parse", "--verify", revision})).at(0);
}

}  // namespace leaksift
