// Files of lines that need not fit into memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/file.h"

namespace leaksift {

// The lines of an open file, from its position on. Not thread-safe.
class LineReader {
 public:
  // Reads `size` bytes of the file, which must outlive it.
  LineReader(const FileHandle& file, uint64_t size, size_t max_line)
      : file_(file), left_(size), max_line_(max_line) {}

  // Returns false at the end. `whole`: the line has an end, which is not part
  // of `line`, and at most `max_line` bytes; of a longer one there is only the
  // beginning.
  bool next(std::string& line, bool& whole) {
    line.clear();
    bool any = false;
    for (;;) {
      if (at_ == end_ && !fill()) {
        whole = false;
        return any;
      }
      any = true;
      const std::string_view rest(buffer_.data() + at_, end_ - at_);
      const size_t stop = rest.find('\n');
      if (line.size() <= max_line_) line += rest.substr(0, stop);
      if (stop != std::string_view::npos) {
        at_ += stop + 1;
        whole = line.size() <= max_line_;
        return true;
      }
      at_ = end_;
    }
  }

  bool failed() const { return failed_; }

 private:
  bool fill() {
    const size_t wanted = std::min<uint64_t>(buffer_.size(), left_);
    const int64_t n = read_fully(file_.fd(), buffer_.data(), wanted);
    failed_ = n < 0;
    at_ = 0;
    end_ = n > 0 ? static_cast<size_t>(n) : 0;
    left_ -= end_;
    return end_ > 0;
  }

  const FileHandle& file_;
  uint64_t left_;
  const size_t max_line_;
  std::array<char, 1 << 16> buffer_;
  size_t at_ = 0;
  size_t end_ = 0;
  bool failed_ = false;
};

}  // namespace leaksift
