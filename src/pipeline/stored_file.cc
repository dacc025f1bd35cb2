#include "pipeline/stored_file.h"

#include <utility>

namespace leaksift {

Result<uint64_t> StoredFileScanner::scan(
    const FileHandle& file, std::vector<BlobMatch>& found,
    const std::function<void(std::string_view bytes)>& tap) {
  WindowReader reader(file.fd(), buffer_, sizes_);
  uint64_t size = 0;
  scanner_.begin();
  Status read = reader.for_each([&](const Window& window) {
    scanner_.add(window);
    if (tap) tap(window.own_text());
    size += window.own.size();
  });
  if (!read) return std::move(read).error();
  scanner_.finish(found);
  return size;
}

}  // namespace leaksift
