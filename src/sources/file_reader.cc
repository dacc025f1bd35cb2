#include "sources/file_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "sources/tree_root.h"

namespace leaksift {
namespace {

// O_NONBLOCK: a pipe that has taken the file's place must not keep us waiting.
constexpr int kReadFlags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;

// Reads up to `size` bytes, in as many reads as it takes.
// Other than read_fully() this waits where the descriptor does not block, as
// standard input may be set to.
Result<size_t> read_all(int fd, char* out, size_t size) {
  size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(fd, out + done, size - done);
    if (n == 0) break;
    if (n > 0) {
      done += static_cast<size_t>(n);
    } else if (errno == EAGAIN) {
      pollfd waiting{fd, POLLIN, 0};
      if (::poll(&waiting, 1, -1) < 0 && errno != EINTR)
        return system_error("cannot be read", errno);
    } else if (errno != EINTR) {
      return system_error("cannot be read", errno);
    }
  }
  return done;
}

}  // namespace

std::variant<FileHandle, Skipped> open_file(const FileEntry& entry) {
  FileHandle file = entry.root
                        ? entry.root->open_reported(entry.path, kReadFlags)
                        : FileHandle(::open(entry.path.c_str(), kReadFlags));
  struct stat info {};
  if (!file || ::fstat(file.fd(), &info) != 0) {
    return skipped_for(entry.path, errno);
  }
  if (!S_ISREG(info.st_mode)) {
    return Skipped{SkipReason::kSpecialFile, entry.path,
                   "no longer a regular file"};
  }
  return file;
}

char* WindowBuffer::reserve(size_t size) {
  if (size > size_) {
    bytes_ = std::make_unique_for_overwrite<char[]>(size);
    size_ = size;
  }
  return bytes_.get();
}

WindowReader::WindowReader(int fd, WindowBuffer& buffer,
                           const WindowSizes& sizes)
    : WindowReader(
          [fd](char* out, size_t size) { return read_all(fd, out, size); },
          buffer, sizes) {}

WindowReader::WindowReader(Source source, WindowBuffer& buffer,
                           const WindowSizes& sizes)
    : source_(std::move(source)),
      // Both margins, and as much between them, so that windows get ahead.
      capacity_(std::max({sizes.window_bytes, 4 * sizes.margin, size_t{1}})),
      margin_(sizes.margin) {
  bytes_ = buffer.reserve(capacity_ + 1);
}

Status WindowReader::fill() {
  const Result<size_t> count = source_(bytes_ + size_, capacity_ + 1 - size_);
  if (!count) return count.error();
  size_ += *count;
  at_end_ = size_ <= capacity_;
  return Ok{};
}

Result<bool> WindowReader::next(Window& window) {
  if (done_) return false;
  // What the window before had from its own last margin on stays.
  const uint64_t keep = own_begin_ - std::min<uint64_t>(own_begin_, margin_);
  const auto passed = static_cast<size_t>(keep - offset_);
  std::memmove(bytes_, bytes_ + passed, size_ - passed);
  offset_ = keep;
  size_ -= passed;
  if (const Status filled = fill(); !filled) return filled.error();

  done_ = at_end_;
  const size_t size = std::min(size_, capacity_);
  const uint64_t end = offset_ + size;
  const uint64_t own_end = at_end_ ? end : end - margin_;
  window = {{bytes_, size}, offset_, {own_begin_, own_end}, at_end_};
  own_begin_ = own_end;
  return true;
}

}  // namespace leaksift
