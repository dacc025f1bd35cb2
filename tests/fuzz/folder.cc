#include "fuzz/folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "core/file.h"
#include "fuzz/fuzz.h"

namespace leaksift {

namespace fs = std::filesystem;

// In memory where that is to be had: thousands of inputs a second come here.
Folder::Folder() {
  const fs::path memory = "/dev/shm";
  const bool has_memory = ::access(memory.c_str(), W_OK) == 0;
  path_ = (has_memory ? memory : fs::temp_directory_path()) /
          "leaksift-fuzz-XXXXXX";
  must(::mkdtemp(path_.data()) != nullptr);
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void Folder::write(std::string_view relative, std::string_view bytes) const {
  const std::string path = path_ + '/' + std::string(relative);
  const auto create = [&] {
    return FileHandle(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  };
  FileHandle file = create();
  if (!file) {
    fs::create_directories(fs::path(path).parent_path());
    file = create();
  }
  must(static_cast<bool>(file) && append(file, bytes, path));
}

void Folder::make_directory(std::string_view relative) const {
  fs::create_directories(path_ + '/' + std::string(relative));
}

void Folder::clear() const {
  for (const auto& entry : fs::directory_iterator(path_)) {
    fs::remove_all(entry.path());
  }
}

}  // namespace leaksift
