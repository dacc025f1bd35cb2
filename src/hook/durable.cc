#include "hook/durable.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

namespace leaksift {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

}  // namespace

Status make_folders(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return sync_folder(folder_of(folder));
  if (errno == ENOENT) {
    if (Status above = make_folders(folder_of(folder)); !above) return above;
    if (::mkdir(folder.c_str(), 0700) == 0) {
      return sync_folder(folder_of(folder));
    }
  }
  const int code = errno;
  std::error_code error;
  if (code == EEXIST && fs::is_directory(folder, error)) return Ok{};
  return system_error(folder, code);
}

Status sync_folder(const std::string& folder) {
  const FileHandle handle(
      ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle || ::fsync(handle.fd()) != 0) return system_error(folder, errno);
  return Ok{};
}

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

Result<FileHandle> open_own(const std::string& path, int flags, unsigned mode) {
  FileHandle file(::open(path.c_str(),
                         O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags,
                         mode));
  if (!file) return system_error(path, errno);
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return system_error(path, errno);
  if (!S_ISREG(info.st_mode)) return Error(path + ": not a regular file");
  return file;
}

Status check_private(const FileHandle& file, const std::string& path) {
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return system_error(path, errno);
  if ((info.st_mode & 077) != 0) {
    return Error(path + ": others may read or change it; chmod 600 it");
  }
  return Ok{};
}

Status lock(const FileHandle& file, const std::string& path,
            std::chrono::milliseconds longest) {
  const auto until = std::chrono::steady_clock::now() + longest;
  auto pause = 100us;
  while (!try_lock(file)) {
    if (std::chrono::steady_clock::now() >= until) {
      return Error(path + ": another process has held the lock for " +
                   std::to_string(std::max<int64_t>(longest.count(), 0)) +
                   " ms");
    }
    std::this_thread::sleep_for(pause);
    pause = std::min<std::chrono::microseconds>(2 * pause, 5ms);
  }
  return Ok{};
}

bool try_lock(const FileHandle& file) {
  return ::flock(file.fd(), LOCK_EX | LOCK_NB) == 0;
}

Result<FileHandle> create_durable(const std::string& path,
                                  std::string_view bytes) {
  Result<FileHandle> file = open_own(path, O_CREAT | O_EXCL, 0600);
  if (!file) return file;
  if (Status written = append(*file, bytes, path); !written) {
    ::unlink(path.c_str());
    return std::move(written).error();
  }
  if (::fsync(file->fd()) != 0) {
    const int code = errno;
    ::unlink(path.c_str());
    return system_error(path, code);
  }
  return file;
}

Status replace_durable(const std::string& path, std::string_view bytes) {
  const std::string draft = path + ".tmp";
  ::unlink(draft.c_str());
  if (const auto file = create_durable(draft, bytes); !file) {
    return file.error();
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) {
    return system_error(path, errno);
  }
  return sync_folder(folder_of(path));
}

Result<std::string> random_bytes(size_t count) {
  std::string bytes(count, '\0');
  // Up to 256 bytes come at once.
  if (::getrandom(bytes.data(), count, 0) != static_cast<ssize_t>(count)) {
    return system_error("no random bytes", errno);
  }
  return bytes;
}

}  // namespace leaksift
