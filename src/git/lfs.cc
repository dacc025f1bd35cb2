#include "git/lfs.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.h"

namespace leaksift {
namespace {

constexpr std::array<std::string_view, 2> kFirstLines = {
    "version https://git-lfs.github.com/spec/v1",
    "version https://hawser.github.com/spec/v1"};
constexpr std::string_view kOidKey = "oid sha256:";
constexpr std::string_view kSizeKey = "size ";
constexpr size_t kOidDigits = 64;

bool is_oid(std::string_view text) {
  return text.size() == kOidDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string LfsPointer::stored_at() const {
  return "lfs/objects/" + oid.substr(0, 2) + "/" + oid.substr(2, 2) + "/" + oid;
}

std::optional<LfsPointer> parse_lfs_pointer(std::string_view blob) {
  // Nearly every blob ends here.
  if (blob.size() > kMaxLfsPointer || !blob.starts_with("version ")) {
    return std::nullopt;
  }
  const std::vector<std::string_view> lines = split(blob, '\n');
  if (std::find(kFirstLines.begin(), kFirstLines.end(), lines[0]) ==
      kFirstLines.end()) {
    return std::nullopt;
  }
  LfsPointer pointer;
  bool has_size = false;
  for (std::string_view line : lines) {
    if (line.starts_with(kOidKey) && is_oid(line.substr(kOidKey.size()))) {
      pointer.oid = line.substr(kOidKey.size());
    } else if (line.starts_with(kSizeKey)) {
      line.remove_prefix(kSizeKey.size());
      const char* const end = line.data() + line.size();
      const auto [at, error] = std::from_chars(line.data(), end, pointer.size);
      has_size = error == std::errc() && at == end;
    }
  }
  if (pointer.oid.empty() || !has_size) return std::nullopt;
  return pointer;
}

}  // namespace leaksift
