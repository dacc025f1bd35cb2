#include "pipeline/stored_file.h"

namespace leaksift {

Result<uint64_t> StoredFileScanner::scan(
    const FileHandle& file, std::vector<BlobMatch>& found,
    const std::function<void(std::string_view bytes)>& tap) {
  WindowSizes sizes;
  sizes.margin = scanner_.margin();
  WindowReader reader(file.fd(), buffer_, sizes);
  uint64_t size = 0;
  scanner_.begin();
  Window window;
  for (;;) {
    const Result<bool> read = reader.next(window);
    if (!read) return read.error();
    if (!*read) break;
    scanner_.add(window);
    if (tap) tap(window.own_text());
    size += window.own.size();
  }
  scanner_.finish(found);
  return size;
}

}  // namespace leaksift
