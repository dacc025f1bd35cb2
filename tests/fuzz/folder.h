// A folder that inputs are laid out in; gone with the process.
#pragma once

#include <string>
#include <string_view>

namespace leaksift {

class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }

  // Makes the folders above, too.
  void write(std::string_view relative, std::string_view bytes) const;
  void make_directory(std::string_view relative) const;
  // Removes all that is in it.
  void clear() const;

 private:
  std::string path_;
};

}  // namespace leaksift
