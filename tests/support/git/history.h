// A repository's commits and refs, put together as a scan does it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "git/commit_graph.h"
#include "git/object_walk.h"
#include "git/refs.h"
#include "support/git_fixture.h"

namespace leaksift {

struct History {
  explicit History(const std::string& path);

  Repository repository;
  ObjectStore store;
  ObjectWalk walk;
  RefSet refs;  // with tags peeled
  CommitGraph commits;

  std::string hex(const ObjectId& id) const { return id.hex(store.hash()); }
};

// Writes `bytes` to `path`, commits all that changed, returns the commit's id.
std::string commit_file(const GitFixture& repo, const std::string& path,
                        const std::string& bytes);

// Commits what is in the index, a minute after the last commit of this test
// program; `arguments` are git commit's.
std::string commit(const GitFixture& repo,
                   const std::vector<std::string>& arguments = {});

// The object that `revision` names, in hexadecimal.
std::string id_by_git(const GitFixture& repo, const std::string& revision);

}  // namespace leaksift
