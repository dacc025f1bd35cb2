// Runs of git for one mirror.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "hook/run_git.h"
#include "sweep/mirror.h"

namespace leaksift {

// What a server says of its refs.
struct RemoteRefs {
  std::map<std::string, std::string> ids;  // in hexadecimal, by "refs/..."
  std::string head;                        // "refs/heads/main"; may be empty
};

// The output of `git ls-remote --symref`; lines of another form are left out.
RemoteRefs parse_ls_remote(std::string_view output);

// Is it of no use to try again, by what git said?
bool is_permanent(std::string_view git_says);

// git for the repository of one URL. Not thread-safe.
class MirrorGit {
 public:
  // `held_file`: the lock; `url` as RemoteUrl::url.
  MirrorGit(const MirrorOptions& options, std::string url, int held_file);

  // Why it failed is in failure() then.
  bool ls_remote(RemoteRefs& out);
  // Fetches into the bare repository `folder`.
  bool fetch(const std::string& folder);
  // Runs what touches nothing but the disk.
  bool run_here(std::vector<std::string> arguments);

  const MirrorOutcome& failure() const { return failure_; }

 private:
  bool run(GitRun run, std::string* out);
  std::string masked(std::string text) const;

  const MirrorOptions& options_;
  std::string url_;
  std::vector<std::string> environment_;
  std::vector<std::string> secrets_;  // never to be shown
  int held_file_;
  MirrorOutcome failure_;
};

}  // namespace leaksift
