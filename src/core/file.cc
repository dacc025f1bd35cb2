#include "core/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace leaksift {
namespace {

Result<FileHandle> open_regular(const std::string& path, struct stat& info) {
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return system_error(path, errno);
  if (fstat(file.fd(), &info) != 0) return system_error(path, errno);
  if (!S_ISREG(info.st_mode)) return Error(path + ": not a regular file");
  return file;
}

bool write_fully(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

std::string draft_of(const std::string& path) {
  return path + ".tmp" + std::to_string(::getpid());
}

// A new one, whatever is there already: somebody's link to elsewhere, or what
// a killed process left.
FileHandle create_draft(const std::string& path, unsigned mode = 0600) {
  ::unlink(path.c_str());
  return FileHandle(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
}

}  // namespace

Result<FileHandle> open_regular(const std::string& path) {
  struct stat info {};
  return open_regular(path, info);
}

Error system_error(std::string_view what, int code) {
  return Error(std::generic_category().message(code)).in(what);
}

FileHandle::~FileHandle() {
  if (fd_ >= 0) ::close(fd_);
}
FileHandle::FileHandle(FileHandle&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}
FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  struct stat info {};
  Result<FileHandle> file = open_regular(path, info);
  if (!file) return std::move(file).error();
  Result<MappedFile> mapped = map(*file);
  if (!mapped) return std::move(mapped).error().in(path);
  return mapped;
}

Result<MappedFile> MappedFile::map(const FileHandle& file) {
  struct stat info {};
  if (fstat(file.fd(), &info) != 0)
    return system_error("cannot be read", errno);
  MappedFile mapped;
  if (info.st_size == 0) return mapped;
  const auto size = static_cast<size_t>(info.st_size);
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd(), 0);
  if (data == MAP_FAILED) return system_error("cannot be mapped", errno);
  mapped.data_ = static_cast<const char*>(data);
  mapped.size_ = size;
  return mapped;
}

void MappedFile::forget_pages() const {
  if (data_ != nullptr) {
    ::madvise(const_cast<char*>(data_), size_, MADV_DONTNEED);
  }
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}
MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}
MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

int64_t read_fully(int fd, char* out, size_t size) {
  size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(fd, out + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  return static_cast<int64_t>(done);
}

Result<std::string> read_file(const std::string& path, uint64_t max_bytes) {
  struct stat info {};
  Result<FileHandle> file = open_regular(path, info);
  if (!file) return std::move(file).error();

  std::string bytes;
  constexpr size_t kStep = 1 << 16;
  size_t room = static_cast<size_t>(info.st_size) + 1;
  for (;;) {
    const size_t had = bytes.size();
    bytes.resize(had + room);
    const int64_t n = read_fully(file->fd(), bytes.data() + had, room);
    if (n < 0) return system_error(path, errno);
    bytes.resize(had + static_cast<size_t>(n));
    if (bytes.size() > max_bytes) {
      return Error(path + ": larger than " + std::to_string(max_bytes) +
                   " bytes");
    }
    if (static_cast<size_t>(n) < room) return bytes;
    room = kStep;
  }
}

Result<FileHandle> open_temporary() {
  const char* const chosen = std::getenv("TMPDIR");
  int code = ENOENT;
  for (const char* folder : {chosen, "/var/tmp", "/tmp"}) {
    if (folder == nullptr || *folder == 0) continue;
    FileHandle file(::open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
    if (file) return file;
    code = errno;
  }
  return system_error("no temporary file", code);
}

Status append(const FileHandle& file, std::string_view bytes,
              std::string_view name) {
  if (!write_fully(file.fd(), bytes)) return system_error(name, errno);
  return Ok{};
}

Status check_writable(const std::string& path) {
  const std::string draft = draft_of(path);
  if (!create_draft(draft)) return system_error(path, errno);
  ::unlink(draft.c_str());
  struct stat info {};
  const bool is_folder =
      ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  return is_folder ? Status(system_error(path, EISDIR)) : Status(Ok{});
}

Status write_file(const std::string& path, std::string_view bytes,
                  unsigned mode) {
  const std::string draft = draft_of(path);
  FileHandle file = create_draft(draft, mode);
  if (!file) return system_error(path, errno);
  if (!write_fully(file.fd(), bytes) ||
      ::rename(draft.c_str(), path.c_str()) != 0) {
    const int code = errno;
    ::unlink(draft.c_str());
    return system_error(path, code);
  }
  return Ok{};
}

}  // namespace leaksift
