// Reading files and streams in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <variant>

#include "core/coverage.h"
#include "core/file.h"
#include "core/window.h"
#include "leaksift/result.h"
#include "sources/directory.h"

namespace leaksift {

// Opens a file that a walk found, or why it is to be reported as skipped. A
// symbolic link, pipe or device that has taken its place is not opened, except
// for a link that the user named.
std::variant<FileHandle, Skipped> open_file(const FileEntry& entry);

struct WindowSizes {
  size_t window_bytes = 8 << 20;  // of a window's text
  size_t margin = 0;              // as in Window
};

// The memory of one window, to be used for one file after another.
class WindowBuffer {
 private:
  friend class WindowReader;
  char* reserve(size_t size);

  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
};

// Reads a file or stream from where it stands, in windows. What comes is what
// was read, whether the file grows or shrinks meanwhile. Not thread-safe.
class WindowReader {
 public:
  // Reads up to as many bytes as asked for, fewer only at the end.
  using Source = std::function<Result<size_t>(char* out, size_t size)>;

  // All must outlive the reader. Windows that are too small for their margins
  // are made larger.
  WindowReader(int fd, WindowBuffer& buffer, const WindowSizes& sizes);
  WindowReader(Source source, WindowBuffer& buffer, const WindowSizes& sizes);

  // Puts the next window into `window`; its text lives until the next call.
  // False behind the last one. There is at least one: an empty file has an
  // empty window. A file of at most window_bytes comes as one.
  Result<bool> next(Window& window);

  // Calls take(const Window&) with all windows that are still to come.
  template <typename Take>
  Status for_each(Take take) {
    for (Window window;;) {
      const Result<bool> more = next(window);
      if (!more) return more.error();
      if (!*more) return Ok{};
      take(window);
    }
  }

 private:
  Status fill();

  Source source_;
  char* bytes_;
  size_t capacity_;  // of a window; one byte more is read to see the end
  size_t margin_;

  uint64_t offset_ = 0;     // of bytes_[0]
  size_t size_ = 0;         // bytes read into bytes_
  uint64_t own_begin_ = 0;  // of the next window
  bool at_end_ = false;
  bool done_ = false;
};

}  // namespace leaksift
