// Files as bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "leaksift/result.h"

namespace leaksift {

// Owns a file descriptor.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int fd) : fd_(fd) {}
  ~FileHandle();
  FileHandle(FileHandle&& other) noexcept;
  FileHandle& operator=(FileHandle&& other) noexcept;

  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Opens the regular file at `path` for reading. Fails on anything else.
Result<FileHandle> open_regular(const std::string& path);

// A whole file mapped for reading. An empty file has an empty view. The view
// is valid as long as the MappedFile. Reading behind the end of a file that
// shrinks meanwhile raises SIGBUS: only for files that are written once (packs
// and their indexes), never for files of a working tree.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path);
  // All of an open file.
  static Result<MappedFile> map(const FileHandle& file);

  MappedFile() = default;
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::string_view bytes() const { return {data_, size_}; }

  // Takes what was read out of memory, until it is read again.
  void forget_pages() const;

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
};

// The whole content of the regular file at `path`, at most `max_bytes` of it:
// a larger file is an error.
Result<std::string> read_file(const std::string& path,
                              uint64_t max_bytes = uint64_t{1} << 30);

// Reads up to `size` bytes at the file's position into `out`, again after
// every short read, so that fewer bytes mean the end of the file. Returns the
// count, or -1 with errno set.
int64_t read_fully(int fd, char* out, size_t size);

// A file without a name, for as long as it is open: in $TMPDIR, else in
// /var/tmp, which is on a disk where /tmp may be in memory, else in /tmp.
Result<FileHandle> open_temporary();

// Writes all the bytes at the file's position. `name`: of the file, for errors.
Status append(const FileHandle& file, std::string_view bytes,
              std::string_view name);

// Could write_file() make a file there? Leaves nothing behind.
Status check_writable(const std::string& path);

// Replaces `path` by a file with these bytes, whole or not at all. `mode`: its
// permissions, as far as the process's umask lets it have them.
Status write_file(const std::string& path, std::string_view bytes,
                  unsigned mode = 0644);

// `what` and the text of the errno value `code`.
Error system_error(std::string_view what, int code);

}  // namespace leaksift
