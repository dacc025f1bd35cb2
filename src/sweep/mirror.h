// Bare mirrors of repositories that are elsewhere, kept up to date by git.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "leaksift/result.h"
#include "leaksift/secret.h"
#include "sweep/inventory.h"

namespace leaksift {

// What git shows to one server, and to no other.
struct GitCredential {
  std::string origin;  // "https://host" or "https://host:port"
  std::string user;    // git_user_of(); not used where the token has its own
  Secret token;        // "user:password", or what comes beside the user
};

struct MirrorOptions {
  std::string folder;  // below it stands FOLDER/host/owner/name.git
  std::vector<GitCredential> credentials;
  // What may be fetched by beside https and ssh: "http", "git", "file".
  std::vector<std::string> more_protocols;
  std::string proxy;    // a URL; empty: none, whatever the environment says
  std::string ca_file;  // empty: the system's
  std::chrono::seconds timeout{3600};  // of one fetch
  // One fetch that brings more is ended.
  uint64_t max_bytes = uint64_t{64} << 30;
};

struct MirrorOutcome {
  enum class Kind : uint8_t {
    kUnchanged,  // its refs are those of the mirror; nothing was fetched
    kUpdated,
    kCreated,
    kRetryable,  // network, a server in trouble, a lock, no disk space
    kPermanent,  // no access, no such repository, a URL that is not taken
  };
  Kind kind = Kind::kPermanent;
  std::string path;    // of the mirror, where there is one, be it an old one
  std::string detail;  // why it failed, for a person; no token in it

  bool failed() const {
    return kind == Kind::kRetryable || kind == Kind::kPermanent;
  }
};

// Mirrors hold all refs that a server shows, pull requests too, and lose those
// that it has no more; objects stay. git runs with nothing of the user's or the
// system's configuration, runs no hooks, asks nobody for anything, follows no
// redirects, and looks at no submodules. Its checks for malformed objects are
// off, so that an old history with a slip in a commit is scanned all the same.
//
// A mirror that is made stands at its place as a whole or not at all. While
// one is worked at, other processes leave it alone, also after this one's end
// as long as git still runs. Safe to share between threads.
class Mirrors {
 public:
  explicit Mirrors(MirrorOptions options) : options_(std::move(options)) {}

  // Fetches the entry's URL, where any of its refs is another than the
  // mirror's.
  MirrorOutcome update(const RepositoryEntry& entry) const;

  // Where the mirror of a repository is, or would be; fails on a key that would
  // stand in another one's mirror or outside of the folder.
  Result<std::string> path_of(const std::string& key) const;

 private:
  MirrorOptions options_;
};

}  // namespace leaksift
