// All objects of a repository, as leaksift's walk delivers them and as git
// lists them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "git/object_walk.h"
#include "git/repository.h"
#include "support/git_fixture.h"

namespace leaksift {

struct WalkedObject {
  ObjectType type = ObjectType::kNone;
  std::string bytes;
  friend auto operator<=>(const WalkedObject&, const WalkedObject&) = default;
};

struct WalkedObjects {
  std::map<std::string, WalkedObject> objects;  // by hexadecimal id
  std::vector<std::string> twice;               // visited more than once
  std::vector<Skipped> skipped;                 // sorted

  std::vector<std::string> skipped_as(SkipReason reason) const;
};

WalkedObjects walk_objects(const ObjectStore& store,
                           const ObjectWalkOptions& options = {});

// "type size" by id.
using Listing = std::map<std::string, std::string>;
Listing listing(const WalkedObjects& walked);
Listing listing_by_git(const GitFixture& repo, const std::string& directory);

// These fail the test if leaksift does.
Repository repository_at(const std::string& path);
ObjectStore store_at(const std::string& path);

// What git has at `directory` is what the walk delivers, each object once, and
// with the bytes that its id is the hash of.
void check_all_objects(const GitFixture& repo, const std::string& directory);

// The lines of git's output.
std::vector<std::string> lines_of(const std::string& output);

// For git fast-import: commits with `count` versions of one file, each with
// another line changed. The delta against the version just before is the
// shortest, so chains get long.
std::string changing_file(int count);

// Replaces a file that git has made read-only.
void overwrite(const std::string& path, std::string_view bytes);

// Paths of the repository's packs, without ".pack".
std::vector<std::string> pack_stems(const std::string& git_dir);

}  // namespace leaksift
