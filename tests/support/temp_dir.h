// A directory for one test, gone with it.
#pragma once

#include <string>
#include <string_view>

namespace leaksift {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view relative) const;

  // Both make the directories above, too.
  void write(std::string_view relative, std::string_view bytes) const;
  void make_directory(std::string_view relative) const;
  void link(std::string_view relative, const std::string& target) const;

 private:
  std::string path_;
};

// The bytes of a file; fails the test if it cannot be read.
std::string read_bytes(const std::string& path);

}  // namespace leaksift
