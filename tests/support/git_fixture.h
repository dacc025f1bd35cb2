// A repository made by the real git, for what git itself is to be asked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/temp_dir.h"

namespace leaksift {

// An empty repository with a work tree at path(). git runs with nothing of
// this machine's or user's configuration, and with fixed names and dates. Sets
// HOME for the test program, too.
class GitFixture {
 public:
  explicit GitFixture(const std::vector<std::string>& init_options = {});

  std::string path() const { return dir_ / "repo"; }
  std::string home() const { return dir_ / "home"; }
  std::string operator/(std::string_view relative) const {
    return path() + '/' + std::string(relative);
  }

  // In the work tree.
  void write(std::string_view relative, std::string_view bytes) const;
  // Paths of its pack files, in no order.
  std::vector<std::string> packs() const;
  // In the temporary directory around it.
  const TempDir& around() const { return dir_; }

  // What git prints; the test fails if git does.
  std::string git(const std::vector<std::string>& arguments,
                  std::string_view input = {}) const;
  std::string git_in(const std::string& directory,
                     const std::vector<std::string>& arguments,
                     std::string_view input = {}) const;

 private:
  TempDir dir_;
};

// The parts of git's -z output.
std::vector<std::string> split_nul(std::string_view output);

}  // namespace leaksift
