// Walks a whole tree, and asks git what is in it.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "sources/directory.h"
#include "support/catch.h"
#include "support/git_fixture.h"

namespace leaksift {

struct Walked {
  std::vector<std::string> files;  // in the order of bytes
  std::vector<Skipped> skipped;

  std::vector<std::string> skipped_as(SkipReason reason) const {
    std::vector<std::string> names;
    for (const Skipped& entry : skipped) {
      if (entry.reason == reason) names.push_back(entry.name);
    }
    return names;
  }
};

inline Directory root_directory(const std::string& path,
                                const WalkOptions& options = {}) {
  auto root = open_root(path, options);
  if (!root) FAIL(root.error().message());
  REQUIRE(std::holds_alternative<Directory>(*root));
  return std::get<Directory>(*root);
}

// All below `path`, files without it and its slash, skipped entries with.
inline Walked walk(const std::string& path, const WalkOptions& options = {}) {
  Walked walked;
  std::vector<Directory> waiting = {root_directory(path, options)};
  while (!waiting.empty()) {
    const Directory directory = std::move(waiting.back());
    waiting.pop_back();
    Listing listing = list(directory);
    for (const FileEntry& file : listing.files) {
      walked.files.push_back(file.path.substr(path.size() + 1));
    }
    for (Directory& below : listing.subdirectories) waiting.push_back(below);
    for (Skipped& entry : listing.skipped) walked.skipped.push_back(entry);
  }
  std::sort(walked.files.begin(), walked.files.end());
  std::sort(walked.skipped.begin(), walked.skipped.end());
  return walked;
}

// Is `path`, below `top`, a regular file without a link on the way?
inline bool is_regular_below(const std::string& top, const std::string& path) {
  struct stat info {};
  for (size_t end = path.find('/'); end != path.npos;
       end = path.find('/', end + 1)) {
    const std::string above = top + '/' + path.substr(0, end);
    if (::lstat(above.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
      return false;
    }
  }
  return ::lstat((top + '/' + path).c_str(), &info) == 0 &&
         S_ISREG(info.st_mode);
}

// The files that git would have scanned in the directory `top`, which may lie
// inside of a work tree; of repositories in it, what git says of each.
inline std::vector<std::string> files_by_git(const GitFixture& repo,
                                             const std::string& top) {
  std::vector<std::string> files;
  for (std::string path :
       split_nul(repo.git_in(top, {"ls-files", "-z", "--cached", "--others",
                                   "--exclude-standard"}))) {
    if (path.ends_with('/')) path.pop_back();
    if (is_regular_below(top, path)) {
      files.push_back(path);
    } else if (std::filesystem::exists(top + '/' + path + "/.git")) {
      for (const std::string& file : files_by_git(repo, top + '/' + path)) {
        files.push_back(path + '/' + file);
      }
    }
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

}  // namespace leaksift
