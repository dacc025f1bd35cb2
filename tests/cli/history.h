// What tests of `leaksift history` do again and again.
#pragma once

#include <string>

#include "cli/program.h"
#include "core/text.h"
#include "support/git_fixture.h"

namespace leaksift {

inline std::string commit_all(const GitFixture& repo,
                              const std::string& message) {
  repo.git({"add", "-A"});
  repo.git({"commit", "-q", "--allow-empty", "-m", message});
  return std::string(trimmed(repo.git({"rev-parse", "HEAD"})));
}

inline std::string id_of(const GitFixture& repo, const std::string& revision) {
  return std::string(trimmed(repo.git({"rev-parse", revision})));
}

inline Reported history(const GitFixture& repo, const Arguments& more = {}) {
  Arguments command = {"history", repo.path()};
  command.insert(command.end(), more.begin(), more.end());
  return report(command);
}

}  // namespace leaksift
