#include "git/spill.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace leaksift {
namespace {

constexpr size_t kBlock = size_t{1} << 20;
constexpr std::string_view kName = "a temporary file";

}  // namespace

Result<Buffer> spill(ByteStream& bytes, uint64_t size) {
  Result<FileHandle> file = open_temporary();
  if (!file) return std::move(file).error();
  const auto block = std::make_unique_for_overwrite<char[]>(kBlock);
  uint64_t written = 0;
  for (;;) {
    const std::optional<size_t> count = bytes.read(block.get(), kBlock);
    if (!count || *count > size - written) return Buffer();
    if (Status done = append(*file, {block.get(), *count}, kName); !done) {
      return std::move(done).error();
    }
    written += *count;
    if (*count < kBlock) break;
  }
  if (written != size) return Buffer();
  // What a copy of a few bytes may read too many.
  if (Status done = append(*file, std::string(kDeltaSlack, 0), kName); !done) {
    return std::move(done).error();
  }
  Result<MappedFile> mapped = MappedFile::map(*file);
  if (!mapped) return std::move(mapped).error();
  return Buffer(*std::move(mapped));
}

}  // namespace leaksift
