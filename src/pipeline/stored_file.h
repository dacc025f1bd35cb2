// Files in a repository's folder that are no git objects, one at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "leaksift/result.h"
#include "pipeline/blob_scanner.h"
#include "sources/file_reader.h"

namespace leaksift {

// Reads in windows, so that a file of any size takes the memory of one. Not
// thread-safe.
class StoredFileScanner {
 public:
  StoredFileScanner(const Engine& engine, size_t window_bytes)
      : scanner_(engine), sizes_{window_bytes, scanner_.margin()} {}

  // Replaces `found` by the secrets in the file and returns its size. `tap`,
  // unless empty, is given the file's bytes from front to back. Fails where
  // the file cannot be read.
  Result<uint64_t> scan(
      const FileHandle& file, std::vector<BlobMatch>& found,
      const std::function<void(std::string_view bytes)>& tap = {});

  // The same for what is no file by itself.
  void scan(std::string_view text, std::vector<BlobMatch>& found) {
    scanner_.scan(text, found);
  }

  // Of the last one: see BlobScanner.
  uint32_t cut_line() const { return scanner_.cut_line(); }

  MatchStats stats() const { return scanner_.stats(); }

 private:
  BlobScanner scanner_;
  WindowSizes sizes_;
  WindowBuffer buffer_;
};

}  // namespace leaksift
