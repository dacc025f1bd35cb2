#include "support/temp_dir.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/catch.h"

namespace leaksift {

namespace fs = std::filesystem;

TempDir::TempDir() {
  // Without links in it, as what is under test resolves them.
  path_ = fs::canonical(fs::temp_directory_path()) / "leaksift-test-XXXXXX";
  REQUIRE(::mkdtemp(path_.data()) != nullptr);
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TempDir::operator/(std::string_view relative) const {
  return path_ + '/' + std::string(relative);
}

void TempDir::write(std::string_view relative, std::string_view bytes) const {
  const fs::path path = *this / relative;
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  CAPTURE(path, std::strerror(errno));
  REQUIRE(file.good());
}

void TempDir::make_directory(std::string_view relative) const {
  fs::create_directories(*this / relative);
}

void TempDir::link(std::string_view relative, const std::string& target) const {
  const fs::path path = *this / relative;
  fs::create_directories(path.parent_path());
  fs::create_symlink(target, path);
}

std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace leaksift
